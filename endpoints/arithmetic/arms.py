"""From the outcomes of a randomised population to its estimates by arm, and the comparison of each with the reference.

A subject is in the arm that the list gave it, whatever it received. Of what cannot be estimated there is a reason in
words in place of a number: with a single event, or with all events in one arm, a likelihood has no maximum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from protocol.design import Population
from protocol.randomisation import Randomisation
from protocol.schema import AnalysisPlan, Protocol

from . import differences, hazards
from .differences import Counts
from .hazards import RiskSets
from .populations import headline_kind, rates, times
from .results import MAIN_TIMES, RATE, RATES
from .rows import OutcomeRow, Time

# With a single event there is nothing to compare: each estimate would be without a limit on one side.
LEAST_EVENTS = 2


class Arm(NamedTuple):
    """A group that a list gives: its code and the file's words for it."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Design:
    """The arms of a population in the order of the file; `reference` where the others are compared with one of them."""

    arms: tuple[Arm, ...]
    reference: Arm | None
    randomisation: Randomisation
    strata: tuple[str, ...] | None

    @classmethod
    def of(cls, protocol: Protocol, population: Population) -> Design | None:
        """None where the population has fewer than two randomised cohorts."""
        given, plan = protocol.randomisation, protocol.analysis
        codes = [code for code in given.cohorts if code in population.cohorts] if given else []
        if given is None or len(codes) < 2:
            return None
        labels = [protocol.cohort(code).label for code in codes]
        # two of one label are told apart by their codes
        apart = [
            label if labels.count(label) == 1 else f"{label} ({code})"
            for code, label in zip(codes, labels, strict=True)
        ]
        arms = tuple(map(Arm, codes, apart))
        reference = next((arm for arm in arms if arm.code == plan.reference_arm), None)
        strata = plan.comparison_strata if isinstance(plan.comparison_strata, tuple) else None
        return cls(arms, reference, given, strata)

    @property
    def factors(self) -> list[str]:
        """What comparisons are stratified by, in words."""
        words = self.randomisation.factors
        return [words[name] for name in (words if self.strata is None else self.strata)]

    def stratum(self, row: OutcomeRow) -> str | None:
        """The stratum of a subject in comparisons; None where this version's list cannot tell it."""
        if self.strata is None:
            return row.stratum
        levels = self.randomisation.levels_in(row.stratum)
        return None if levels is None else ", ".join(levels[name] for name in self.strata)


class Compared(NamedTuple):
    """A subject of one of two arms that are compared; the stratum is None where the list of this version has it not."""

    row: OutcomeRow
    is_other: bool
    stratum: str | None


class Pair(NamedTuple):
    """An arm beside the reference, and the subjects of both."""

    other: Arm
    reference: Arm
    subjects: tuple[Compared, ...]

    @property
    def empty(self) -> str:
        """Why nothing can be compared where an arm has nobody, "" else."""
        sides = {subject.is_other for subject in self.subjects}
        missing = [
            arm.label for arm, is_other in ((self.other, True), (self.reference, False)) if is_other not in sides
        ]
        return f"no subject in {' and '.join(missing)}" if missing else ""

    @property
    def without_stratum(self) -> str:
        """Why nothing can be stratified where a stratum is not known, "" else."""
        unknown = sum(subject.stratum is None for subject in self.subjects)
        counted = f"{unknown:,} subject{'' if unknown == 1 else 's'}"
        return f"the stratum of {counted} is not one of this version of the protocol" if unknown else ""


def by_arm(outcomes: Iterable[OutcomeRow], design: Design, plan: AnalysisPlan) -> dict[str, Any]:
    """Estimates of each arm, and of each but the reference its comparison. `elsewhere` counts the subjects of the
    population that no list gave to one of the arms: they are in none."""
    # in one order, as sums of fractions differ in their last bits by another
    rows = sorted(outcomes, key=lambda row: (row.label, row.ref))
    members = {arm.code: [row for row in rows if row.arm == arm.code] for arm in design.arms}
    others = [arm for arm in design.arms if design.reference and arm != design.reference]
    return {
        "groups": [arm._asdict() | _group(members[arm.code], plan) for arm in design.arms],
        "elsewhere": len(rows) - sum(map(len, members.values())),
        "factors": design.factors,
        "reference": design.reference._asdict() if design.reference else None,
        "primary": plan.primary_endpoint,
        "sides": plan.comparison_sides,
        "comparisons": [compared(_pair(arm, members, design), bool(design.factors), plan) for arm in others],
    }


def _group(rows: Sequence[OutcomeRow], plan: AnalysisPlan) -> dict[str, Any]:
    return {"n": len(rows), "response": rates(rows, plan), "times": times(rows, plan)}


def _pair(other: Arm, members: dict[str, list[OutcomeRow]], design: Design) -> Pair:
    assert design.reference is not None
    sides = ((design.reference, False), (other, True))
    subjects = (Compared(row, side, design.stratum(row)) for arm, side in sides for row in members[arm.code])
    return Pair(other, design.reference, tuple(subjects))


def compared(pair: Pair, by_strata: bool, plan: AnalysisPlan) -> dict[str, Any]:
    """Hazard ratios and log-rank tests of the main times to event; differences of the headline response's rates."""
    return {
        **pair.other._asdict(),
        "times": {time.code: _times(pair, time.code, by_strata, plan) for time in MAIN_TIMES},
        "rates": {rate.code: _rates(pair, rate.code, by_strata, plan) for rate in RATES},
    }


