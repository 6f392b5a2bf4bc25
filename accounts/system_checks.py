"""Whether the settings of this app name what there is: Django runs it at each start."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from accounts.roles import Role


@register
def second_factor_roles_exist(**kwargs: Any) -> list[CheckMessage]:
    unknown = [role for role in settings.MFA_REQUIRED_ROLES if role != "*" and role not in list(Role)]
    if not unknown:
        return []
    hint = f"Known roles: {', '.join(Role)}; * is everyone."
    return [Error(f"MFA_REQUIRED_ROLES names no role: {', '.join(unknown)}", hint=hint, id="accounts.E001")]
