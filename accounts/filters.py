"""The filters of the API: each takes what it names and refuses the rest, where Django's own would read around it.

A site is named by its code, any other row by its key. A field of Django takes digits of other scripts and `1_0` for
a number, and any word but "true" for neither yes nor no.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field

from accounts.models import Site
from accounts.roles import Permission
from components.days import TypedDayField, TypedMomentField

BIGGEST_KEY = 2**63 - 1
DIGITS = re.compile(r"[0-9]{1,19}")


def own_sites(permission: Permission, request: Any) -> QuerySet[Site]:
    """The sites at which the user holds the right; none where the schema is made, which has no user."""
    sites = Site.objects.order_by("code")
    return sites.none() if request is None else request.access.limit(sites, permission, site="pk")


@extend_schema_field(str)
class SiteFilter(filters.ModelChoiceFilter):
    """One of the user's own sites, by its code: another site's code is refused as one that no site has."""

    def __init__(self, permission: Permission = Permission.VIEW_SUBJECTS, **options: Any) -> None:
        label = {"label": "Code of the site"}
        super().__init__(queryset=partial(own_sites, permission), to_field_name="code", **label | options)


@extend_schema_field(date)
class DayFilter(filters.DateFilter):
    """A day, read as the pages read it."""

    field_class = TypedDayField


@extend_schema_field(str)
class MomentFilter(filters.Filter):
    """A day or a moment, by UTC where it names no zone; with `ends` up to the end of what it names."""

    field_class = TypedMomentField


@extend_schema_field(str)
class LiveChoiceFilter(filters.ChoiceFilter):
    """One of a list that is read when it is asked for, as the protocol's: `choices` is a function."""


class WholeNumberField(forms.Field):
    """A whole number within limits, in the digits 0 to 9."""

    def __init__(self, *, least: int, most: int, **options: Any) -> None:
        self.least, self.most = least, most
        super().__init__(**options)

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        if not DIGITS.fullmatch(value) or not self.least <= int(value) <= self.most:
            raise ValidationError(f"Give a whole number from {self.least} to {self.most}, in the digits 0 to 9.")
        return int(value)


class WholeNumberFilter(filters.Filter):
    field_class = WholeNumberField

    def __init__(self, *, least: int, most: int, **options: Any) -> None:
        super().__init__(least=least, most=most, **options)


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": BIGGEST_KEY})
class KeyFilter(WholeNumberFilter):
    def __init__(self, **options: Any) -> None:
        super().__init__(least=1, most=BIGGEST_KEY, **options)


@extend_schema_field({"type": "integer", "minimum": 0, "maximum": 36500})
class DaysFilter(WholeNumberFilter):
    """A number of whole days."""

    def __init__(self, **options: Any) -> None:
        super().__init__(least=0, most=36500, **options)


class YesNoField(forms.TypedChoiceField):
    def __init__(self, **options: Any) -> None:
        choices = [("true", "Yes"), ("false", "No")]
        super().__init__(choices=choices, coerce=lambda value: value == "true", empty_value=None, **options)


@extend_schema_field(bool)
class YesNoFilter(filters.Filter):
    """`true` or `false`, and nothing that is neither."""

    field_class = YesNoField


class CodeField(forms.CharField):
    """A code of a list that is too long, or too alive, to be told to a client beforehand."""

    def __init__(self, *, known: Callable[[str], bool], what: str, **options: Any) -> None:
        self.known, self.what = known, what
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        if code and not self.known(code):
            raise ValidationError(f"“{code}” is not a known {self.what}.")
        return code


@extend_schema_field(str)
class CodeFilter(filters.Filter):
    """A code that is looked up: `known` says whether there is such a one, `what` calls it by its name in a sentence,
    with where they are listed."""

    field_class = CodeField

    def __init__(self, *, known: Callable[[str], bool], what: str, **options: Any) -> None:
        super().__init__(known=known, what=what, **options)
