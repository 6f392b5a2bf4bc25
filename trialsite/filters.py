"""The filter of a file: one that cannot be is refused in words. An empty file would say that there is nothing."""

from typing import Any

from django.core.exceptions import BadRequest
from django.forms import Form


class FilterRefused(BadRequest):
    """What was asked for cannot be; its words are for whoever asked."""


def refuse_unreadable(form: Form) -> None:
    """Raises FilterRefused, with what a page says at each field."""
    if not form.is_valid():
        raise FilterRefused(" ".join(_sentence(form, name, error) for name, [error, *_] in form.errors.items()))


def _sentence(form: Form, name: str, error: Any) -> str:
    return f"{form[name].label}: {error}" if name in form.fields else str(error)
