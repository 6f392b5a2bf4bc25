"""RECIST: the response of each assessment, from its lesions, by RECIST 1.0 or 1.1.

Sources: Therasse et al., J Natl Cancer Inst 2000;92:205-216; Eisenhauer et al., Eur J Cancer 2009;45:228-247.
All sums are exact decimals of millimetres: binary floats fail at the thresholds themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby

from protocol.schema import AnalysisPlan
from values.dates import shown_date

from . import words
from .baseline import Baseline, as_baseline, choose
from .dates import DatedAssessment, Timeline, placed, timeline
from .lesions import TargetSums, Version, is_gone, size
from .outcomes import AssessmentResult, worst
from .percentages import change_from
from .records import Assessment, Measurement, NewLesion, NonTarget, Response, SubjectRecords

PERSISTS: frozenset[NonTarget | None] = frozenset(("NONCR", "PRESENT"))


@dataclass(frozen=True, slots=True)
class Before:
    """What earlier days leave for an assessment: the smallest complete sum (None: no valid baseline), whether every
    target lesion was gone on one of them, and whether all disease was."""

    nadir: Decimal | None
    target_gone: bool = False
    complete: bool = False


def target_response(sums: TargetSums | None, version: Version) -> Response:
    """The target response of one assessment: the first rule that holds. None stands for no valid baseline."""
    if sums is None:
        return "NE"
    if sums.all_gone:
        return "NE" if sums.missing else "CR"
    # what is not gone has a size: after a sum of 0 any is growth
    if sums.back or sums.nadir == 0 or has_grown(sums.total, sums.nadir, version):
        return "PD"
    if sums.missing:
        return "NE"
    if 100 * (sums.baseline - sums.total) >= 30 * sums.baseline:
        return "PR"
    return "SD"


def has_grown(total: Decimal, nadir: Decimal, version: Version) -> bool:
    """At least 20 % over the nadir; in RECIST 1.1 at least 5 mm as well."""
    growth = total - nadir
    return 100 * growth >= 20 * nadir and (version == "1.0" or growth >= 5)


def overall_response(
    target: Response | None,
    non_target: NonTarget | None,
    new_lesion: NewLesion | None,
    *,
    non_target_at_baseline: bool,
    version: Version,
    after_complete: bool = False,
) -> Response:
    """The overall response of one assessment: the first row of the table that matches.

    `target` is None where there was no target lesion at baseline. An equivocal new lesion is not (yet) a new one.
    `after_complete` says that all disease was gone before: what is there now has come back, and is progression
    (RECIST 1.1, table 3, footnote a; 1.0 alike).
    """
    persists = non_target in PERSISTS
    if new_lesion == "Y" or non_target == "PD" or target == "PD" or (after_complete and persists):
        return "PD"
    if target == "CR":
        nothing_left = non_target == "CR" or (not non_target_at_baseline and non_target in (None, "NE"))
        return "CR" if nothing_left else "PR"
    if target is not None:
        return target
    if non_target == "CR":
        return "CR"
    if persists:
        return "SD" if version == "1.0" else "NON-CR/NON-PD"
    return "NE"


def evaluate(records: SubjectRecords, plan: AnalysisPlan) -> tuple[AssessmentResult, ...]:
    """Every assessment after baseline, evaluated, in the order of entry. Raises ValueError for a date that is none."""
    return evaluate_course(timeline(records, plan), plan)


def evaluate_course(course: Timeline, plan: AnalysisPlan) -> tuple[AssessmentResult, ...]:
    """As `evaluate`, of dates already resolved."""
    baseline = choose(course.baselines, course.start, plan)
    return _evaluate(baseline, course.assessments, plan, course.start)


def preview(
    baseline: Assessment, earlier: Iterable[Assessment], typed: Assessment, plan: AnalysisPlan
) -> AssessmentResult:
    """What follows from an assessment while it is typed; lesions not yet typed count as not assessed.

    An empty `typed.date` places it after all the earlier ones. Raises ValueError for a date that is none.
    """
    before = [placed(record, plan) for record in earlier]
    if typed.date:
        return _evaluate(as_baseline(baseline, plan), [*before, placed(typed, plan)], plan)[-1]
    undated = DatedAssessment(record=typed, day=date.max, finding=date.max, target=date.max, non_target=date.max)
    result = _evaluate(as_baseline(baseline, plan), [*before, undated], plan)[-1]
    return replace(result, date=None, pd_date=None)


def _evaluate(
    baseline: Baseline | None, entries: Sequence[DatedAssessment], plan: AnalysisPlan, start: date | None = None
) -> tuple[AssessmentResult, ...]:
    """Each entry against what the earlier days leave for it; results in the order of the entries."""
    results: dict[int, AssessmentResult] = {}
    before = Before(baseline.total if baseline else None)
    by_day = sorted(range(len(entries)), key=lambda index: entries[index].day)
    # records of one day do not see each other, so that their order means nothing
    days = [list(same_day) for _, same_day in groupby(by_day, key=lambda index: entries[index].day)]
    for indices in days:
        for index in indices:
            results[index] = _assess(baseline, before, entries[index], plan)
        # what was seen before the origin is no yardstick for what follows it
        if start is None or entries[indices[0]].day >= start:
            before = _after(before, [results[index] for index in indices])
    ordered = [results[index] for index in range(len(entries))]
    if plan.pr_drift == "sticky_pr":
        ordered = _hold_partial(ordered, days, start)
    return tuple(_date_progressions(ordered, entries, days, start))


def _after(before: Before, same_day: Sequence[AssessmentResult]) -> Before:
    """What a day leaves for the next ones; of several records of a day the worst says what was gone."""
    nadir = before.nadir
    if nadir is not None:
        nadir = min([nadir, *(result.sum for result in same_day if result.complete and result.sum is not None)])
    return Before(
        nadir,
        target_gone=before.target_gone or worst(result.target for result in same_day) == "CR",
        complete=before.complete or worst(result.derived for result in same_day) == "CR",
    )


def _assess(baseline: Baseline | None, before: Before, entry: DatedAssessment, plan: AnalysisPlan) -> AssessmentResult:
    record = entry.record
    sums = _sums(baseline, before, record, plan)
    target = None if baseline and baseline.total is None else target_response(sums, plan.recist_version)
    derived = overall_response(
        target,
        record.non_target,
        record.new_lesion,
        non_target_at_baseline=bool(baseline and baseline.non_target),
        version=plan.recist_version,
        after_complete=before.complete,
    )
    overall = derived if plan.response_source == "derived" else record.investigator or "NE"
    measured = sums is not None and len(sums.missing) < len(baseline.lesions if baseline else ())
    return AssessmentResult(
        ref=record.ref,
        date=entry.day,
        target=target,
        non_target=record.non_target,
        new_lesion=record.new_lesion,
        derived=derived,
        investigator=record.investigator,
        overall=overall,
        baseline_sum=baseline.total if baseline else None,
        nadir=before.nadir,
        sum=sums.total if sums and measured else None,
        complete=sums is not None and not sums.missing,
        change=change_from(sums.total, sums.baseline) if sums and not sums.missing else None,
        nadir_change=change_from(sums.total, sums.nadir) if sums and not sums.missing else None,
        reason=words.assessment(baseline, sums, target, derived, record, plan, after_complete=before.complete),
        non_target_back=before.complete and record.non_target in PERSISTS,
        refs=tuple(ref for ref in (record.ref, baseline.ref if baseline else "") if ref),
    )


def _sums(baseline: Baseline | None, before: Before, record: Assessment, plan: AnalysisPlan) -> TargetSums | None:
    """Only lesions chosen at baseline count; one that was recorded as a node then is a node now."""
    if baseline is None or baseline.total is None or before.nadir is None:
        return None
    now = {
        measurement.lesion: replace(measurement, node=True) if measurement.lesion in baseline.nodes else measurement
        for measurement in record.measurements
        if measurement.lesion in baseline.lesions
    }
    sizes = {lesion: size(measurement, plan) for lesion, measurement in now.items()}
    return TargetSums(
        baseline=baseline.total,
        nadir=before.nadir,
        total=sum((mm for mm in sizes.values() if mm is not None), Decimal(0)),
        missing=tuple(lesion for lesion in baseline.lesions if sizes.get(lesion) is None),
        all_gone=all(is_gone(now[lesion], plan) for lesion, mm in sizes.items() if mm is not None),
        back=tuple(
            lesion
            for lesion in baseline.lesions
            if before.target_gone and sizes.get(lesion) and not _judged_by_measure(now[lesion], plan)
        ),
    )


def _judged_by_measure(measurement: Measurement, plan: AnalysisPlan) -> bool:
    """Whether a lesion is normal under a size instead of gone: a node in 1.1, back by growth alone."""
    return plan.recist_version == "1.1" and measurement.node


def _hold_partial(
    results: Sequence[AssessmentResult], days: Iterable[Sequence[int]], start: date | None
) -> list[AssessmentResult]:
    """A partial response that drifts back stays partial until progression, where the plan says so.

    What counts of a day is its worst response; records of one day do not hold each other.
    """
    held = list(results)
    kinds = ("target", "derived", "overall")
    partial = dict.fromkeys(kinds, False)
    for indices in days:
        for index in indices:
            drifted = {kind: "PR" for kind in kinds if partial[kind] and getattr(held[index], kind) == "SD"}
            if drifted:
                note = " The partial response counts as held until progression."
                held[index] = replace(held[index], reason=held[index].reason + note, **drifted)  # type: ignore[arg-type]
        for kind in kinds if start is None or (held[indices[0]].date or start) >= start else ():
            now = worst(getattr(held[index], kind) for index in indices)
            partial[kind] = now == "PR" or (partial[kind] and now != "PD")
    return held


def _date_progressions(
    results: Sequence[AssessmentResult],
    entries: Sequence[DatedAssessment],
    days: Iterable[Sequence[int]],
    start: date | None,
) -> list[AssessmentResult]:
    """Progression is dated by its earliest finding; an equivocal lesion proven later, by its first sight.

    A "no new lesion" on a day between breaks the chain: what was equivocal then is not what is proven now. What was
    found before the origin dates no progression of an assessment after it.
    """
    dated = list(results)
    first_sight: date | None = None
    for indices in days:
        new_lesions = {results[index].new_lesion for index in indices}
        sights = [entries[index].finding for index in indices if results[index].new_lesion == "EQUIVOCAL"]
        first_sight = min((sight for sight in (first_sight, *sights) if sight), default=None)
        for index in indices:
            if results[index].overall == "PD":
                dated[index] = _dated(results[index], entries[index], first_sight, start)
        if "Y" in new_lesions or ("N" in new_lesions and not sights):
            first_sight = None
    return dated


def _dated(
    result: AssessmentResult, entry: DatedAssessment, first_sight: date | None, start: date | None
) -> AssessmentResult:
    proofs = [entry.target] if result.target == "PD" else []
    if result.non_target == "PD" or result.new_lesion == "Y":
        proofs.append(entry.finding)
    if result.non_target_back:
        proofs.append(entry.non_target)
    finding = min(proofs, default=entry.finding)
    proven = (entry.first_seen or first_sight) if result.new_lesion == "Y" else None
    note = f" First seen, then equivocal, on {shown_date(proven)}." if proven and proven < finding else ""
    return replace(
        result,
        pd_date=_first_since(start, (finding, proven or finding, entry.day)),
        proven_on=_first_since(start, (finding, entry.day)),
        reason=result.reason + note,
    )


def _first_since(start: date | None, days: Sequence[date]) -> date:
    """The earliest of the days that is not before the origin; where all are, the earliest."""
    return min([day for day in days if start is None or day >= start] or days)
