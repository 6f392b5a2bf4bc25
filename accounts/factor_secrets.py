"""Secrets of second factors are kept encrypted: whoever has the database alone, or a backup of it, has no factor.

The first of FACTOR_KEYS encrypts, all of them decrypt. What is not encrypted is refused: a secret that was put there by
SQL would be one that its author knows.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NO_KEY = (
    "A secret of a second factor was not encrypted with a key of FACTOR_KEYS. Put the key that is missing behind the"
    " first one, or reset the factor."
)


def encrypt(secret: str) -> str:
    return _fernet(tuple(settings.FACTOR_KEYS)).encrypt(secret.encode()).decode()


def decrypt(kept: str) -> str:
    """Raises ImproperlyConfigured where none of the keys made it."""
    try:
        return _fernet(tuple(settings.FACTOR_KEYS)).decrypt(kept).decode()
    except InvalidToken:
        raise ImproperlyConfigured(NO_KEY) from None


def each_secret(data: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """What allauth keeps of one factor, with `change` made to each secret in it; a passkey has none."""
    changed = {name: change(data[name]) for name in ("secret", "seed") if name in data}
    if "migrated_codes" in data:
        changed["migrated_codes"] = [change(code) for code in data["migrated_codes"]]
    return data | changed


@cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_stretched(key)) for key in keys])


def _stretched(key: str) -> bytes:
    """A key for Fernet out of random text of any length (RFC 5869), and no key that serves anything else."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"secrets of second factors").derive(key.encode())
    return urlsafe_b64encode(derived)
