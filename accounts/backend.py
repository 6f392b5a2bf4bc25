"""Who a request's session belongs to."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User
from trialsite.prepared import Prepared

USER = Prepared(lambda pk: User.objects.filter(pk=pk).order_by())


class Backend(AuthenticationBackend):
    """allauth's; the user, whom every request needs, is read in a statement that is built once."""

    def get_user(self, user_id: int) -> User | None:
        user = USER.first(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
