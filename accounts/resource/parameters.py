"""What an operation takes in its address: nothing that it does not name, nothing twice, nothing without a meaning.

A misspelled filter that is passed over gives all rows where a few were meant.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from django.core.exceptions import ValidationError as Broken
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import NotFound, ParseError, ValidationError
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.request import Request

WHOLE_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
CHOICE_CODES = ("invalid_choice", "invalid_list")


def check_parameters(request: Request, known: Collection[str]) -> None:
    """Raises ValidationError by parameter for what is unknown, empty or there twice; ParseError for what is no text."""
    try:
        unquote_to_bytes(request.META.get("QUERY_STRING", "")).decode()
    except UnicodeDecodeError:
        raise ParseError("The parameters of the address are not UTF-8.") from None
    errors = {name: _why_not(name, request, known) for name in request.query_params}
    if wrong := {name: [sentence] for name, sentence in errors.items() if sentence}:
        raise ValidationError(wrong)


def _why_not(name: str, request: Request, known: Collection[str]) -> str:
    if name not in known:
        return f"There is no such parameter here. Known: {', '.join(known)}." if known else _none_taken(request)
    values = request.query_params.getlist(name)
    if len(values) > 1:
        return f"This is given {len(values)} times, and one value counts: give it once."
    return "" if values[0].strip() else "Give a value, or leave the parameter out."


def _none_taken(request: Request) -> str:
    if request.method in ("GET", "HEAD"):
        return "This address takes no parameters."
    return "A write takes no parameters in its address: send what it needs in the body."


class FilterBackend(DjangoFilterBackend):
    """django-filter's, whose refusals name the values that there are."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            raise ValidationError(_sentences(filterset.form))
        return filterset.qs


def _sentences(form: Any) -> dict[str, list[str]]:
    return {name: [_sentence(form, name, error) for error in errors] for name, errors in form.errors.as_data().items()}


def _sentence(form: Any, name: str, error: Broken) -> str:
    known = known_values(form.fields.get(name)) if error.code in CHOICE_CODES else []
    if not known:
        return " ".join(error.messages)
    return f"“{form.data.get(name)}” is not one of the values of {name}: {', '.join(known)}."


def known_values(field: Any) -> list[str]:
    """The values that a field of choices takes, as they are sent; [] for any other field."""
    if (rows := getattr(field, "queryset", None)) is not None:
        return [str(value) for value in rows.values_list(field.to_field_name or "pk", flat=True)]
    return [str(value) for value, _ in getattr(field, "choices", ()) if value not in ("", None)]


def whole_number(parameters: Mapping[str, str], name: str, default: int, most: int) -> int:
    """A parameter that is a whole number from 1 to `most`. Raises ValidationError."""
    text = parameters.get(name, str(default))
    if not WHOLE_NUMBER.fullmatch(text) or int(text) > most:
        raise ValidationError({name: [f"Give a whole number from 1 to {most:,}, in the digits 0 to 9."]})
    return int(text)


class Pages(PageNumberPagination):
    """Numbered pages. More than `max_page_size` is refused: a list cut short would look like the whole."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    parameters = ("page", "page_size")

    def get_page_size(self, request: Request) -> int:
        return whole_number(request.query_params, "page_size", self.page_size, self.max_page_size)

    def get_page_number(self, request: Request, paginator: Any) -> int:
        return whole_number(request.query_params, "page", 1, 10**9)


class Newest(CursorPagination):
    """Newest first, by key: a page costs the same however far back it lies, and shows nothing twice."""

    ordering = "-id"
    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000
    parameters = ("cursor", "page_size")

    def get_page_size(self, request: Request) -> int:
        return whole_number(request.query_params, "page_size", self.page_size, self.max_page_size)

    def decode_cursor(self, request: Request) -> Any:
        """Raises NotFound also for one whose position is no key: the database would not compare it."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and not WHOLE_NUMBER.fullmatch(cursor.position):
            raise NotFound(self.invalid_cursor_message)
        return cursor
