"""One subject, from records to outcome: a pure function, the same whatever the order of entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from trialsite.protocol.schema import AnalysisPlan

from . import findings
from .baseline import choose, is_measurable
from .best_response import (
    CONTROLLED,
    Course,
    benefit_by_assessment,
    benefit_by_duration,
    confirmed,
    course_of,
    unconfirmed,
    without_treatment,
)
from .dates import Timeline, timeline
from .outcomes import AssessmentResult, BestResponse, Flag, SubjectOutcome, Variant
from .recist import evaluate_course
from .records import SubjectRecords
from .time_to_event import (
    duration_of_response,
    follow_up,
    overall_survival,
    progression_free,
    time_to_response,
)

# The sensitivity analyses: what each one changes in the plan, and which results it touches.
VARIANTS: dict[str, tuple[dict[str, Any], frozenset[str]]] = {
    "derived": ({"response_source": "derived"}, frozenset(("best", "pfs"))),
    "recist_1.1": ({"response_source": "derived", "recist_version": "1.1"}, frozenset(("best", "pfs"))),
    "unconfirmed": ({"confirmation_required": False}, frozenset(("best",))),
    "accept_sd_between": ({"accept_sd_between": True}, frozenset(("best",))),
    "sticky_pr": ({"pr_drift": "sticky_pr"}, frozenset(("best",))),
    "nact_censored": ({"nact_censors": True}, frozenset(("pfs",))),
    "missed_censored": ({"missed_censors": True}, frozenset(("pfs",))),
    "clinical_progression": ({"clinical_pd_is_event": True}, frozenset(("pfs",))),
}


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A treated subject under one plan."""

    results: tuple[AssessmentResult, ...]
    course: Course


def derive(records: SubjectRecords, plan: AnalysisPlan, cut: date | None = None) -> SubjectOutcome:
    """Everything the plan derives from one subject's records, as of a data cut where one is given.

    Raises ValueError for a recorded date that is no date.
    """
    dates = timeline(records, plan, cut)
    if dates.start is None:
        return _untreated(records, dates, plan)
    evaluated = _evaluated(dates, plan)
    course = evaluated.course
    bor, cbor = unconfirmed(course, plan), confirmed(course, plan)
    headline = cbor if plan.confirmation_required else bor
    benefit_a, benefit_b = benefit_by_assessment(cbor, course, plan), benefit_by_duration(cbor, course, plan)
    pfs, survival = progression_free(records, course, dates, plan), overall_survival(records, course, dates)
    baseline = choose(dates.baselines, dates.start, plan)
    return SubjectOutcome(
        ref=records.ref,
        treatment_start=dates.start,
        baseline_ref=baseline.ref if baseline else None,
        baseline_sum=baseline.total if baseline else None,
        measurable=_measurable(dates, plan),
        assessments=evaluated.results,
        bor=bor,
        cbor=cbor,
        headline=headline,
        orr=Flag(headline.responder, headline.reason, headline.refs),
        dcr=Flag(headline.value in CONTROLLED, headline.reason, headline.refs),
        cbr=benefit_a if plan.clinical_benefit == "cb_A" else benefit_b,
        cb_A=benefit_a,
        cb_B=benefit_b,
        pfs=pfs,
        os=survival,
        dor=duration_of_response(headline, course, pfs),
        ttr=time_to_response(headline, course),
        follow_up=follow_up(survival),
        death_date=dates.death,
        baseline_date=_day_of(baseline.ref, dates) if baseline else None,
        treatment_end=dates.treatment_end,
        new_therapy=dates.new_therapy,
        findings=findings.all_findings(records, dates, evaluated.results, course, plan),
        variants=_variants(records, dates, plan, evaluated),
    )


def _day_of(baseline_ref: str, dates: Timeline) -> date:
    return next(entry.day for entry in dates.baselines if entry.record.ref == baseline_ref)


def _evaluated(dates: Timeline, plan: AnalysisPlan) -> Evaluated:
    assert dates.start is not None
    results = evaluate_course(dates, plan)
    return Evaluated(results, course_of(results, dates.start))


@lru_cache(maxsize=64)
def varied(plan: AnalysisPlan, name: str) -> AnalysisPlan:
    """The plan of one sensitivity analysis."""
    return replace(plan, **VARIANTS[name][0])


def _variants(records: SubjectRecords, dates: Timeline, plan: AnalysisPlan, headline: Evaluated) -> dict[str, Variant]:
    made = {}
    for name, (changed, touched) in VARIANTS.items():
        other = varied(plan, name)
        evaluated = headline
        if other != plan and changed.keys() & {"response_source", "recist_version", "pr_drift"}:
            evaluated = _evaluated(dates, other)
        best: Callable[[Course, AnalysisPlan], BestResponse] = confirmed if other.confirmation_required else unconfirmed
        made[name] = Variant(
            best=best(evaluated.course, other) if "best" in touched else None,
            pfs=progression_free(records, evaluated.course, dates, other) if "pfs" in touched else None,
        )
    return made


def _measurable(dates: Timeline, plan: AnalysisPlan) -> Flag:
    """At least one measurable lesion at baseline. A late baseline does not take a subject out of the denominator."""
    start = dates.start or date.max
    before = sorted((entry for entry in dates.baselines if entry.day <= start), key=lambda entry: entry.day)
    for entry in reversed(before):
        lesions = [found.lesion for found in entry.record.measurements if is_measurable(found, plan)]
        if lesions:
            return Flag(
                True, f"Measurable at baseline on {entry.day}: {', '.join(sorted(lesions))}.", (entry.record.ref,)
            )
    return Flag(False, "No measurable lesion at baseline.", tuple(entry.record.ref for entry in before))


def _untreated(records: SubjectRecords, dates: Timeline, plan: AnalysisPlan) -> SubjectOutcome:
    """A subject without a dose: a non-responder without times; the assessments are shown, nothing counts from them."""
    best = without_treatment()
    nothing = Flag(False, best.reason)
    return SubjectOutcome(
        ref=records.ref,
        treatment_start=None,
        baseline_ref=None,
        baseline_sum=None,
        measurable=_measurable(dates, plan),
        assessments=evaluate_course(dates, plan),
        bor=best,
        cbor=best,
        headline=best,
        orr=nothing,
        dcr=nothing,
        cbr=nothing,
        cb_A=nothing,
        cb_B=nothing,
        pfs=None,
        os=None,
        dor=None,
        ttr=None,
        follow_up=None,
        death_date=dates.death,
        findings=findings.findings_untreated(records, dates),
        variants={name: Variant(best=best if "best" in touched else None) for name, (_, touched) in VARIANTS.items()},
    )
