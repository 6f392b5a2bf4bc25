"""Whether an infusion that was given is one that the protocol's dose guidance would have withheld."""

from collections.abc import Sequence
from datetime import date

from assessments.arithmetic.dose_guidance import Due, GuidanceFinding, last_due, steps
from assessments.catalogue import SAMPLES
from assessments.checks.check import At, Check, CheckedCasebook, Form, Found
from assessments.checks.days import shown
from assessments.codelists import GradeBound
from assessments.visits.placing import cycle_of, forms_due
from cohorts.models import Visit
from laboratory.analytes import ANALYTES
from laboratory.ctcae import side_of
from protocol import current
from values.dates import shown_date

DRUGS = ("paclitaxel", "trastuzumab")
WITHHOLDS = ("delay", "interrupt", "stop")


def given_against_guidance(form: Form, book: CheckedCasebook) -> Found:
    """A drug was infused although the last result before, with none due since, asks to withhold it."""
    on = form["infusion_date"]
    last = _last_results(book, on, _due(form, book, on)) if on else {}
    for drug in DRUGS:
        if form[f"{drug}_given"] != "Y":
            continue
        for step in steps(current().guidance, drug, last, {}):
            if step.rule.action in WITHHOLDS:
                what = f"{step.finding.words}, grade {step.finding.grade}, {shown_date(step.finding.on)}"
                yield f"{drug}_given", f"Given after {what}: {step.rule.action} {step.rule.text}"


def _due(form: Form, book: CheckedCasebook, on: date) -> dict[str, Due]:
    """By analyte, where a sample was due last by the visits whose infusions are recorded, this one among them."""
    infused = [
        (infusion.visit, infusion["infusion_date"]) for infusion in book.of("infusion") if infusion.pk != form.pk
    ]
    visits = [(at.label, day, _forms_due(at)) for at, day in (*infused, (form.visit, on)) if at and day]
    return last_due(current().laboratory, visits, on)


def _forms_due(at: At) -> Sequence[str]:
    return forms_due(Visit(protocol_id=at.protocol, code=at.code, kind=at.kind, cycle=cycle_of(at.code)))


def _last_results(book: CheckedCasebook, on: date, due: dict[str, Due]) -> dict[str, GuidanceFinding]:
    """By analyte the last graded result up to that day that no sample was due after, by the protocol."""
    return {
        row["analyte"]: GuidanceFinding(
            ANALYTES[row["analyte"]].label,
            row["grade"],
            shown(sample["sample_date"]),
            side_of(row["analyte"], row["toxicity"]),
        )
        for sample in book.known(_samples)
        if sample["sample_date"] <= on
        for row in sample.rows
        if row["analyte"] in due and due[row["analyte"]].is_met_by(sample["sample_date"])
        # What may be less is no reason to have withheld a dose.
        if row["grade"] is not None and row["grade_bound"] != GradeBound.AT_MOST and not row.get("struck_out")
    }


def _samples(book: CheckedCasebook) -> list[Form]:
    """By their day."""
    return sorted(
        (sample for sample in book.of(*SAMPLES) if sample["sample_date"]), key=lambda sample: sample["sample_date"]
    )


ITEMS = ("paclitaxel_given", "trastuzumab_given")
CHECKS = (Check("dose-guidance", ("infusion",), ITEMS, given_against_guidance, (*SAMPLES, "infusion")),)
