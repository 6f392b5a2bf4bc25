"""What all of the API shares: errors told as the pages tell them, pages of results, one base for its resources."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError as Broken
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django_filters.rest_framework import FilterSet
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import exception_handler
from rest_framework.viewsets import GenericViewSet

from accounts.access import Access, Actor
from accounts.roles import Permission
from trialsite.numbers import with_points
from values.numbers import Result

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
            return Response(body, status=status)
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


class SessionScheme(OpenApiAuthenticationExtension):
    """Describes the sign-in by session; drf-spectacular finds it by its being there."""

    target_class = "accounts.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


def say_how_refusals_look(result: dict[str, Any], **context: Any) -> dict[str, Any]:
    """In the schema: whatever an operation answers beside what it lists is a `Problem`."""
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = {"description": "Refused.", "content": body}
    return result


class ExactEncoder(JSONEncoder):
    """Decimals as text: as numbers they would be read back as floats. Results as they are read back."""

    def default(self, value: Any) -> Any:
        if isinstance(value, Result):
            return value.readable
        return format(value, "f") if isinstance(value, Decimal) else super().default(value)


class Exact(JSONRenderer):
    encoder_class = ExactEncoder


class Pages(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500


class Newest(CursorPagination):
    """Newest first, by key: a page costs the same however far back it lies, and shows nothing twice."""

    ordering = "-id"
    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000


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
    lookup_value_converter = "int"

    @property
    def access(self) -> Access:
        return self.request.access  # type: ignore[no-any-return]

    def by(self, permission: Permission, site_id: int | None = None) -> Actor:
        return self.access.actor(site_id, channel="api", permission=permission)

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object that was sent."""
        if not isinstance(self.request.data, dict):
            raise ValidationError({"": ["Send a JSON object."]})
        return self.request.data

    def checked(self, form: type[BaseForm], *arguments: Any, **options: Any) -> dict[str, Any]:
        """What was sent, checked by the form that the page has for it."""
        nested = {name: ["Send one value."] for name, value in self.body.items() if isinstance(value, dict | list)}
        bound = form(with_points(form.base_fields, self.body), *arguments, **options)
        unknown = {name: ["There is no such field."] for name in self.body if name not in bound.fields}
        if nested or unknown or not bound.is_valid():
            raise ValidationError(nested or unknown or dict(bound.errors))
        cleaned: dict[str, Any] = bound.cleaned_data
        return cleaned

    def shown(self, queryset: QuerySet, serializer: type[serializers.Serializer] | None = None) -> Response:
        """A page of the rows that were asked for."""
        page = self.paginate_queryset(self.filter_queryset(queryset))
        return self.get_paginated_response((serializer or self.get_serializer_class())(page, many=True).data)

    def said(self, row: Model, status: int = 200) -> Response:
        return Response(self.get_serializer_class()(row).data, status=status)
