"""Unsafe settings of a production installation, each with what to do about it; any of them stops the start."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured

ENVIRONMENTS = ("training", "production")
SHORTEST_KEY = 50
# How the name of a training copy's project ends (deploy/refresh_training.sh).
THROWN_AWAY = "-training"
THROWN_AWAY_WORDS = f"COMPOSE_PROJECT_NAME ends in {THROWN_AWAY}: one command deletes all data of such a project."
# Lists of keys beside SECRET_KEY: the first one is used, the others still read what they made.
KEYS = ("TRAIL_SEAL_KEYS", "FACTOR_KEYS", "SESSION_KEYS")
# The site has no key of the seal, and says nothing of it.
WHERE_NEEDED = ("TRAIL_SEAL_KEYS",)


@register(Tags.security)
def environment_is_known(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if settings.ENVIRONMENT in ENVIRONMENTS:
        return []
    sentence = f"ENVIRONMENT is {settings.ENVIRONMENT!r}."
    return [Error(sentence, hint=f"Set it to one of: {', '.join(ENVIRONMENTS)}.", id="trialsite.E001")]


@register(Tags.security)
def production_settings_are_safe(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """E002 and on: what may be convenient in training and is refused where real records are kept."""
    if settings.ENVIRONMENT != "production":
        return []
    weak, twins, random = weak_keys(), same_keys(), f"Set random ones, {SHORTEST_KEY} characters or longer."
    others = [name for name in weak if name != "SECRET_KEY"]
    rules: Sequence[tuple[str, bool, str, str]] = (
        ("E002", settings.DEBUG, "DEBUG is on.", "Unset DEBUG: error pages would show records and settings."),
        ("E003", "SECRET_KEY" in weak, "SECRET_KEY is missing, known or short.", random),
        ("E004", _any_host(), "ALLOWED_HOSTS lets any host name in, or none.", "Name the hosts of this installation."),
        ("E005", not settings.BEHIND_TLS, "Sign-in would travel in the clear.", "Set BEHIND_TLS=true behind a proxy."),
        ("E007", bool(others), f"{', '.join(others)}: a key is missing or short.", random),
        ("E008", bool(twins), f"{' and '.join(twins)} are the same.", "Each key needs a value of its own."),
        ("E009", settings.PROJECT.endswith(THROWN_AWAY), THROWN_AWAY_WORDS, "Name the project otherwise."),
        ("E006", settings.SYNTHETIC_DATA, "Pages would call real records synthetic.", "Set SYNTHETIC_DATA=false."),
    )
    return [Error(sentence, hint=hint, id=f"trialsite.{number}") for number, broken, sentence, hint in rules if broken]


@register(Tags.security)
def second_factor_is_asked_for(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if settings.ENVIRONMENT != "production" or settings.MFA_REQUIRED_ROLES:
        return []
    hint = 'Set MFA_REQUIRED_ROLES, for example to "*".'
    return [Warning("Nobody must use a second factor to sign in.", hint=hint, id="trialsite.W001")]


def keys() -> dict[str, list[str]]:
    """The values of each key by its name."""
    named = {name: list(getattr(settings, name)) for name in KEYS}
    return {"SECRET_KEY": [settings.SECRET_KEY]} | named


def weak_keys() -> list[str]:
    # Who acts for the system signs nobody in.
    unneeded = (*WHERE_NEEDED, "SESSION_KEYS") if settings.IS_THE_SYSTEM else WHERE_NEEDED
    return [
        name
        for name, values in keys().items()
        if (not values and name not in unneeded) or any(len(value) < SHORTEST_KEY for value in values)
    ]


def same_keys() -> list[str]:
    """The names of keys that share a value."""
    held = [(value, name) for name, values in keys().items() for value in set(values)]
    return sorted({name for value, name in held if sum(value == other for other, _ in held) > 1})


def _any_host() -> bool:
    return not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS


def refuse_unsafe_settings() -> None:
    """Raise with all that is wrong: not every program runs Django's checks, and no program may start."""
    problems = [message for message in run_checks(tags=[Tags.security]) if message.is_serious()]
    if problems:
        raise ImproperlyConfigured(
            "\n".join(f"{message.msg} {message.hint or ''} ({message.id})" for message in problems)
        )


def refuse_seal_keys() -> None:
    """For the site: what it could be made to read must not be enough to seal what was forged."""
    if settings.ENVIRONMENT == "production" and settings.TRAIL_SEAL_KEYS:
        raise ImproperlyConfigured("TRAIL_SEAL_KEYS is for the worker: take it out of the site's environment.")
