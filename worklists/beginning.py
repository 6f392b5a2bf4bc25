"""Where the user's work begins: at the list of what waits for them, if anything does, else at the role's page."""

from accounts.access import Access
from accounts.roles import Permission
from sdv.reading import work_list
from signature.to_sign import forms_to_sign


def waiting_list(access: Access) -> str:
    """The URL name of the page of what waits for this user to sign or to verify; "" where nothing does."""
    if access.can(Permission.SIGN) and forms_to_sign(access).exists():
        return "to_sign"
    if access.can(Permission.VERIFY_SOURCE) and work_list(access, {}).exists():
        return "sdv_list"
    return ""
