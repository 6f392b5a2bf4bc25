"""Who a request's session belongs to."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.access import HELD
from accounts.models import User
from database.prepared import Prepared, ahead

USER = Prepared(lambda pk: User.objects.filter(pk=pk).order_by())


class Backend(AuthenticationBackend):
    """allauth's; the user and the roles held, which every request needs, are asked for together."""

    def get_user(self, user_id: int) -> User | None:
        with ahead((USER, (user_id,)), (HELD, (user_id,))):
            user = USER.first(user_id)
            if user is None or not self.user_can_authenticate(user):
                return None
            user.memberships_now = HELD.all(user_id)
        return user
