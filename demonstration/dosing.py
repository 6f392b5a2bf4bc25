"""What a subject of the synthetic trial was given: infusions week by week, everolimus by interval."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from assessments.arithmetic.dosing import body_surface, planned_dose
from demonstration.course import InventedCourse, own_chance
from protocol import current
from protocol.regimen import DoseStep, Schedule

REASONS = {"ADVERSE EVENT": 55, "LABORATORY VALUE": 28, "PATIENT DECISION": 8, "ADMINISTRATIVE": 7, "OTHER": 2}
FREQUENCY: dict[Schedule, tuple[str, int]] = {"daily": ("QD", 1), "weekly": ("EVERY WEEK", 7)}
LEAST_MASS_INDEX = 16.5
AS_PLANNED = "DOSE NOT CHANGED"
# The record of an everolimus form, beside its times of one dose.
TAKEN = {"any_taken": "Y"}


@dataclass(frozen=True)
class Infusion:
    """One infusion visit. `paclitaxel` is whether the day plans it (day 22 does not); `change` and `reason` are its."""

    cycle: int
    day_of_cycle: int
    day: date
    weight: Decimal
    height: Decimal
    level: Decimal
    paclitaxel: bool
    trastuzumab: bool
    change: str = AS_PLANNED
    reason: str = ""
    error: Decimal = Decimal(1)

    @property
    def visit(self) -> str:
        return f"C{self.cycle}D{self.day_of_cycle}"

    @property
    def first(self) -> bool:
        return self.visit == "C1D1"

    def record(self) -> dict[str, str]:
        """The form as it is typed, doses in mg by the protocol's own arithmetic."""
        given = {"paclitaxel": "Y" if self.paclitaxel else "N", "trastuzumab": "Y" if self.trastuzumab else "N"}
        record = {
            "infusion_date": self.day.isoformat(),
            "weight_kg": str(self.weight),
            "height_cm": str(self.height),
            "paclitaxel_given": given["paclitaxel"],
            "trastuzumab_given": given["trastuzumab"],
        }
        return record | self._paclitaxel() | self._trastuzumab()

    def _paclitaxel(self) -> dict[str, str]:
        stated = {"paclitaxel_change": self.change, "paclitaxel_reason": self.reason} if self.reason else {}
        if not self.paclitaxel:
            return stated
        steps = [step.dose for step in current().drug("paclitaxel").steps]
        drug, surface = current().drug("paclitaxel"), self._surface()
        dose = planned_dose(drug, level=steps.index(self.level), weight_kg=self.weight, body_surface_m2=surface)
        given = (dose * self.error).quantize(Decimal(1), ROUND_HALF_UP)
        return {
            "paclitaxel_level_mg_m2": str(self.level),
            "paclitaxel_dose_mg": str(given),
            "paclitaxel_change": self.change,
            **stated,
        }

    def _trastuzumab(self) -> dict[str, str]:
        if not self.trastuzumab:
            return {"trastuzumab_change": "DOSE OMITTED", "trastuzumab_reason": self.reason or "ADMINISTRATIVE"}
        drug, surface = current().drug("trastuzumab"), self._surface()
        dose = planned_dose(drug, first=self.first, weight_kg=self.weight, body_surface_m2=surface)
        return {
            "trastuzumab_loading": "Y" if self.first else "N",
            "trastuzumab_dose_mg": str(dose),
            "trastuzumab_change": AS_PLANNED,
        }

    def _surface(self) -> Decimal:
        return body_surface(current().regimen, height_cm=self.height, weight_kg=self.weight)


def infusions(course: InventedCourse, seed: int) -> list[Infusion]:
    """Every infusion visit of a course, those on which a drug was left out included, in order."""
    return list(_Nurse(course, own_chance(seed, course.slot, "infusions")).weeks())


