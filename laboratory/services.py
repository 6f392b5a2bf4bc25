"""Every write of reference ranges."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError

from accounts.actor import Actor, acting
from accounts.models import Site
from cohorts.services import Refused
from laboratory.analytes import ANALYTES
from laboratory.models import ReferenceRange

OVERLAP = "Another line of this site and analyte holds for some of the same people on some of the same days."
BROKEN = {
    "reference_ranges_do_not_overlap": OVERLAP,
    "reference_limits_in_order": "The lower limit must lie below the upper one.",
    "reference_ages_in_order": "The first age must not lie above the last one.",
    "reference_dates_in_order": "The last day must not lie before the first one.",
    "a_reference_range_has_a_limit": "Give a lower limit, an upper limit or both.",
}


def add_range(
    *,
    site: Site,
    analyte: str,
    unit: str,
    valid_from: date,
    low: Decimal | None = None,
    high: Decimal | None = None,
    sex: str = "",
    age_from: int = 0,
    age_to: int | None = None,
    valid_to: date | None = None,
    by: Actor,
) -> ReferenceRange:
    """A line of a site's list. Raises Refused where it contradicts itself or another line."""
    held = ReferenceRange(
        site=site,
        analyte=analyte,
        sex=sex,
        age_from=age_from,
        age_to=age_to,
        unit=unit,
        low=low,
        high=high,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    _save(held, by, "")
    return held


def change_range(*, held: ReferenceRange, reason: str, by: Actor, **values: Any) -> ReferenceRange:
    """Correct or end a line. Results that were graded by it keep their grades until they are graded again."""
    if not reason.strip():
        raise Refused("Say why: the trail keeps it.", "reason")
    for name, value in values.items():
        setattr(held, name, value)
    _save(held, by, reason)
    return held


def _save(held: ReferenceRange, by: Actor, reason: str) -> None:
    if held.unit not in [unit.code for unit in ANALYTES[held.analyte].units]:
        raise Refused(f"{ANALYTES[held.analyte].label} is not reported in this unit.", "unit")
    try:
        with acting(by, reason=reason):
            held.save()
    except IntegrityError as broken:
        raise Refused(_words(broken)) from None


def _words(broken: IntegrityError) -> str:
    """The rule of the table that was broken, in words."""
    diagnosis = getattr(broken.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", "") or ""
    if name not in BROKEN:
        raise broken
    return BROKEN[name]
