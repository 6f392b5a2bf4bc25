"""Every write of reference ranges."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.db.models import F

from accounts.actor import Actor, acting, broken_rule
from accounts.models import Site
from cohorts.services import Refused
from laboratory.analytes import ANALYTES
from laboratory.models import ReferenceRange
from laboratory.results import impossible
from values.numbers import Result

OVERLAP = "Another line of this site and analyte holds for some of the same people on some of the same days."
STALE = "Nothing was saved: open the line again to see what stands there."
BROKEN = {
    "reference_ranges_do_not_overlap": OVERLAP,
    "reference_limits_in_order": "The lower limit must be below the upper one.",
    "reference_ages_in_order": "The first age must not be above the last one.",
    "reference_dates_in_order": "The last day must not be before the first one.",
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
    reason: str = "",
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
    _refuse_unit(analyte, unit)
    _refuse_impossible(held)
    with _in_words(), acting(by, reason=reason):
        held.save()
    return held


def change_range(*, held: ReferenceRange, version: int, reason: str, by: Actor, **values: Any) -> ReferenceRange:
    """Correct or end a line, as it was seen at `version`. Raises Refused where somebody has changed it since.

    Results that were graded by it keep their grades until they are graded again.
    """
    if not reason.strip():
        raise Refused("Give the reason: it is kept in the trail.", "reason")
    _refuse_unit(held.analyte, values.get("unit", held.unit))
    _refuse_impossible(_as_it_will_be(held, values))
    with _in_words(), acting(by, reason=reason):
        seen = ReferenceRange.objects.filter(pk=held.pk, version=version)
        changed = seen.update(version=F("version") + 1, **values)
    held.refresh_from_db()
    if not changed:
        raise Refused(f"Somebody else has changed this line since: it is at version {held.version} now. {STALE}")
    return held


def _refuse_unit(analyte: str, unit: str) -> None:
    if unit not in [known.code for known in ANALYTES[analyte].units]:
        raise Refused(f"{ANALYTES[analyte].label} is not reported in this unit.", "unit")


def _as_it_will_be(held: ReferenceRange, values: dict[str, Any]) -> ReferenceRange:
    changed = copy(held)
    for name, value in values.items():
        setattr(changed, name, value)
    return changed


def _refuse_impossible(held: ReferenceRange) -> None:
    for name, cannot in _impossible_limits(held):
        raise Refused(cannot, name)


def _impossible_limits(held: ReferenceRange) -> Iterator[tuple[str, str]]:
    """A limit that nobody's blood can reach is one in another unit: every result would lie on one side of it."""
    for name in ("low", "high"):
        limit = getattr(held, name)
        if limit and (cannot := impossible(held.analyte, Result("", limit), held.unit)):
            yield name, cannot


def contradictions(held: ReferenceRange) -> Iterator[tuple[str, str]]:
    """What a line says against itself, as (column, sentence): what the rules of its table would refuse one by one."""
    yield from _impossible_limits(held)
    if held.low is None and held.high is None:
        yield "low", BROKEN["a_reference_range_has_a_limit"]
    if held.low is not None and held.high is not None and held.low >= held.high:
        yield "low", BROKEN["reference_limits_in_order"]
    if held.age_to is not None and held.age_from > held.age_to:
        yield "age_from", BROKEN["reference_ages_in_order"]
    if held.valid_to is not None and held.valid_from > held.valid_to:
        yield "valid_to", BROKEN["reference_dates_in_order"]


@contextmanager
def _in_words() -> Iterator[None]:
    """A rule of the table that is broken, as a refusal."""
    try:
        yield
    except IntegrityError as broken:
        if (rule := broken_rule(broken)) not in BROKEN:
            raise
        raise Refused(BROKEN[rule]) from None
