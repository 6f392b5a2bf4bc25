"""Who must have a second factor before seeing anything (setting MFA_REQUIRED_ROLES), and whether they have one."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings

from accounts.access import Access, access_for

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def required_of(access: Access) -> bool:
    """`*` among the roles is everyone, also who has no role yet."""
    roles = set(settings.MFA_REQUIRED_ROLES)
    return bool(roles) and ("*" in roles or not roles.isdisjoint(access.roles))


def is_missing(access: Access) -> bool:
    """Costs no statement while the setting names no role."""
    return required_of(access) and not Authenticator.objects.filter(user=access.user, type__in=FACTORS).exists()


class MFAAdapter(DefaultMFAAdapter):
    def get_totp_issuer(self) -> str:
        from trialsite.protocol import current

        return f"{current().code} EDC"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last factor stays with whoever must have one."""
        if not required_of(access_for(authenticator.user)):
            return True
        others = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS).exclude(pk=authenticator.pk)
        return others.exists()
