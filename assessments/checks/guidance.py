"""Whether an infusion that was given is one that the protocol's dose guidance would have withheld."""

from datetime import timedelta
from typing import Any

from assessments.checks.check import Casebook, Check, Form, Found
from assessments.checks.days import shown
from assessments.codelists import GradeBound
from assessments.dose_guidance import Finding, steps
from laboratory.analytes import ANALYTES
from trialsite.protocol import current
from values.dates import shown_date

SAMPLES = ("haematology", "chemistry")
DRUGS = ("paclitaxel", "trastuzumab")
WITHHOLDS = ("delay", "interrupt", "stop")


def given_against_guidance(form: Form, book: Casebook) -> Found:
    """A drug was infused although the last result of the days before, that is not too old, asks to withhold it."""
    on = form["infusion_date"]
    last = _last_results(book, on) if on else {}
    for drug in DRUGS:
        if form[f"{drug}_given"] != "Y":
            continue
        for step in steps(current().guidance, drug, last, {}):
            if step.rule.action in WITHHOLDS:
                what = f"{step.finding.words}, grade {step.finding.grade}, {shown_date(step.finding.on)}"
                yield f"{drug}_given", f"Given after {what}: {step.rule.action} {step.rule.text}"


def _last_results(book: Casebook, on: Any) -> dict[str, Finding]:
    """By analyte the last graded result up to that day that is not too old by the protocol file."""
    fresh = timedelta(current().guidance_days)
    return {
        row["analyte"]: Finding(ANALYTES[row["analyte"]].label, row["grade"], shown(one["sample_date"]))
        for one in book.known(_samples)
        if on - fresh <= one["sample_date"] <= on
        for row in one.rows
        # What may be less is no reason to have withheld a dose.
        if row["grade"] is not None and row["grade_bound"] != GradeBound.AT_MOST and not row.get("struck_out")
    }


def _samples(book: Casebook) -> list[Form]:
    """By their day."""
    return sorted((one for one in book.of(*SAMPLES) if one["sample_date"]), key=lambda one: one["sample_date"])


ITEMS = ("paclitaxel_given", "trastuzumab_given")
CHECKS = (Check("dose-guidance", ("infusion",), ITEMS, given_against_guidance, SAMPLES),)
