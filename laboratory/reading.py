"""Reads of reference ranges."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Q, QuerySet

from accounts.access import Access
from accounts.roles import Permission
from laboratory.analytes import ANALYTES
from laboratory.models import ReferenceRange
from laboratory.ranges import Range, choose


def ranges_on(site_id: int, on: date, analytes: Collection[str] = ANALYTES) -> list[Range]:
    """The site's lines for these analytes that are valid on a day, for all sexes and ages. One statement."""
    valid = Q(valid_to__isnull=True) | Q(valid_to__gte=on)
    ranges = ReferenceRange.objects.filter(valid, site_id=site_id, valid_from__lte=on)
    if analytes is not ANALYTES:
        ranges = ranges.filter(analyte__in=analytes)
    return [held.as_range() for held in ranges.order_by("pk")]


def chosen(ranges: Iterable[Range], codes: Iterable[str], *, sex: str, age: int | None, on: date) -> dict[str, Range]:
    """By analyte, the line that holds for a person of that sex and age; an analyte without one is left out."""
    listed = list(ranges)
    by_analyte = {code: choose(listed, analyte=code, sex=sex, age=age, on=on) for code in codes}
    return {code: held for code, held in by_analyte.items() if held is not None}


def found_ranges(access: Access, filters: dict[str, object]) -> QuerySet[ReferenceRange]:
    """The lines that the user may see: `site`, `analyte` and `on` (a day on which they are valid) narrow them."""
    ranges = access.limit(ReferenceRange.objects.select_related("site"), Permission.VIEW_SUBJECTS)
    if filters.get("site"):
        ranges = ranges.filter(site=filters["site"])
    if filters.get("analyte"):
        ranges = ranges.filter(analyte=filters["analyte"])
    if filters.get("on"):
        on = filters["on"]
        ranges = ranges.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    return ranges.order_by("site__code", "analyte", "sex", "age_from", "valid_from", "pk")
