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
    found = ReferenceRange.objects.filter(valid, site_id=site_id, valid_from__lte=on)
    if analytes is not ANALYTES:
        found = found.filter(analyte__in=analytes)
    return [held.as_range() for held in found.order_by("pk")]


def chosen(ranges: Iterable[Range], codes: Iterable[str], *, sex: str, age: int | None, on: date) -> dict[str, Range]:
    """By analyte, the line that holds for a person of that sex and age; an analyte without one is left out."""
    listed = list(ranges)
    found = {code: choose(listed, analyte=code, sex=sex, age=age, on=on) for code in codes}
    return {code: held for code, held in found.items() if held is not None}


def found_ranges(access: Access, wanted: dict[str, object]) -> QuerySet[ReferenceRange]:
    """The lines that the user may see: `site`, `analyte` and `on` (a day on which they are valid) narrow them."""
    found = access.limit(ReferenceRange.objects.select_related("site"), Permission.VIEW_SUBJECTS)
    if wanted.get("site"):
        found = found.filter(site=wanted["site"])
    if wanted.get("analyte"):
        found = found.filter(analyte=wanted["analyte"])
    if wanted.get("on"):
        on = wanted["on"]
        found = found.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    return found.order_by("site__code", "analyte", "sex", "age_from", "valid_from", "pk")
