"""The guidance beside a dosing form: what the subject's last results and open events mean by the protocol file, and
what it could not take into account."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format

from assessments.codelists import GradeBound
from assessments.dose_guidance import Finding, steps
from assessments.models import AdverseEvent, FormState, LaboratoryResult
from cohorts.models import Enrolment, Subject, SubjectStatus, Visit
from terminology import ctcae
from trialsite.protocol import Protocol, current
from trialsite.protocol.guidance import LaboratoryTrigger
from values.dates import shown_date

# By dosing form, the drugs that it records.
DRUGS_OF = {"infusion": ("paclitaxel", "trastuzumab"), "everolimus": ("everolimus",)}
ENDED = (SubjectStatus.FOLLOW_UP, SubjectStatus.WITHDRAWN, SubjectStatus.DIED)


@dataclass(frozen=True)
class Known:
    """What is known of a subject on a day: findings by analyte or term, sentences on what they leave open, and the
    events that no rule can know, each (address, words)."""

    laboratory: dict[str, Finding] = field(default_factory=dict)
    unsure: list[str] = field(default_factory=list)
    events: dict[str, Finding] = field(default_factory=dict)
    without_term: list[tuple[str, str]] = field(default_factory=list)


def guidance_of(subject: Subject, code: str, on: date | None = None) -> dict[str, Any]:
    """For a dose on a day (today, if none is named: none is to come once treatment has ended). Four statements,
    whatever the subject's record."""
    if on is None and subject.status in ENDED:
        return {"has_ended": True}
    protocol, on = current(), on or timezone.localdate()
    drugs = [drug for drug in DRUGS_OF[code] if drug in {one.code for one in protocol.regimen.drugs}]
    known = _known(protocol, subject, _analytes(protocol, drugs), on)
    enrolment = Enrolment.objects.filter(subject=subject).exclude(status="refused").select_related("cohort").first()
    schedule = enrolment.cohort.plan.schedule if enrolment else None
    shown = [
        {
            "label": protocol.drug(drug).label,
            "steps": steps(protocol.guidance, drug, known.laboratory, known.events),
            "doses": _doses(protocol, drug, schedule),
        }
        for drug in drugs
    ]
    return {
        "drugs": shown,
        "count": sum(len(drug["steps"]) for drug in shown),
        "assumed": protocol.assumption("guidance"),
        "seen": bool(known.laboratory or known.events),
        "known": known,
        "days": protocol.guidance_days,
        "on": on,
    }


def day_of(visit: Visit | None) -> date | None:
    """The day of a dose at this visit, today at the latest; None without one."""
    on = visit and (visit.visit_date or visit.target_date)
    return min(on, timezone.localdate()) if on else None


def _doses(protocol: Protocol, drug: str, schedule: Any) -> list[str]:
    """The doses that may be given, from the full one down; none for a drug that is never reduced."""
    held = protocol.drug(drug)
    own = held.steps_of(None) or (held.steps_of(schedule) if schedule else ())
    return [step.label for step in own]


def _analytes(protocol: Protocol, drugs: Iterable[str]) -> set[str]:
    """Those that the rules of these drugs look at."""
    rules = [rule.trigger for rule in protocol.guidance if rule.drug in drugs]
    return {trigger.analyte for trigger in rules if isinstance(trigger, LaboratoryTrigger)}


def _known(protocol: Protocol, subject: Subject, analytes: set[str], on: date) -> Known:
    found = LaboratoryResult.objects.filter(
        case_form__subject=subject,
        case_form__state=FormState.COMPLETE,
        struck_out=False,
        analyte__in=analytes,
        sampled_on__lte=on,
    )
    newest = found.order_by("analyte", "-sampled_on", "-case_form_id").distinct("analyte")
    # Of one that is a limit the grade counts if it is at least so; one that may be less says nothing.
    known_grade = newest.filter(grade__isnull=False).exclude(grade_bound=GradeBound.AT_MOST)
    graded = {one.analyte: one for one in known_grade}
    known = Known({code: Finding(_result(one), one.grade, _day(one.sampled_on)) for code, one in graded.items()})
    known.unsure.extend(_unsure(graded, newest, on, protocol.guidance_days))
    _add_events(known, protocol, subject)
    return known


def _unsure(
    graded: Mapping[str, LaboratoryResult], newest: Iterable[LaboratoryResult], on: date, days: int
) -> Iterator[str]:
    """What came after the grades that count and says nothing of them, and which of these are old."""
    for one in newest:
        last = graded.get(one.analyte)
        if one.grade_bound == GradeBound.AT_LEAST:
            yield f"{_result(one)} of {_day(one.sampled_on)}: at least grade {one.grade}, it may be more."
        if one.grade is None or one.grade_bound == GradeBound.AT_MOST:
            why = f"not done ({one.get_not_done_display().lower()})" if one.not_done else _without_grade(one)
            counts = f"the grade of {_day(last.sampled_on)} is taken" if last else "there is no earlier grade"
            yield f"{_result(one)} of {_day(one.sampled_on)}: {why}; {counts}."
        if last and (old := (on - last.sampled_on).days) > days:
            yield f"{last.get_analyte_display()}: {old} days old: graded last on {_day(last.sampled_on)}."


def _without_grade(one: LaboratoryResult) -> str:
    return "without a grade" if one.grade is None else f"at most grade {one.grade}, it may be less"


def _result(one: LaboratoryResult) -> str:
    value = f"{one.value} {one.get_unit_display()}" if one.value is not None else ""
    return f"{one.get_analyte_display()} {value}".strip()


def _day(on: date) -> str:
    return date_format(on, "j M Y")


def _add_events(known: Known, protocol: Protocol, subject: Subject) -> None:
    """By term of the CTCAE the worst event of a complete form that is still there. The rules know no other terms: an
    event coded otherwise counts where its words are a term of the CTCAE too."""
    events = AdverseEvent.objects.filter(
        case_form__subject=subject, case_form__state=FormState.COMPLETE, ongoing="Y"
    ).exclude(grade="")
    for event in events.order_by("grade", "pk"):
        term = ctcae_term(protocol.ctcae_version, event.dictionary, event.dictionary_term, event.term)
        if term:
            known.events[term] = Finding(term, int(event.grade), event.start_date)
        else:
            # Without the site's own words: not everybody who reads guidance may read those.
            term = event.dictionary_term or "An event without a term"
            words = f"{term}, grade {event.grade}, {shown_date(event.start_date)}"
            known.without_term.append((reverse("form", args=[event.pk]), words))


def ctcae_term(version: str, dictionary: str, coded: str, written: str) -> str:
    """The event's term of the CTCAE; "" where neither its coded term nor its own words are one."""
    if coded and dictionary.startswith(ctcae.NAME):
        return coded
    found = ctcae.exact(version, coded) or ctcae.exact(version, written)
    return found.text if found else ""
