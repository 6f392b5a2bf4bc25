"""What follows from a form while it is typed, by the same rules that a save uses."""

from decimal import Decimal
from typing import Any

from assessments.arithmetic.dosing import apart, deviation_percent
from assessments.consequences import infusion
from assessments.eligibility import verdicts_of
from assessments.items import items_of
from assessments.models import Eligibility, InfusionVisit
from cohorts.models import Cohort, Enrolment, Subject
from protocol import current


def phases_of(subject: Subject, typed: dict[str, Any]) -> dict[str, Any]:
    """The verdicts by phase: the phase that the subject is in, else those of the open cohorts, else all of them."""
    values = {field.name: typed.get(field.name) for field, _ in items_of(Eligibility)}
    phases = _phases(subject)
    open_phases = []
    for code in phases or [phase.code for phase in current().phases]:
        verdicts = verdicts_of(values, code)
        counts = {status: sum(verdict.status == status for verdict in verdicts) for status in ("not_met", "unknown")}
        open_phases.append({"label": current().phase(code).label, "verdicts": verdicts, **counts})
    return {"phases": open_phases, "none_open": not phases}


def _phases(subject: Subject) -> list[str]:
    enrolment = Enrolment.objects.filter(subject=subject).exclude(status="refused").select_related("cohort").first()
    if enrolment:
        return [enrolment.phase]
    open_phases = {cohort.plan.phase for cohort in Cohort.objects.filter(is_open=True)}
    return [phase.code for phase in current().phases if phase.code in open_phases]


def doses_of(typed: dict[str, Any]) -> dict[str, Any]:
    """Body surface, the planned dose of each drug and how far the one given lies from it."""
    values = {field.name: typed.get(field.name) for field, _ in items_of(InfusionVisit)}
    planned = infusion(values)
    return {
        "surface": planned["body_surface_m2"],
        "formula": current().regimen.body_surface.replace("_", " ").title(),
        "drugs": [
            _drug(drug, planned[f"{drug}_planned_mg"], values[f"{drug}_dose_mg"])
            for drug in ("paclitaxel", "trastuzumab")
            if values[f"{drug}_given"] == "Y"
        ],
    }


def _drug(name: str, planned: Decimal | None, given: Decimal | None) -> dict[str, Any]:
    off = deviation_percent(given, planned) if planned and given is not None else None
    words = f"{apart(off)} the planned dose" if off else "as planned"
    return {"name": name.capitalize(), "planned": planned, "given": given, "off": off, "apart": words}
