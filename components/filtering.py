"""A filter that cannot be read is refused, by its page and by the file of it: what is empty because nobody understood
what was asked for looks like what is empty because there is nothing.

A list takes the names that it reads, and refuses others: whoever misspells a filter would take all for some. Pages of
one thing pass over names that they do not know. The API refuses by itself (accounts.resource.parameters).
"""

from collections.abc import Callable, Collection
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render

from values.numbers import read_key
from values.unreadable import quoted

# What the address of each list says beside its filter: which page of it.
PAGE = "page"
SORT = "sort"


class NoFilter(Form):
    """Of a list or file that has none: its address says nothing, or the page of the list."""


class UnreadableFilter(Exception):
    """`form` holds what was given, and why it cannot be taken at the fields that it is about."""

    def __init__(self, form: Form) -> None:
        super().__init__(form.errors.as_text())
        self.form = form


def wanted_of(
    form: Form, given: QueryDict | None = None, *, beside: Collection[str] = (), sorts: Collection[str] = ()
) -> dict[str, Any]:
    """What a filter asks for. Raises UnreadableFilter.

    With `given`, the address, names are held to be the filter's, or among those that may stand `beside` it; the page is
    a number, and the order one of `sorts`, or the reverse of one.
    """
    form.full_clean()
    if given is not None:
        _refuse_unknown(form, given, {*form.fields, PAGE, *beside, *([SORT] if sorts else [])})
        _refuse_unreadable(form, given.get(PAGE, ""), given.get(SORT, ""), sorts)
    if form.errors:
        raise UnreadableFilter(form)
    return form.cleaned_data


def _refuse_unknown(form: Form, given: QueryDict, known: Collection[str]) -> None:
    if unknown := sorted(set(given) - set(known)):
        visible = ", ".join(field.name for field in form.visible_fields())
        known_are = f" There are: {visible}." if visible else ""
        form.add_error(None, f"There is no filter “{unknown[0][:40]}” here.{known_are}")
    if twice := sorted(name for name in given if len(given.getlist(name)) > 1):
        form.add_error(None, f"“{twice[0][:40]}” is there more than once, and one value counts.")


def _refuse_unreadable(form: Form, page: str, sort: str, sorts: Collection[str]) -> None:
    if page and not read_key(page):
        form.add_error(None, f"{quoted(page)} is not a page of a list: give its number, from 1.")
    if sort and sorts and sort.removeprefix("-") not in sorts:
        form.add_error(None, f"{quoted(sort)} is not an order of this list. There are: {', '.join(sorts)}.")


def refuse_parameters(given: QueryDict) -> None:
    """For a list or file without a filter. Raises UnreadableFilter for whatever its address says but a page."""
    wanted_of(NoFilter(given), given)


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