def _times(pair: Pair, name: str, by_strata: bool, plan: AnalysisPlan) -> dict[str, Any]:
    """Of subjects with a time, which everybody has who counts from the origin of the plan."""
    known = Pair(
        pair.other, pair.reference, tuple(subject for subject in pair.subjects if _time(subject, name) is not None)
    )
    observed = [time for subject in known.subjects if (time := _time(subject, name)) is not None]
    return {
        "n": len(observed),
        "events": sum(event for _, event in observed),
        "stratified": _analysis(known, observed, plan, by_strata=True) if by_strata else None,
        "unstratified": _analysis(known, observed, plan, by_strata=False),
    }


def _time(subject: Compared, name: str) -> Time | None:
    return subject.row.times.get(name)


def _analysis(pair: Pair, observed: Sequence[Time], plan: AnalysisPlan, *, by_strata: bool) -> dict[str, Any]:
    """A hazard ratio with limits and a log-rank test; each None with `no_ratio` or `no_test` saying why."""
    strata = [subject.stratum if by_strata else "" for subject in pair.subjects]
    number = {stratum: place for place, stratum in enumerate(dict.fromkeys(strata))}
    sets = hazards.risk_sets(
        [days for days, _ in observed],
        [event for _, event in observed],
        [subject.is_other for subject in pair.subjects],
        [number[stratum] for stratum in strata],
    )
    why = (by_strata and pair.without_stratum) or pair.empty or _too_few(sets)
    ratio = None if why else hazards.hazard_ratio(sets, plan.comparison_ties)
    z = None if why else hazards.log_rank(sets)
    return {
        "ratio": None if ratio is None else _ratio(ratio, plan),
        "no_ratio": (why or _no_maximum(sets, pair)) if ratio is None else "",
        "test": _test(z, plan),
        "no_test": (why or _never_both(sets)) if z is None else "",
        "strata": sets.strata,
        "silent_strata": sets.silent_strata,
        "silent": sets.silent,
    }


def _ratio(ratio: hazards.Ratio, plan: AnalysisPlan) -> dict[str, float]:
    lower, upper = ratio.limits(float(plan.conf_level))
    return {"value": ratio.value, "lower": lower, "upper": upper}


def _test(z: float | None, plan: AnalysisPlan) -> dict[str, float] | None:
    """`z` is below 0 where the other arm fares better."""
    return None if z is None else {"z": z, "p": hazards.p_value(z, one_sided=plan.comparison_sides == "one-sided")}


def _too_few(sets: RiskSets) -> str:
    events = int(sets.events.sum())
    return "" if events >= LEAST_EVENTS else "a single event" if events else "no event"


def _no_maximum(sets: RiskSets, pair: Pair) -> str:
    """Why the likelihood has no maximum: what tells something is all in one arm, or nothing does."""
    both = (sets.at_risk > 0).all(axis=1)
    telling, total = sets.events[both].sum(axis=0), sets.events.sum(axis=0)
    if not telling.any():
        return _never_both(sets)
    side = (pair.reference, pair.other)[int(np.argmax(telling))].label
    if not total.all():
        return f"all {int(total.sum()):,} events are in {side}"
    return f"every event at which both arms were at risk{_within(sets)} is in {side}"


def _never_both(sets: RiskSets) -> str:
    return f"at no event were both arms at risk{_within(sets)}"


def _within(sets: RiskSets) -> str:
    return " within a stratum" if sets.strata > 1 else ""


def _rates(pair: Pair, name: str, by_strata: bool, plan: AnalysisPlan) -> dict[str, Any]:
    """The difference of a rate with its limits, as fractions; the test by strata, and the exact one without."""
    counts = _counts(pair.subjects, name, plan)
    difference = differences.newcombe(counts, float(plan.conf_level))
    p = differences.fisher(counts, one_sided=plan.comparison_sides == "one-sided")
    alike = pair.empty or _alike(counts)
    return counts._asdict() | {
        "difference": difference and dict(zip(("value", "lower", "upper"), difference, strict=True)),
        "no_difference": pair.empty,
        "stratified": _by_strata(pair, name, alike, plan) if by_strata else None,
        "unstratified": {"test": None if p is None else {"p": p}, "no_test": alike if p is None else ""},
    }


def _counts(subjects: Iterable[Compared], name: str, plan: AnalysisPlan) -> Counts:
    sides, kind = {True: [0, 0], False: [0, 0]}, headline_kind(plan)
    for row, is_other, _ in subjects:
        sides[is_other][0] += RATE[name].counts(row, kind)
        sides[is_other][1] += 1
    return Counts(*sides[True], *sides[False])


def _alike(counts: Counts) -> str:
    having = counts.x + counts.x_reference
    if having not in (0, counts.n + counts.n_reference):
        return ""
    return "all subjects of both arms have it" if having else "no subject of either arm has it"


def _by_strata(pair: Pair, name: str, alike: str, plan: AnalysisPlan) -> dict[str, Any]:
    strata: dict[str | None, list[Compared]] = defaultdict(list)
    for subject in pair.subjects:
        strata[subject.stratum].append(subject)
    why = pair.without_stratum or alike
    z = None if why else differences.cochran_mantel_haenszel(_counts(each, name, plan) for each in strata.values())
    # of responses more are better, of events fewer
    test = _test(None if z is None else -z, plan)
    return {"test": test, "no_test": "" if test else why or "no stratum has both arms, with it and without"}
