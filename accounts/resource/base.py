"""What all of the API shares: errors told as the pages tell them, and one base for its resources."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.core.exceptions import ValidationError as Broken
from django.db import InterfaceError, OperationalError
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, UnreadablePostError
from django.http.response import HttpResponseBase
from django_filters.rest_framework import FilterSet
from rest_framework import serializers
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import exception_handler
from rest_framework.viewsets import GenericViewSet

from accounts.access import Access, Actor
from accounts.resource.body import as_typed, read_body, unknown
from accounts.resource.once import once
from accounts.resource.parameters import Newest, Pages, check_parameters
from accounts.roles import Permission
from trialsite.faults import RETRY_AFTER_S
from values.numbers import Result

__all__ = ["Newest", "Pages"]

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
    by_field = {name: [str(error) for error in found] for name, found in (errors or {}).items()}
    return {"code": code, "detail": detail, "errors": by_field, **more}


def invalid(errors: Mapping[str, Iterable[Any]], code: str = "invalid") -> dict[str, Any]:
    sentences = [str(error) for found in errors.values() for error in found]
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
    return 400, invalid({"" if name == "__all__" else name: found for name, found in by_field.items()})


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
    if isinstance(detail, list) and all(isinstance(one, ErrorDetail) for one in detail):
        return {name: detail}
    parts = enumerate(detail) if isinstance(detail, list) else detail.items()
    found: dict[str, list[Any]] = {}
    for key, part in parts:
        own = "" if key == "non_field_errors" else str(key)
        for field, sentences in _by_field(part, "-".join(filter(None, (name, own)))).items():
            found.setdefault(field, []).extend(sentences)
    return found


class ExactEncoder(JSONEncoder):
    """Decimals as text: as numbers they would be read back as floats. Results as they are read back."""

    def default(self, value: Any) -> Any:
        if isinstance(value, Result):
            return value.readable
        return format(value, "f") if isinstance(value, Decimal) else super().default(value)


class Exact(JSONRenderer):
    encoder_class = ExactEncoder


class LengthRequired(APIException):
    status_code, default_code = 411, "length_required"
    default_detail = "Say how long the body is, in the header Content-Length: one without is not read."


class Wanted(FilterSet):
    """Filters that are checked here and applied by the reading function that the pages use."""

    found: Callable[[Access, Mapping[str, Any]], QuerySet]

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        return type(self).found(self.request.access, self.form.cleaned_data)


class Resource(GenericViewSet):
    """One kind of thing. Access, actor and checks are those of the pages; serializers describe and render."""

    renderer_classes = [Exact]
    metadata_class = None
    pagination_class = Pages
    filterset_class: type[FilterSet] | None = None
    lookup_value_converter = "int"
    # An answer that may be given once alone is not kept for those who ask again with their Idempotency-Key.
    answer_is_secret = False

    @classmethod
    def as_view(cls, *args: Any, **options: Any) -> Any:
        view = super().as_view(*args, **options)
        # Led on to the address with a slash at its end, most clients would ask it, and not send what they have.
        view.should_append_slash = False
        return view

    @property
    def access(self) -> Access:
        return self.request.access  # type: ignore[no-any-return]

    @property
    def parameters(self) -> list[str]:
        """What the address may say beside its path: filters and pages, where a list is asked for."""
        if self.request.method not in SAFE_METHODS or self.detail is not False:
            return []
        filters = self.filterset_class.base_filters if self.filterset_class and self.filter_backends else ()
        return [*filters, *getattr(self.pagination_class, "parameters", ())]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Every create and change counts once, however often it is sent with its Idempotency-Key."""
        for method in {"post", "put", "patch", "delete"} & {*self.action_map}:
            setattr(self, method, partial(once, self, getattr(self, method)))
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuses what the operation would pass over, once it is known who asks."""
        super().initial(request, *args, **kwargs)
        check_parameters(request, self.parameters)
        has_body = request.META.get("CONTENT_LENGTH") not in (None, "", "0")
        if "Transfer-Encoding" in request.headers and not has_body:
            raise LengthRequired
        if has_body and request.method in (*SAFE_METHODS, "DELETE"):
            raise ValidationError({"": [f"{request.method} takes no body: nothing in it would be read."]})
        if request.method not in SAFE_METHODS:
            request.data  # noqa: B018  # read before anything is done, also where nothing is taken

    def by(self, permission: Permission, site_id: int | None = None) -> Actor:
        return self.access.actor(site_id, channel="api", permission=permission)

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object that was sent."""
        if not isinstance(self.request.data, dict):
            raise ValidationError({"": ["Send a JSON object."]})
        return self.request.data

    def beside(self, *names: str) -> dict[str, Any]:
        """What was sent, without what says of what it is."""
        return {name: value for name, value in self.body.items() if name not in names}

    def checked(self, form: type[BaseForm], *arguments: Any, body: Any = None, **options: Any) -> dict[str, Any]:
        """What was sent, checked by the form that the page has for it."""
        sent = self.body if body is None else body
        typed, errors = as_typed(sent, form.base_fields)
        bound = form(typed, *arguments, **options)
        errors = errors or unknown(sent, bound.fields)
        if errors or not bound.is_valid():
            raise ValidationError(errors or dict(bound.errors))
        cleaned: dict[str, Any] = bound.cleaned_data
        return cleaned

    def sent(self, serializer: type[serializers.Serializer]) -> dict[str, Any]:
        """What was sent, in the shape that is described; the services hold the rules."""
        return read_body(serializer, self.body)

    def takes_nothing(self) -> None:
        if errors := unknown(self.body, ()):
            raise ValidationError(errors)

    def shown(self, queryset: QuerySet, serializer: type[serializers.Serializer] | None = None) -> Response:
        """A page of the rows that were asked for."""
        page = self.paginate_queryset(self.filter_queryset(queryset))
        return self.get_paginated_response((serializer or self.get_serializer_class())(page, many=True).data)

    def said(self, row: Model, status: int = 200) -> Response:
        return Response(self.get_serializer_class()(row).data, status=status)
