"""What a user has to do before anything else here: second factor, statement, a password that is too old.

For pages it is where they are led to, for the API why it refuses.
"""

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from accounts import second_factor, statement
from accounts.access import Access
from accounts.models import User


class AdmissionStep(NamedTuple):
    """`page` is the URL name of where it is done; `code` and `refusal` are the API's words for it."""

    code: str
    page: str
    says: str
    refusal: str


SECOND_FACTOR = AdmissionStep(
    "second_factor_missing",
    "mfa_index",
    "Your role needs a second factor. Set one up to continue.",
    "Set up a second factor on the account page first.",
)
STATEMENT = AdmissionStep(
    "statement_missing",
    "statement",
    "Sign the statement of accountability to continue.",
    "Sign in on the pages and sign the statement of accountability first.",
)
PASSWORD = AdmissionStep(
    "password_expired",
    "account_change_password",
    "Your password has expired. Change it to continue.",
    "Sign in on the pages and change your password first: it has expired.",
)


def next_step(user: User, access: Access) -> AdmissionStep | None:
    """Costs no statement of its own beside that of the second factor, where one is required."""
    if second_factor.is_missing(access):
        return SECOND_FACTOR
    if user.statement_version != statement.version():
        return STATEMENT
    return PASSWORD if is_too_old(user) else None


def is_too_old(user: User) -> bool:
    """A password whose age nobody knows is too old once passwords age."""
    if not settings.PASSWORD_MAX_AGE_DAYS:
        return False
    changed = user.password_changed_at
    return changed is None or changed < timezone.now() - timedelta(days=settings.PASSWORD_MAX_AGE_DAYS)
