"""Who must have a second factor before seeing anything (setting MFA_REQUIRED_ROLES), and whether they have one."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet

from accounts import factor_secrets
from accounts.access import Access, access_for

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def required_of(access: Access) -> bool:
    """`*` among the roles is everyone, also who has no role yet."""
    roles = set(settings.MFA_REQUIRED_ROLES)
    return bool(roles) and ("*" in roles or not roles.isdisjoint(access.roles))


def is_missing(access: Access) -> bool:
    """Also where it was reset and not set up anew. Costs no statement while the setting names no role."""
    is_due = required_of(access) or getattr(access.user, "factor_reset_at", None) is not None
    return is_due and not factors_of(access.user).exists()


def factors_of(user: Any) -> QuerySet[Authenticator]:
    """What can stand beside the password; recovery codes alone are no factor."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS)


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return factor_secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return factor_secrets.decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        from protocol import current

        return f"{current().code} EDC"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last factor stays with whoever must have one."""
        if not required_of(access_for(authenticator.user)):
            return True
        return factors_of(authenticator.user).exclude(pk=authenticator.pk).exists()
