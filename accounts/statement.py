"""The accountability statement (21 CFR 11.10(j)): its text is a setting, its version the hash of that text."""

from functools import cache
from hashlib import sha256

from django.conf import settings


def text() -> str:
    return str(settings.ACCOUNTABILITY_STATEMENT)


def version() -> str:
    return _version_of(text())


@cache
def _version_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()
