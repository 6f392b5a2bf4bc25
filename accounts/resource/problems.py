"""How the API refuses: in one shape, by the sentences of the pages. Each app says how its own refusals are told."""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.core.exceptions import ValidationError as Broken
from django.db import InterfaceError, OperationalError
from django.http import UnreadablePostError
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from database.away import RETRY_AFTER_S

# Where the answer to a commit is what was lost, nobody knows yet whether it took place.
DATABASE_AWAY = (
    "The database does not answer, so that nothing is confirmed. Send the same again in a moment: with the same"
    " Idempotency-Key it counts once."
)
Told = tuple[int, dict[str, Any]]
TELLS: dict[type[Exception], Callable[[Any], Told]] = {}


def tells(kind: type[Exception]) -> Callable[[Callable[[Any], Told]], Callable[[Any], Told]]:
    """Each app says here how its own refusals are answered: (status, body)."""

    def remember(tell: Callable[[Any], Told]) -> Callable[[Any], Told]:
        TELLS[kind] = tell
        return tell

    return remember


def problem(code: str, detail: str, errors: Mapping[str, Iterable[Any]] | None = None, **more: Any) -> dict[str, Any]:
    """The body of every refusal. `errors` are sentences by field, "" where it is none in particular."""
    by_field = {name: [str(error) for error in sentences] for name, sentences in (errors or {}).items()}
    return {"code": code, "detail": detail, "errors": by_field, **more}


def invalid(errors: Mapping[str, Iterable[Any]], code: str = "invalid") -> dict[str, Any]:
    sentences = [str(error) for field_errors in errors.values() for error in field_errors]
    return problem(code, " ".join(sentences), errors)


def errors(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None (and so a 500) for what nobody foresaw."""
    for kind in type(error).__mro__:
        if kind in TELLS:
            status, body = TELLS[kind](error)
            wait = {"Retry-After": str(RETRY_AFTER_S)} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
            return Response(body, status=status, headers=wait)
    response = exception_handler(error, context)
    if response is not None and isinstance(error, ValidationError):
        response.data = invalid(_by_field(error.detail))
    elif response is not None:
        detail = response.data.get("detail", "")
        response.data = problem(getattr(detail, "code", "error"), str(detail))
    return response


@tells(Broken)
def _broken_rule(error: Broken) -> Told:
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    return 400, invalid({"" if name == "__all__" else name: sentences for name, sentences in by_field.items()})


@tells(OperationalError)
@tells(InterfaceError)
def _database_away(error: Exception) -> Told:
    return 503, problem("unavailable", DATABASE_AWAY)


@tells(RequestDataTooBig)
def _too_large(error: RequestDataTooBig) -> Told:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return 413, problem("too_large", f"A body may have {limit:,} bytes at most.", limit=limit)


@tells(TooManyFieldsSent)
def _too_many_parameters(error: TooManyFieldsSent) -> Told:
    return 400, problem("invalid", "The address has too many parameters.")


@tells(UnreadablePostError)
def _cut_off(error: UnreadablePostError) -> Told:
    return 400, problem("parse_error", "The body ended before its announced length.")


def _by_field(detail: Any, name: str = "") -> dict[str, list[Any]]:
    """DRF's nested errors as one level: `record.weight` is named `record-weight`, as a page would."""
    if isinstance(detail, ErrorDetail):
        return {name: [detail]}
    if isinstance(detail, list) and all(isinstance(error, ErrorDetail) for error in detail):
        return {name: detail}
    parts = enumerate(detail) if isinstance(detail, list) else detail.items()
    errors: dict[str, list[Any]] = {}
    for key, part in parts:
        part_name = "" if key == "non_field_errors" else str(key)
        for field, sentences in _by_field(part, "-".join(filter(None, (name, part_name)))).items():
            errors.setdefault(field, []).extend(sentences)
    return errors
