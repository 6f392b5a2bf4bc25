"""The guidance beside a dosing form: what the subject's last results and open events mean by the protocol file, and
what it could not take into account."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format

from assessments.arithmetic.dose_guidance import (
    Due,
    GuidanceFinding,
    Last,
    analytes_of,
    gaps,
    last_due,
    looks_at_events,
    steps,
    used,
)
from assessments.catalogue import CATALOGUE
from assessments.checks.days import before
from assessments.codelists import GradeBound
from assessments.models import AdverseEvent, FormState, LaboratoryResult
from assessments.visits.not_asked import not_asked
from assessments.visits.placing import day_of, forms_due
from cohorts.models import Enrolment, Subject, SubjectStatus, Visit
from laboratory.ctcae import side_of
from protocol import Protocol, current
from terminology import ctcae
from values.dates import shown_date

ENDED = (SubjectStatus.FOLLOW_UP, SubjectStatus.WITHDRAWN, SubjectStatus.DIED)


@dataclass(frozen=True)
class Known:
    """What is known of a subject on a day: findings by analyte or term, the last results by analyte, and the events
    that no rule can know, each (address, words)."""

    laboratory: dict[str, GuidanceFinding] = field(default_factory=dict)
    last: dict[str, Last] = field(default_factory=dict)
    events: dict[str, GuidanceFinding] = field(default_factory=dict)
    without_term: list[tuple[str, str]] = field(default_factory=list)
    in_progress: list[tuple[str, str]] = field(default_factory=list)


def guidance_of(subject: Subject, code: str, visit: Visit | None = None) -> dict[str, Any]:
    """For a dose at a visit (today, if none is named: none is to come once treatment has ended), of the drugs that the
    protocol plans on its day. Five statements, whatever the subject's record."""
    on, unplanned = day_of(visit), not_asked(code, visit)
    if on is None and subject.status in ENDED:
        return {"has_ended": True}
    protocol, on = current(), on or timezone.localdate()
    enrolment = Enrolment.objects.filter(subject=subject).exclude(status="refused").select_related("cohort").first()
    given = [
        of_cohort.code
        for of_cohort in protocol.drugs_of(enrolment.cohort.code if enrolment and enrolment.cohort else None)
    ]
    # The form of study drugs is of all those of the cohort.
    of_form = CATALOGUE[code].drugs or given
    drugs = [drug for drug in of_form if drug in given and f"{drug}_given" not in unplanned]
    known = _known(protocol, subject, analytes_of(protocol.guidance, drugs), on)
    due = _due(protocol, subject, visit, on)
    schedule = enrolment.plan.schedule if enrolment and enrolment.plan else None
    shown = [
        {
            "label": protocol.drug(drug).label,
            "steps": steps(protocol.guidance, drug, known.laboratory, known.events),
            "used": used(protocol.guidance, drug, known.last, due),
            "gaps": gaps(protocol.guidance, drug, known.last, due)
            + (_unknown_events(known, protocol) if looks_at_events(protocol.guidance, drug) else []),
            "doses": _doses(protocol, drug, schedule),
        }
        for drug in drugs
    ]
    return {
        "drugs": shown,
        "count": sum(len(drug["steps"]) for drug in shown),
        "assumed": _assumed(protocol),
        "cannot_say": any(drug["gaps"] for drug in shown),
        "known": known,
        "unplanned": list(dict.fromkeys(unplanned.values())),
        "on": on,
    }


def _due(protocol: Protocol, subject: Subject, visit: Visit | None, on: date) -> dict[str, Due]:
    """By analyte, where a sample was due last before the dose; the visit of the dose itself is on its day."""
    days = (
        (other_visit, on if visit and other_visit.pk == visit.pk else other_visit.visit_date or other_visit.target_date)
        for other_visit in subject.visits.all()
    )
    return last_due(
        protocol.laboratory, [(other_visit.label, day, forms_due(other_visit)) for other_visit, day in days if day], on
    )


def _assumed(protocol: Protocol) -> list[str]:
    """Each sentence once: two panels may share theirs."""
    paths = ("guidance", *(f"laboratory.{panel.code}.early_days" for panel in protocol.laboratory))
    return list(dict.fromkeys(filter(None, map(protocol.assumption, paths))))


def _doses(protocol: Protocol, drug: str, schedule: Any) -> list[str]:
    """The doses that may be given, from the full one down; none for a drug that is never reduced."""
    held = protocol.drug(drug)
    drug_steps = held.steps_of(None) or (held.steps_of(schedule) if schedule else ())
    return [step.label for step in drug_steps]


