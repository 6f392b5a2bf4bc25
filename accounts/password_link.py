"""The link by which a user sets a password: for one use, and only the latest one issued.

Whoever opens it is the user from then on. So where mail is sent nobody but the user sees it; the trail tells a password
that was set by a link from one that its owner changed; and the user is told at the next sign-in.
"""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import send_mail
from django.template.loader import render_to_string

from accounts.actor import Actor
from accounts.mail import tell_by_mail
from accounts.models import User
from values.times import shown_moment

WHOEVER_HAS_IT = Actor(None, "password link", "none", "screen")


class PasswordLinkGenerator(PasswordResetTokenGenerator):
    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{getattr(user, 'password_link_issued_at', None)}"


password_link = PasswordLinkGenerator()


def mail_link(user: User, link: str) -> bool:
    """Send the link to the user, if mail is sent here and there is an address. Raises OSError where mail fails."""
    if not (settings.MAIL_IS_SENT and user.email):
        return False
    # Who never signed in is invited; who did, forgot the password.
    name, subject = ("password_link", "Set your password") if user.last_login else ("invitation", "You are invited")
    text = render_to_string(f"people/{name}.txt", {"person": user, "link": link})
    send_mail(subject, text, None, [user.email])
    return True


def tell_of_new_address(user: User, before: str, by: str) -> None:
    """Both addresses: whoever reads at the new one could have a password link sent there."""
    text = render_to_string("people/new_address.txt", {"person": user, "by": by})
    for address in {before, user.email}:
        tell_by_mail(address, "Your e-mail address was changed", text)


def notice_of_use(user: User, last_sign_in: datetime | None) -> str:
    """What to tell at the first sign-in after a password was set by a link; "" where there is nothing to tell."""
    used = user.password_link_used_at
    if used is None or (last_sign_in is not None and last_sign_in >= used):
        return ""
    return (
        f"Your password was set on {shown_moment(used)} by the link that {user.password_link_issued_by} issued. "
        "If that was not you, somebody else may have worked in your name: inform the data manager or the auditor"
        " at once."
    )
