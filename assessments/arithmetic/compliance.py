"""Compliance: how much of a drug the tablets say was taken, against what was to be taken in that time. Pure.

In percent: 100 x (dispensed - returned - lost) x strength / the planned doses of the days from the hand-out to the day
before the return, which belongs to the next hand-out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from assessments.arithmetic.dose_plans import TIMES

EVERY_DAYS = {"QD": 1, "QOD": 2, "EVERY WEEK": 7}


@dataclass(frozen=True, slots=True)
class HandOut:
    """Tablets of one strength in mg; `returned_on` is None while they are out."""

    dispensed_on: date
    returned_on: date | None
    strength: Decimal
    dispensed: int
    returned: int = 0
    lost: int = 0

    @property
    def taken_mg(self) -> Decimal:
        return self.strength * (self.dispensed - self.returned - self.lost)


@dataclass(frozen=True, slots=True)
class Dosing:
    """A time of one planned dose, first and last day included; `end` None while it goes on. Dose 0: an interruption."""

    start: date
    end: date | None
    dose_mg: Decimal
    every_days: int = 1


@dataclass(frozen=True, slots=True)
class Period:
    """From one hand-out to its return. `percent` is not rounded, and None where nothing was to be taken."""

    start: date
    end: date
    taken_mg: Decimal
    planned_mg: Decimal

    @property
    def percent(self) -> Decimal | None:
        return 100 * self.taken_mg / self.planned_mg if self.planned_mg else None


def handed_out(row: Mapping[str, Any]) -> HandOut | None:
    """From a row of the form of tablets; None for one that is filled by half."""
    if not row["strength_mg"] or not row["dispensed_on"] or not row["tablets_dispensed"]:
        return None
    return HandOut(
        row["dispensed_on"],
        row["returned_on"] if row["tablets_returned"] is not None else None,
        Decimal(row["strength_mg"]),
        row["tablets_dispensed"],
        row["tablets_returned"] or 0,
        row["tablets_lost"] or 0,
    )


def dosed_by_tablets(row: Mapping[str, Any]) -> Dosing | None:
    """From a row of the form of everolimus; None for one that is filled by half."""
    if not row["start_date"] or row["dose_mg"] is None:
        return None
    return Dosing(row["start_date"], row["end_date"], row["dose_mg"], EVERY_DAYS.get(row["frequency"] or "", 1))


def dosed_by_exposure(row: Mapping[str, Any]) -> Dosing | None:
    """From a row of the form of study drugs, with all doses of a day; a single dose is of its first day."""
    if not row["start_date"] or row["dose"] is None or row["given"] != "Y":
        return None
    every, times = TIMES.get(row["frequency"] or "", (1, 1))
    end = row["start_date"] if row["frequency"] == "ONCE" else row["end_date"]
    return Dosing(row["start_date"], end, row["dose"] * times, every)


def periods(hand_outs: Iterable[HandOut], dosing: Iterable[Dosing]) -> list[Period]:
    """One period a day of hand-out, by date; tablets of several strengths count together once all came back."""
    plan = list(dosing)
    by_day: dict[date, list[HandOut]] = defaultdict(list)
    for hand_out in hand_outs:
        by_day[hand_out.dispensed_on].append(hand_out)
    return [_period(day, together, plan) for day, together in sorted(by_day.items()) if all(_back(together))]


def overall(periods: Iterable[Period]) -> Period | None:
    """Everything together; None before the first return."""
    every = list(periods)
    if not every:
        return None
    taken, planned = (
        sum((getattr(period, name) for period in every), Decimal(0)) for name in ("taken_mg", "planned_mg")
    )
    return Period(every[0].start, max(period.end for period in every), taken, planned)


def _back(together: Iterable[HandOut]) -> Iterator[date | None]:
    return (hand_out.returned_on for hand_out in together)


def _period(day: date, together: list[HandOut], plan: list[Dosing]) -> Period:
    end = max(hand_out.returned_on for hand_out in together if hand_out.returned_on)
    return Period(day, end, sum((hand_out.taken_mg for hand_out in together), Decimal(0)), _planned(day, end, plan))


def _planned(start: date, end: date, plan: Iterable[Dosing]) -> Decimal:
    """The mg planned for the days from `start` to the day before `end`."""
    last_day = end - timedelta(1)
    doses = ((dosing.dose_mg, _days(dosing, start, min(dosing.end or last_day, last_day))) for dosing in plan)
    return sum((dose * days for dose, days in doses), Decimal(0))


def _days(dosing: Dosing, first: date, last: date) -> int:
    """On how many days from first to last the dose is due, counted from its own start."""
    if last < max(dosing.start, first):
        return 0
    before = -(-max((first - dosing.start).days, 0) // dosing.every_days)
    return (last - dosing.start).days // dosing.every_days - before + 1
