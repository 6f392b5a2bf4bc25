"""One base for the resources of the API: who asks, what is taken, what is answered."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_filters.rest_framework import FilterSet
from rest_framework import serializers
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.access import Access, Actor
from accounts.resource.body import as_typed, read_body, unknown
from accounts.resource.once import once
from accounts.resource.parameters import Pages, check_parameters
from accounts.resource.rendering import Exact
from accounts.roles import Permission


class LengthRequired(APIException):
    status_code, default_code = 411, "length_required"
    default_detail = "Say how long the body is, in the header Content-Length: one without is not read."


class Wanted(FilterSet):
    """Filters that are checked here and applied by the reading function that the pages use."""

    found: Callable[[Access, Mapping[str, Any]], QuerySet]

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        return type(self).found(self.request.access, self.form.cleaned_data)


class Resource(GenericViewSet):
    # No docstring: it would describe each operation in the schema that has none of its own.
    # One kind of thing. Access, actor and checks are those of the pages; serializers describe and render.

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
