"""A filter that cannot be read is refused, by its page and by the file of it: what is empty because nobody understood
what was asked for looks like what is empty because there is nothing.

The API refuses by itself (trialsite.api_parameters).
"""

from collections.abc import Callable, Collection
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render

# What a list's address says beside its filter: which page of it, in which order.
OF_EVERY_LIST = ("page", "sort")


class UnreadableFilter(Exception):
    """`form` holds what was given, and why it cannot be taken at the fields that it is about."""

    def __init__(self, form: Form) -> None:
        super().__init__(form.errors.as_text())
        self.form = form


def wanted_of(form: Form, given: QueryDict | None = None, *, beside: Collection[str] = ()) -> dict[str, Any]:
    """What a filter asks for. Raises UnreadableFilter.

    With `given`, the address, names are held to be the filter's, or among those that may stand `beside` it.
    """
    form.full_clean()
    if given is not None:
        _refuse_unknown(form, given, {*form.fields, *OF_EVERY_LIST, *beside})
    if form.errors:
        raise UnreadableFilter(form)
    return form.cleaned_data


def _refuse_unknown(form: Form, given: QueryDict, known: Collection[str]) -> None:
    if unknown := sorted(set(given) - set(known)):
        visible = ", ".join(field.name for field in form.visible_fields())
        form.add_error(None, f"There is no filter “{unknown[0][:40]}” here. There are: {visible}.")
    if twice := sorted(name for name in given if len(given.getlist(name)) > 1):
        form.add_error(None, f"“{twice[0][:40]}” is there more than once, and one value counts.")


class UnreadableFilterMiddleware:
    """Answers with the filter itself, what was given still in it and the reason at each field."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, UnreadableFilter):
            return None
        is_file = "." in request.path.rpartition("/")[2]
        context = {"filter": exception.form, "is_file": is_file}
        return render(request, "errors/filter.html", context, status=400)
