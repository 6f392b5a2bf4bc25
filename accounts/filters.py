"""The filters of the API that name one row: a site by its code, anything else by its key."""

from datetime import date
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field

from accounts.models import Site
from accounts.roles import Permission
from trialsite.days import TypedDayField

BIGGEST_KEY = 2**63 - 1


def own_sites(permission: Permission, request: Any) -> QuerySet[Site]:
    """The sites at which the user holds the right; none where the schema is made, which has no user."""
    found = Site.objects.all()
    return found.none() if request is None else request.access.limit(found, permission, site="pk")


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


class KeyFilter(filters.NumberFilter):
    """A row by its key."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=BIGGEST_KEY, decimal_places=0, **options)
