"""The guidance beside a dosing form: what the subject's last results and open events mean by the protocol file."""

from typing import Any

from django.utils.dateformat import format as date_format

from assessments.dose_guidance import Finding, steps
from assessments.models import AdverseEvent, FormState, LaboratoryResult
from cohorts.models import Enrolment, Subject
from trialsite.protocol import Protocol, current

# By dosing form, the drugs that it records.
DRUGS_OF = {"infusion": ("paclitaxel", "trastuzumab"), "everolimus": ("everolimus",)}


def guidance_of(subject: Subject, code: str) -> dict[str, Any]:
    """Three statements, whatever the subject's record."""
    protocol = current()
    laboratory, events = last_results(subject), open_events(subject)
    enrolment = Enrolment.objects.filter(subject=subject).exclude(status="refused").select_related("cohort").first()
    schedule = enrolment.cohort.plan.schedule if enrolment else None
    drugs = [
        {
            "label": protocol.drug(drug).label,
            "steps": steps(protocol.guidance, drug, laboratory, events),
            "doses": _doses(protocol, drug, schedule),
        }
        for drug in DRUGS_OF[code]
        if drug in {one.code for one in protocol.regimen.drugs}
    ]
    return {
        "drugs": drugs,
        "count": sum(len(drug["steps"]) for drug in drugs),
        "assumed": protocol.assumption("guidance"),
        "seen": bool(laboratory or events),
    }


def _doses(protocol: Protocol, drug: str, schedule: Any) -> list[str]:
    """The doses that may be given, from the full one down; none for a drug that is never reduced."""
    held = protocol.drug(drug)
    own = held.steps_of(None) or (held.steps_of(schedule) if schedule else ())
    return [step.label for step in own]


def last_results(subject: Subject) -> dict[str, Finding]:
    """By analyte the last graded result of a complete form."""
    results = LaboratoryResult.objects.filter(
        case_form__subject=subject,
        case_form__state=FormState.COMPLETE,
        struck_out=False,
        grade__isnull=False,
        sampled_on__isnull=False,
    )
    last = results.order_by("analyte", "-sampled_on", "-case_form_id").distinct("analyte")
    return {one.analyte: Finding(_result(one), one.grade or 0, date_format(one.sampled_on, "j M Y")) for one in last}


def _result(one: LaboratoryResult) -> str:
    value = f"{one.value.normalize():f}" if one.value is not None else ""
    return f"{one.get_analyte_display()} {value} {one.get_unit_display()}".strip()


def open_events(subject: Subject) -> dict[str, Finding]:
    """By term of the dictionary the worst event of a complete form that is still there."""
    found: dict[str, Finding] = {}
    events = AdverseEvent.objects.filter(
        case_form__subject=subject, case_form__state=FormState.COMPLETE, ongoing="Y"
    ).exclude(grade="")
    for event in events.exclude(dictionary_term="").order_by("grade"):
        words, grade = event.dictionary_term, int(event.grade)
        found[words] = Finding(words, grade, event.start_date)
    return found
