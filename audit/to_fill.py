"""A file to fill, with the names of its columns as a spreadsheet opens them."""

from collections.abc import Iterable, Sequence

from django import forms
from django.http import HttpRequest, HttpResponseBase

from audit.files import csv_response
from components.filtering import wanted_of


class SeparatorFilter(forms.Form):
    """What stands between two values of the file."""

    separator = forms.ChoiceField(required=False, choices=[("comma", "Comma"), ("semicolon", "Semicolon")])


def file_to_fill(
    request: HttpRequest, what: str, columns: Sequence[str], name: str, lines: Iterable[Sequence[str]] = ()
) -> HttpResponseBase:
    """`lines` hold what is known already, in the order of the columns; the other cells of each are empty."""
    filters = wanted_of(SeparatorFilter(request.GET), request.GET)
    rows = [columns, *((*cells, *[""] * (len(columns) - len(cells))) for cells in lines)]
    return csv_response(request, what, rows, name, ";" if filters["separator"] == "semicolon" else ",")
