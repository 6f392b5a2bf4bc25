"""Unsafe settings of a production installation, each with what to do about it; any of them stops the start."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured

ENVIRONMENTS = ("training", "production")
SHORTEST_KEY = 50


@register(Tags.security)
def environment_is_known(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if settings.ENVIRONMENT in ENVIRONMENTS:
        return []
    found = f"ENVIRONMENT is {settings.ENVIRONMENT!r}."
    return [Error(found, hint=f"Set it to one of: {', '.join(ENVIRONMENTS)}.", id="trialsite.E001")]


@register(Tags.security)
def production_settings_are_safe(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """E002 and on: what may be convenient in training and is refused where real records are kept."""
    if settings.ENVIRONMENT != "production":
        return []
    rules: Sequence[tuple[str, bool, str, str]] = (
        ("E002", settings.DEBUG, "DEBUG is on.", "Unset DEBUG: error pages would show records and settings."),
        ("E003", _weak_key(), "SECRET_KEY is missing, known or short.", f"Set a random one, {SHORTEST_KEY} or longer."),
        ("E004", _any_host(), "ALLOWED_HOSTS lets any host name in, or none.", "Name the hosts of this installation."),
        ("E005", not settings.BEHIND_TLS, "Sign-in would travel in the clear.", "Set BEHIND_TLS=true behind a proxy."),
        ("E006", settings.SYNTHETIC_DATA, "Pages would call real records synthetic.", "Set SYNTHETIC_DATA=false."),
    )
    return [Error(found, hint=hint, id=f"trialsite.{number}") for number, broken, found, hint in rules if broken]


@register(Tags.security)
def second_factor_is_asked_for(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if settings.ENVIRONMENT != "production" or settings.MFA_REQUIRED_ROLES:
        return []
    hint = 'Set MFA_REQUIRED_ROLES, for example to "*".'
    return [Warning("Nobody must use a second factor to sign in.", hint=hint, id="trialsite.W001")]


def _weak_key() -> bool:
    return len(settings.SECRET_KEY) < SHORTEST_KEY


def _any_host() -> bool:
    return not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS


def refuse_unsafe_settings() -> None:
    """Raise with all that is wrong: not every program runs Django's checks, and no program may start."""
    found = [message for message in run_checks(tags=[Tags.security]) if message.is_serious()]
    if found:
        raise ImproperlyConfigured("\n".join(f"{message.msg} {message.hint or ''} ({message.id})" for message in found))
