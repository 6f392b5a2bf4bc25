"""Impossible data: reported so that a query can be raised, never repaired."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from protocol.schema import AnalysisPlan
from values.dates import shown_date

from .baseline import Baseline, choose
from .best_response import Course
from .dates import DatedAssessment, Timeline, span
from .outcomes import AssessmentResult, DataFinding
from .records import SubjectRecords
from .words import ORIGINS, RESPONSES

# What cannot follow a complete response without that disease is back: by response, the finding that asks.
AFTER_COMPLETE = {"PR": "cr-then-pr", "SD": "cr-then-sd", "NON-CR/NON-PD": "cr-then-non-cr"}
TOO_EARLY = {"therapy": "New anticancer therapy", "clinical": "Progression by symptoms"}


def all_findings(
    records: SubjectRecords,
    dates: Timeline,
    results: Sequence[AssessmentResult],
    course: Course,
    plan: AnalysisPlan,
) -> tuple[DataFinding, ...]:
    """Every finding about one subject, sorted so that the order of entry does not show."""
    baseline = choose(dates.baselines, dates.start, plan)
    findings = [
        *_baseline(dates, baseline, plan),
        *_recorded(records, dates),
        *_responses(results, baseline),
        *_early_progression(dates),
        *_unknown_lesions(dates, baseline),
        *_lost_response(course),
    ]
    return _in_order(findings)


def findings_untreated(records: SubjectRecords, dates: Timeline) -> tuple[DataFinding, ...]:
    """The findings about a subject without a dose: those that no response hangs on."""
    return _in_order(_recorded(records, dates))


def _in_order(findings: Iterable[DataFinding]) -> tuple[DataFinding, ...]:
    return tuple(sorted(findings, key=lambda finding: (finding.code, finding.text, finding.refs)))


def _recorded(records: SubjectRecords, dates: Timeline) -> Iterator[DataFinding]:
    yield from _order(records, dates)
    yield from _two_on_a_day(dates)
    yield from _before_consent(records, dates)
    if records.death is None:
        for report in records.reported_deaths:
            on = shown_date(report.date)
            text = f"The follow-up on {on} says that the subject is dead, but no death form is complete."
            yield DataFinding("death-without-form", text, (report.ref,))


def _baseline(dates: Timeline, baseline: Baseline | None, plan: AnalysisPlan) -> Iterator[DataFinding]:
    if dates.start and not baseline:
        origin = ORIGINS[plan.origin]
        text = f"No complete baseline assessment on or within {plan.baseline_window_days} days before {origin}."
        yield DataFinding("no-baseline", text, tuple(sorted(entry.record.ref for entry in dates.baselines)))
    by_day = sorted(dates.baselines, key=lambda entry: entry.day)
    for day, entries in groupby(by_day, key=lambda entry: entry.day):
        refs = tuple(sorted(entry.record.ref for entry in entries))
        if len(refs) > 1:
            yield DataFinding("two-baselines", f"{len(refs)} baseline assessments are dated {shown_date(day)}.", refs)


def _two_on_a_day(dates: Timeline) -> Iterator[DataFinding]:
    """Of partial dates nothing is known."""
    whole = [entry for entry in dates.assessments if len(entry.record.date) == len("2008-03-01")]
    by_day = sorted(whole, key=lambda entry: entry.record.date)
    for day, entries in groupby(by_day, key=lambda entry: entry.record.date):
        refs = tuple(sorted(entry.record.ref for entry in entries))
        if len(refs) > 1:
            text = f"{len(refs)} tumour assessments are dated {shown_date(day)}: are they the same?"
            yield DataFinding("two-assessments", text, refs)


def _order(records: SubjectRecords, dates: Timeline) -> Iterator[DataFinding]:
    origin = f"{ORIGINS[dates.origin]} on {shown_date(dates.start)}"
    died = shown_date(dates.death)
    if dates.first_dose and records.consent and dates.first_dose < span(records.consent.date)[0]:
        consented = shown_date(records.consent.date)
        text = f"The first dose on {shown_date(dates.first_dose)} is dated before informed consent on {consented}."
        yield DataFinding(
            "dose-before-consent", text, tuple(filter(None, (records.consent.ref, records.treatment_ref)))
        )
    for entry in dates.assessments:
        if dates.start and entry.day < dates.start:
            text = f"is dated {shown_date(entry.day)}, before {origin}: nothing counts from it"
            yield _dated("before-start", entry, text)
        if dates.death and min(entry.day, entry.finding) > dates.death:
            yield _dated("after-death", entry, f"is dated {shown_date(entry.day)}, after death on {died}")
    if dates.death and records.death:
        if dates.start and dates.death < dates.start:
            text = f"Death on {died} is dated before {origin}."
            yield DataFinding("death-before-start", text, (records.death.ref,))
        yield from _alive_after_death(records, dates)
    for what, day, ref in dates.too_early:
        text = f"{TOO_EARLY[what]} is dated {shown_date(day)}, before {origin}"
        yield DataFinding(f"{what}-before-start", f"{text}: it counts for nothing.", (ref,))
    for day, ref in dates.new_therapies:
        if day == dates.start:
            text = (
                f"New anticancer therapy starts on {shown_date(day)}, the day of {ORIGINS[dates.origin]}: "
                "no later assessment counts."
            )
            yield DataFinding("therapy-before-start", text, (ref,))


def _alive_after_death(records: SubjectRecords, dates: Timeline) -> Iterator[DataFinding]:
    """Once a form, by its last day."""
    assert dates.death is not None and records.death is not None
    refs = {seen.ref for seen in records.signs_of_life if seen.asked}
    for ref, days in groupby(sorted(dates.alive, key=lambda seen: (seen[2], seen[0])), key=lambda seen: seen[2]):
        day, source, _ = list(days)[-1]
        if day > dates.death and ref not in refs:
            text = f"Known alive on {shown_date(day)} ({source}), after death on {shown_date(dates.death)}."
            yield DataFinding("alive-after-death", text, (ref, records.death.ref))


def _early_progression(dates: Timeline) -> Iterator[DataFinding]:
    """An assessment under treatment whose progression would be dated before it."""
    for entry in dates.assessments:
        first = min(filter(None, (entry.finding, entry.target, entry.first_seen)))
        if dates.start and first < dates.start <= entry.day:
            text = (
                f"was finished on {shown_date(entry.day)}, but has a finding of {shown_date(first)}, before "
                f"{ORIGINS[dates.origin]} on {shown_date(dates.start)}: it dates no progression"
            )
            yield _dated("before-start", entry, text)


def _before_consent(records: SubjectRecords, dates: Timeline) -> Iterator[DataFinding]:
    """Once a form, by its first day; baseline scans may be older, and the first dose is asked about by itself."""
    if records.consent is None:
        return
    expected = {records.consent.ref, records.treatment_ref, *(entry.record.ref for entry in dates.baselines)}
    expected |= {entry.record.ref for entry in dates.assessments if dates.start and entry.day < dates.start}
    consented = shown_date(records.consent.date)
    for day in sorted((*records.contacts, *records.other_days), key=lambda day: (span(day.date), day.source)):
        if day.ref not in expected and span(day.date)[1] < span(records.consent.date)[0]:
            expected.add(day.ref)
            text = f"{shown_date(day.date)} ({day.source}) is dated before informed consent on {consented}."
            yield DataFinding("before-consent", text, (records.consent.ref, day.ref))


def _dated(code: str, entry: DatedAssessment, text: str) -> DataFinding:
    return DataFinding(code, f"A tumour assessment {text}.", (entry.record.ref,))


def _responses(results: Sequence[AssessmentResult], baseline: Baseline | None) -> Iterator[DataFinding]:
    for result in results:
        if baseline and not baseline.non_target and result.non_target in ("CR", "NONCR", "PRESENT"):
            text = f"Non-target lesions are judged on {shown_date(result.date)}, but there was none at baseline."
            yield DataFinding("non-target-unknown", text, (result.ref, baseline.ref))
        if result.investigator is None or result.investigator == result.derived:
            continue
        investigator, follows = RESPONSES[result.investigator], RESPONSES[result.derived]
        text = f"On {shown_date(result.date)} the investigator says {investigator}; from the lesions follows {follows}."
        yield DataFinding("response-differs", text, (result.ref,))


def _unknown_lesions(dates: Timeline, baseline: Baseline | None) -> Iterator[DataFinding]:
    """Target lesions measured later that were not chosen at baseline: they do not count in the sum."""
    if baseline is None:
        return
    for entry in dates.assessments:
        for measurement in entry.record.measurements:
            if measurement.lesion not in baseline.lesions:
                text = f"Lesion {measurement.lesion} on {shown_date(entry.day)} was not chosen at baseline."
                yield DataFinding("lesion-unknown", text, (entry.record.ref,))


def _lost_response(course: Course) -> Iterator[DataFinding]:
    complete = None
    for step in course.steps:
        if step.response == "CR":
            complete = complete or step
        elif step.response in AFTER_COMPLETE and complete:
            first, then = shown_date(complete.day), shown_date(step.day)
            follows = RESPONSES[step.response]
            text = f"A complete response on {first} is followed by {follows} on {then}: neither back nor gone."
            yield DataFinding(AFTER_COMPLETE[step.response], text, (complete.ref, step.ref))