class _Nurse:
    """Gives what is due, week after week, until treatment ends."""

    def __init__(self, course: InventedCourse, rng: Random) -> None:
        self.course, self.rng = course, rng
        self.weight = min(max(rng.gauss(67, 12), 41), 118)
        self.height = Decimal(round(min(max(rng.gauss(162.5, 6.5), 146), 182)))
        # Nobody is so thin that an edit check asks about each of her infusions.
        self.lightest = LEAST_MASS_INDEX * (float(self.height) / 100) ** 2
        self.levels = [step.dose for step in current().drug("paclitaxel").steps]
        self.step = 0

    def weeks(self) -> Iterator[Infusion]:
        cycle, start, delayed = 1, self.course.first_dose, ""
        while start < self.course.end or cycle == 1:
            yield from self._cycle(cycle, start, delayed)
            delayed = self._reason() if self.rng.random() < 0.10 else ""
            start += timedelta(28 + (self.rng.choice((7, 7, 7, 14)) if delayed else 0))
            cycle += 1

    def _cycle(self, cycle: int, start: date, delayed: str) -> Iterator[Infusion]:
        change, reason = ("DOSE DELAYED", delayed) if delayed else (AS_PLANNED, "")
        if cycle > 1 and self.step + 1 < len(self.levels) and self.rng.random() < 0.05:
            self.step += 1
            change, reason = "DOSE REDUCED", delayed or self._reason()
        for visit in (1, 8, 15, 22):
            day = start + timedelta(visit - 1 + (self._shift() if visit > 1 else 0))
            if (day >= self.course.end and (cycle, visit) != (1, 1)) or (visit == 22 and self.rng.random() < 0.02):
                continue
            self.weight = min(max(self.weight + self.rng.gauss(-0.05, 0.35), self.lightest), 125)
            yield self._visit(cycle, visit, day, change if visit == 1 else AS_PLANNED, reason if visit == 1 else "")

    def _visit(self, cycle: int, visit: int, day: date, change: str, reason: str) -> Infusion:
        planned = Infusion(
            cycle=cycle,
            day_of_cycle=visit,
            day=day,
            weight=Decimal(round(self.weight * 10)) / 10,
            height=self.height,
            level=self.levels[self.step],
            paclitaxel=visit != 22,
            trastuzumab=True,
            change=change,
            reason=reason,
        )
        if planned.first:
            return planned
        return self._something_happens(planned)

    def _something_happens(self, planned: Infusion) -> Infusion:
        chance = self.rng.random()
        if chance < 0.045 and planned.paclitaxel:
            return replace(planned, paclitaxel=False, change="DOSE OMITTED", reason=self._reason())
        if chance < 0.053:
            return replace(planned, trastuzumab=False)
        # A wrong bag, or a slip in typing: what a check asks back.
        if chance < 0.058 and planned.paclitaxel:
            return replace(planned, error=Decimal("0.80") if self.rng.random() < 0.6 else Decimal("1.25"))
        return planned

    def _shift(self) -> int:
        return self.rng.choices((0, -1, 1, 2, 3), (84, 4, 8, 3, 1))[0]

    def _reason(self) -> str:
        return self.rng.choices(tuple(REASONS), tuple(REASONS.values()))[0]


@dataclass(frozen=True)
class Tablets:
    """An interval of one everolimus dose; 0 mg is an interruption."""

    start: date
    end: date | None
    dose: Decimal
    frequency: str
    change: str
    reason: str
    missed: int

    def row(self) -> dict[str, str]:
        return {
            "start_date": self.start.isoformat(),
            "end_date": self.end.isoformat() if self.end else "",
            "dose_mg": str(self.dose),
            "frequency": self.frequency,
            "missed_days": str(self.missed) if self.end else "",
            "change": self.change,
            "reason": self.reason,
        }


def everolimus(course: InventedCourse, seed: int) -> list[Tablets]:
    """The intervals of a whole course: interruptions, and reductions by the steps of the protocol."""
    rng = own_chance(seed, course.slot, "everolimus")
    plan = current().cohort(course.slot.level.cohort)
    assert plan.schedule is not None and plan.everolimus_mg is not None
    frequency, every = FREQUENCY[plan.schedule]
    steps = [step for step in current().drug("everolimus").steps_of(plan.schedule) if step.dose]
    steps = [step for step in steps if step.daily <= plan.everolimus_mg / every]
    return _stopped(course, list(_intervals(rng, course, steps, frequency)))


def _stopped(course: InventedCourse, tablets: list[Tablets]) -> list[Tablets]:
    """Who stops for an adverse event has it on record that everolimus was stopped."""
    last = tablets[-1] if tablets else None
    if last is None or course.end_reason != "ADVERSE EVENT" or last.start >= course.end:
        return tablets
    days = (course.end - last.start).days
    before = (
        replace(last, end=course.end - timedelta(1), missed=min(last.missed, days)) if last.end == course.end else last
    )
    stop = Tablets(course.end, course.end, Decimal(0), last.frequency, "DRUG WITHDRAWN", "ADVERSE EVENT", 0)
    return [*tablets[:-1], before, stop]


def _intervals(rng: Random, course: InventedCourse, steps: list[DoseStep], frequency: str) -> Iterator[Tablets]:
    start, step, change, reason = course.first_dose, 0, AS_PLANNED, ""
    while start < course.end:
        often = "QOD" if steps[step].every_days == 2 else frequency
        stop = min(start + timedelta(10 + int(rng.expovariate(1 / 110))), course.end)
        yield Tablets(start, stop, steps[step].dose, often, change, reason, rng.choice((0, 0, 0, 1, 2, 3)))
        paused = stop + timedelta(rng.choice((3, 5, 7, 7, 10, 14)))
        if paused >= course.end:
            return
        reason = rng.choices(tuple(REASONS), tuple(REASONS.values()))[0]
        yield Tablets(stop + timedelta(1), paused, Decimal(0), often, "DRUG INTERRUPTED", reason, 0)
        reduced = reason in ("ADVERSE EVENT", "LABORATORY VALUE") and step + 1 < len(steps) and rng.random() < 0.4
        step, change = (step + 1, "DOSE REDUCED") if reduced else (step, AS_PLANNED)
        reason = reason if reduced else ""
        start = paused + timedelta(1)
