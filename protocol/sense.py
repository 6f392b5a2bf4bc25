"""What no trial means, though a file can say it: absurd intervals, codes that the program takes for something else."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from protocol.eligibility import UlnRule
from protocol.schema import AnalysisPlan, Protocol
from protocol.visits import UNSCHEDULED, CycleVisit, ScreeningVisit, TumourVisit

# Of the first day of a cycle: its visit starts the cycle.
FIRST_DAY = "D1"


class Bounds(NamedTuple):
    """From when on a number is taken for a slip; both ends are still believed."""

    least: Decimal | int
    most: Decimal | int
    unit: str = "days"


# By the path of the key, entries of a list by `*`.
BELIEVED = {
    "regimen.cycle_days": Bounds(7, 84),
    "regimen.drugs.*.loading_dose": Bounds(Decimal("0.01"), 5000, "of the drug's unit"),
    "visits.*.days_before": Bounds(1, 183),
    "visits.*.every_days": Bounds(14, 366),
    "visits.*.then.*.every_days": Bounds(14, 366),
    "visits.*.then.*.after_days": Bounds(28, 3660),
    "visits.*.every_months": Bounds(1, 24, "months"),
    "visits.*.early_days": Bounds(0, 92),
    "visits.*.late_days": Bounds(0, 183),
    "laboratory.*.early_days": Bounds(0, 28),
    "dlt.cycle": Bounds(1, 6, "cycles"),
    "dlt.min_dose_percent": Bounds(25, 100, "%"),
    "data_cuts.*.months_after_last_first_dose": Bounds(0, 240, "months"),
    "analysis.confirmation_days": Bounds(14, 92),
    "analysis.sd_min_days": Bounds(0, 183),
    "analysis.clinical_benefit_days": Bounds(28, 730),
    "analysis.ne_between": Bounds(0, 5, "assessments"),
    "analysis.assessment_interval_days": Bounds(14, 366),
    "analysis.assessment_intervals_later.*.days": Bounds(14, 366),
    "analysis.assessment_window_days": Bounds(0, 92),
    "analysis.baseline_window_days": Bounds(1, 183),
    "analysis.too_small_mm": Bounds(1, 10, "mm"),
    "analysis.conf_level": Bounds(Decimal("0.5"), Decimal("0.999"), "of 1"),
    "analysis.days_per_month": Bounds(28, 31),
}
LONGEST_WASHOUT_WEEKS = 260
MULTIPLES_OF_NORMAL = Bounds(1, 20, "times the upper limit")
# What the tables of the program hold.
LONGEST = {"code": 40, "version": 20, "cohorts.*.code": 30, "visits.*.code": 16, "visits.*.label": 60}


def without_sense(protocol: Protocol) -> list[str]:
    """A line for each, as those of `consistency.problems`."""
    checks = (believed, fitting, days_of_cycles, screening, assessments, washouts, multiples)
    return [problem for check in checks for problem in check(protocol)]


def values(node: object, pattern: list[str], path: str = "") -> Iterator[tuple[str, object]]:
    """Each value at a pattern of a path, with its path; a kind of entry that has no such key has none."""
    if not pattern:
        if node is not None:
            yield path, node
        return
    name, *rest = pattern
    if name == "*":
        for place, entry in enumerate(node if isinstance(node, tuple) else ()):
            yield from values(entry, rest, f"{path}.{getattr(entry, 'code', place)}")
    elif hasattr(node, name):
        yield from values(getattr(node, name), rest, f"{path}.{name}" if path else name)


def believed(protocol: Protocol) -> Iterator[str]:
    for pattern, bounds in BELIEVED.items():
        for path, value in values(protocol, pattern.split(".")):
            if isinstance(value, int | Decimal) and not bounds.least <= value <= bounds.most:
                least, most, unit = bounds
                yield f"{path}: {value} is taken for a slip; from {least} to {most} {unit} are believed"


def fitting(protocol: Protocol) -> Iterator[str]:
    for pattern, most in LONGEST.items():
        for path, value in values(protocol, pattern.split(".")):
            if isinstance(value, str) and len(value) > most:
                yield f"{path}: {len(value)} characters; the tables hold {most}"


def days_of_cycles(protocol: Protocol) -> Iterator[str]:
    for visit in protocol.visits:
        path = f"visits.{visit.code}.code"
        if visit.code.upper().startswith(UNSCHEDULED):
            yield f"{path}: with {UNSCHEDULED} begin the codes of visits that nobody planned"
        if not isinstance(visit, CycleVisit):
            continue
        if visit.day == 1 and visit.code != FIRST_DAY:
            yield f"{path}: the visit on day 1 of the cycle is {FIRST_DAY}: by that code a cycle starts"
        if visit.day != 1 and visit.code.endswith(FIRST_DAY):
            yield f"{path}: {FIRST_DAY} is the visit on day 1, by which a cycle starts; this is day {visit.day}"


def screening(protocol: Protocol) -> Iterator[str]:
    if not protocol.visits_enforced:
        return
    if not any(isinstance(visit, ScreeningVisit) for visit in protocol.visits):
        yield "visits: none of kind screening, at which subjects are taken in"
    if protocol.eligibility and "eligibility" not in protocol.forms():
        yield "visits: none asks for the form eligibility, by which the criteria are judged"


def assessments(protocol: Protocol) -> Iterator[str]:
    plan = protocol.analysis
    yield from _rising(
        "analysis.assessment_intervals_later", [later.after_days for later in plan.assessment_intervals_later]
    )
    for visit in protocol.visits:
        if isinstance(visit, TumourVisit):
            yield from _rising(f"visits.{visit.code}.then", [step.after_days for step in visit.then])
            yield from _steps(visit, plan)


def _rising(path: str, days: list[int]) -> Iterator[str]:
    if days != sorted(set(days)):
        yield f"{path}: after_days must rise, not {', '.join(map(str, days))}"


def _steps(visit: TumourVisit, plan: AnalysisPlan) -> Iterator[str]:
    """Whether the plan misses no visit that the schedule asks for, nor waits for one that it does not."""
    path = f"visits.{visit.code}.then"
    before = visit.every_days
    for place, step in enumerate(visit.then):
        if step.every_days == before:
            yield f"{path}.{place}.every_days: every {before} days it is before already"
        if step.after_days < before:
            yield f"{path}.{place}.after_days: the first one by the interval before is on day {before} after the origin"
        before = step.every_days
    changes = [step.after_days for step in visit.then]
    if changes != [later.after_days for later in plan.assessment_intervals_later]:
        listed = ", ".join(map(str, changes)) or "none"
        yield (
            f"analysis.assessment_intervals_later: the intervals between two visits {visit.code} change after days "
            f"{listed}: name the longest planned time after each, and no other, by which two missed ones are told"
        )
    for day in (0, *changes):
        if visit.interval_on(day) > plan.interval_on(day):
            name = "assessment_intervals_later" if day else "assessment_interval_days"
            yield (
                f"analysis.{name}: {plan.interval_on(day)} is less than the {visit.interval_on(day)} days between "
                f"two visits {visit.code}: each would count as missed"
            )


def washouts(protocol: Protocol) -> Iterator[str]:
    for criterion in protocol.eligibility:
        for rule in criterion.single_rules:
            weeks = getattr(rule, "weeks", 0)
            if weeks > LONGEST_WASHOUT_WEEKS:
                path = f"eligibility.{criterion.code}.rule"
                yield f"{path}: {weeks} weeks are taken for a slip; at most {LONGEST_WASHOUT_WEEKS} are believed"


def multiples(protocol: Protocol) -> Iterator[str]:
    units = {item.code: item.unit for item in protocol.eligibility_items}
    for criterion in protocol.eligibility:
        for rule in criterion.single_rules:
            if isinstance(rule, UlnRule):
                yield from _multiple(f"eligibility.{criterion.code}.rule", rule, units)


def _multiple(path: str, rule: UlnRule, units: dict[str, str]) -> Iterator[str]:
    if {rule.item, rule.uln_item} <= units.keys() and units[rule.item] != units[rule.uln_item]:
        yield (
            f"{path}: {rule.item} is in {units[rule.item] or 'no unit'} and its upper limit {rule.uln_item} in "
            f"{units[rule.uln_item] or 'no unit'}: a multiple of it would be judged wrongly"
        )
    least, most, unit = MULTIPLES_OF_NORMAL
    for multiple in (rule.multiple, *([rule.exception.multiple] if rule.exception else [])):
        if not least <= multiple <= most:
            yield f"{path}: {multiple} is taken for a slip; from {least} to {most} {unit} are believed"
