"""Everolimus tablets of a synthetic subject: handed out each cycle, taken, brought back; what cycle 1 came to. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from assessments.arithmetic.compliance import EVERY_DAYS
from demonstration.course import InventedCourse
from demonstration.dosing import Infusion, Tablets
from demonstration.toxicity import InventedEvent

CYCLE = timedelta(28)
SPARE_DAYS = 2


@dataclass(frozen=True)
class InventedHandOut:
    """Tablets of one strength that were dispensed on one day, and what came of them."""

    on: date
    strength: Decimal
    dispensed: int
    returned_on: date
    returned: int
    lost: int
    lot: str

    def row(self, *, open_until: date | None = None) -> dict[str, str]:
        """As it is typed; before the rest has come back, where that is after `open_until`."""
        row = {
            "dispensed_on": self.on.isoformat(),
            "strength_mg": str(self.strength),
            "tablets_dispensed": str(self.dispensed),
            "lot_number": self.lot,
        }
        if open_until is not None and self.returned_on > open_until:
            return row
        back = {"returned_on": self.returned_on.isoformat(), "tablets_returned": str(self.returned)}
        return row | back | {"tablets_lost": str(self.lost)}


def hand_outs(
    course: InventedCourse, rng: Random, given: Sequence[Infusion], taken: Sequence[Tablets]
) -> list[InventedHandOut]:
    """At the start of each cycle, and wherever the strength changes within one."""
    starts = [infusion.day for infusion in given if infusion.day_of_cycle == 1]
    ends = [*starts[1:], course.end]
    missed = {id(infusion): infusion.missed for infusion in taken}
    handed: list[InventedHandOut] = []
    for start, end in zip(starts, ends, strict=True):
        for first, doses in _doses(taken, start, end):
            lot = f"L{start:%y}{(start.month - 1) // 3 + 1}{rng.choice('ABC')}"
            handed.append(_hand_out(rng, first, doses, end, missed, lot))
    return handed


def _doses(taken: Sequence[Tablets], start: date, end: date) -> Iterator[tuple[date, list[tuple[Tablets, int]]]]:
    """(first day, intervals with their numbers of doses) of each dose that was taken from `start` to before `end`."""
    groups: dict[tuple[Decimal, str], list[tuple[Tablets, int]]] = {}
    for dosing in taken:
        first, last = max(dosing.start, start), min((dosing.end or end) + timedelta(1), end)
        if dosing.dose and first < last:
            groups.setdefault((dosing.dose, dosing.frequency), []).append((dosing, _times(dosing, first, last)))
    for doses in groups.values():
        yield max(doses[0][0].start, start), doses


def _times(interval: Tablets, first: date, last: date) -> int:
    every = EVERY_DAYS[interval.frequency]
    return sum((first + timedelta(day) - interval.start).days % every == 0 for day in range((last - first).days))


def _hand_out(
    rng: Random, on: date, doses: list[tuple[Tablets, int]], end: date, missed: dict[int, int], lot: str
) -> InventedHandOut:
    dose, every = doses[0][0].dose, EVERY_DAYS[doses[0][0].frequency]
    strength = Decimal(10) if dose >= 10 else dose
    each = int(dose / strength)
    used = 0
    for interval, times in doses:
        forgotten = min(missed[id(interval)] // every, times)
        missed[id(interval)] -= forgotten * every
        used += (times - forgotten) * each
    dispensed = max((CYCLE.days + SPARE_DAYS) // every * each, used)
    lost = 1 if rng.random() < 0.06 and dispensed > used else 0
    return InventedHandOut(on, strength, dispensed, max(end, on), dispensed - used - lost, lost, lot)


def percent_in_first_cycle(course: InventedCourse, taken: Sequence[Tablets]) -> Decimal:
    """What was taken of the everolimus planned for 28 days, in percent with one decimal. Days missed count as such."""
    first = taken[0]
    end = course.first_dose + CYCLE
    planned = first.dose * (CYCLE.days // EVERY_DAYS[first.frequency])
    amount = Decimal(0)
    for dosing in taken:
        last = min((dosing.end or end) + timedelta(1), end)
        if dosing.start < last:
            times = _times(dosing, dosing.start, last)
            missed = dosing.missed // EVERY_DAYS[dosing.frequency] if dosing.end and dosing.end < end else 0
            amount += dosing.dose * (times - min(missed, times))
    return (100 * amount / planned).quantize(Decimal("0.1"))


def evaluation(course: InventedCourse, taken: Sequence[Tablets], harm: Sequence[InventedEvent]) -> dict[str, str]:
    """The verdict at the end of cycle 1, by the rule of the protocol."""
    end = course.first_dose + CYCLE
    limiting = next((event for event in harm if event.limiting), None)
    percent, observed = percent_in_first_cycle(course, taken), course.end >= end
    evaluable = limiting is not None or (observed and percent >= 75)
    record = {
        "evaluation_date": min(end, course.end).isoformat(),
        "cycle_completed": "Y" if observed else "N",
        "everolimus_percent": str(percent),
        "dose_limiting_toxicity": "Y" if limiting else "N",
        "evaluable": "Y" if evaluable else "N",
    }
    if limiting:
        explained = f"{limiting.of.written[0]} of grade {limiting.grade} despite best supportive care."
        return record | {"criterion": "non_haematological_3", "explanation": explained}
    return record