def _unknown_events(known: Known, protocol: Protocol) -> list[str]:
    without, drafts = len(known.without_term), len(known.in_progress)
    dictionary = ctcae.dictionary_of(protocol.ctcae_version)
    sentences = {
        f"{without} open event{' has' if without == 1 else 's have'} no term of {dictionary}: not considered.": without,
        f"{drafts} event{' is' if drafts == 1 else 's are'} not complete yet: not considered.": drafts,
    }
    return [sentence for sentence, number in sentences.items() if number]


def _known(protocol: Protocol, subject: Subject, analytes: list[str], on: date) -> Known:
    results = LaboratoryResult.objects.filter(
        case_form__subject=subject,
        case_form__state=FormState.COMPLETE,
        struck_out=False,
        analyte__in=analytes,
        sampled_on__lte=on,
    )
    newest = results.order_by("analyte", "-sampled_on", "-case_form_id").distinct("analyte")
    # Of one that is a limit the grade counts if it is at least so; one that may be less says nothing.
    known_grade = newest.filter(grade__isnull=False).exclude(grade_bound=GradeBound.AT_MOST)
    graded = {result.analyte: result for result in known_grade}
    known = Known(
        {
            code: GuidanceFinding(
                _result(result), result.grade, _day(result.sampled_on), side_of(code, result.toxicity)
            )
            for code, result in graded.items()
        }
    )
    known.last.update({result.analyte: _last(graded.get(result.analyte), result) for result in newest})
    _add_events(known, protocol, subject, on)
    return known


def _last(graded: LaboratoryResult | None, newest: LaboratoryResult) -> Last:
    """Of an analyte: its last grade, and what came after it that says nothing, or less than a grade."""
    named, later = f"{_result(newest)} of {_day(newest.sampled_on)}", []
    if newest.grade_bound == GradeBound.AT_LEAST:
        later.append(f"{named}: at least grade {newest.grade}, it may be more.")
    if newest.grade is None or newest.grade_bound == GradeBound.AT_MOST:
        why = f"not done ({newest.get_not_done_display().lower()})" if newest.not_done else _without_grade(newest)
        counts = f"the grade of {_day(graded.sampled_on)} is taken" if graded else "there is no earlier grade"
        later.append(f"{named}: {why}; {counts}.")
    return Last(graded.sampled_on if graded else None, later)


def _without_grade(result: LaboratoryResult) -> str:
    return "without a grade" if result.grade is None else f"at most grade {result.grade}, it may be less"


def _result(result: LaboratoryResult) -> str:
    value = f"{result.value} {result.get_unit_display()}" if result.value is not None else ""
    return f"{result.get_analyte_display()} {value}".strip()


def _day(on: date) -> str:
    return date_format(on, "j M Y")


def _add_events(known: Known, protocol: Protocol, subject: Subject, on: date) -> None:
    """By term of the CTCAE the worst event of a complete form that was there on the day. The rules know no other terms:
    an event coded otherwise counts where its words are a term of the CTCAE too."""
    standing = Q(case_form__state=FormState.COMPLETE) & ~Q(grade="")
    being_typed = Q(case_form__state=FormState.DRAFT) & ~Q(ongoing="N")
    events = AdverseEvent.objects.filter(standing | being_typed, case_form__subject=subject)
    for event in events.select_related("case_form").order_by("grade", "pk"):
        if before(on, event.start_date) or before(event.end_date, on):
            continue
        if event.case_form.state == FormState.DRAFT:
            words = event.dictionary_term or "An event in progress"
            known.in_progress.append((reverse("form", args=[event.pk]), words))
            continue
        term = ctcae_term(protocol.ctcae_version, event.dictionary, event.dictionary_term, event.term)
        if term:
            known.events[term] = GuidanceFinding(term, int(event.grade), event.start_date)
        else:
            # Without the site's own words: not everybody who reads guidance may read those.
            term = event.dictionary_term or "An event without a term"
            words = f"{term}, grade {event.grade}, {shown_date(event.start_date)}"
            known.without_term.append((reverse("form", args=[event.pk]), words))


def ctcae_term(version: str, dictionary: str, coded: str, written: str) -> str:
    """The event's term of this version of the CTCAE, by which the rules are written; "" where neither its coded term,
    which may be of another version or dictionary, nor its own words are one."""
    if coded and dictionary == ctcae.dictionary_of(version):
        return coded
    term = ctcae.exact(version, coded) or ctcae.exact(version, written)
    return term.text if term else ""
