"""Checks of the verdict on dose-limiting toxicity: against the adverse events, the doses taken and the blood counts."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from assessments.catalogue import DOSES
from assessments.checks.check import Check, CheckedCasebook, Form, Found
from assessments.checks.days import plain, shown
from assessments.checks.plausibility import first_dose
from assessments.checks.safety import named
from protocol import current
from protocol.regimen import in_a_sentence

VERDICT = ("dose_limiting_toxicity",)
# The criterion's own: grade 4 neutropenia limits the dose where it lasts for more days, both ends counted.
NEUTROPENIA_DAYS = 7


def verdict_without_event(form: Form, book: CheckedCasebook) -> Found:
    """The DLT evaluation and the adverse events disagree on whether a toxicity was dose-limiting."""
    events = [event for event in book.of("adverse_event") if event["dose_limiting"] == "Y"]
    if form["dose_limiting_toxicity"] == "Y" and not events:
        yield "dose_limiting_toxicity", "A toxicity limited the dose, but no adverse event is called dose-limiting."
    if form["dose_limiting_toxicity"] == "N" and events:
        names = ", ".join(named(event) for event in events)
        yield "dose_limiting_toxicity", f"No toxicity limited the dose, but it is recorded for: {names}."


def evaluable(form: Form) -> Found:
    """Evaluable for dose-limiting toxicity is not what the rule of the protocol gives."""
    rule, taken = current().dlt, form["everolimus_percent"]
    if rule is None or form["evaluable"] is None or form["dose_limiting_toxicity"] is None or taken is None:
        return
    whole = form["cycle_completed"] == "Y" and taken >= rule.min_dose_percent
    follows = "Y" if form["dose_limiting_toxicity"] == "Y" or whole else "N"
    if follows != form["evaluable"]:
        done = "completed" if form["cycle_completed"] == "Y" else "not completed"
        drug = in_a_sentence(current().drug_words(rule.drug))
        share = f"{plain(taken)} % of {drug}, cycle {done}"
        verdict = "evaluable" if follows == "Y" else "not evaluable"
        yield "evaluable", f"By the protocol's rule ({share}) the subject is {verdict}."


def verdict_against_blood(form: Form, book: CheckedCasebook) -> Found:
    """No toxicity is called dose-limiting, and the blood counts of the cycle meet a criterion of the protocol."""
    rule = current().dlt
    if rule is None or form["dose_limiting_toxicity"] != "N":
        return
    criteria = {criterion.code for criterion in rule.criteria}
    for met, criterion_code in ((_neutropenia, "neutropenia_4"), (_thrombocytopenia, "thrombocytopenia_4")):
        if criterion_code in criteria:
            for fulfilled in met(form, book):
                yield "dose_limiting_toxicity", f"{fulfilled}, and no toxicity is called dose-limiting."


def _neutropenia(form: Form, book: CheckedCasebook) -> Iterator[str]:
    for grade, run in groupby(_graded("NEUT", form, book), key=lambda result: result[1]):
        days = [day for day, _ in run]
        lasted = (days[-1] - days[0]).days + 1
        if grade == 4 and lasted > NEUTROPENIA_DAYS:
            yield f"Neutrophils were of grade 4 from {shown(days[0])} to {shown(days[-1])}, {lasted} days"


def _thrombocytopenia(form: Form, book: CheckedCasebook) -> Iterator[str]:
    days = [day for day, grade in _graded("PLAT", form, book) if grade == 4]
    if days:
        yield f"Platelets were of grade 4 on {shown(days[0])}"


def _graded(analyte: str, form: Form, book: CheckedCasebook) -> list[tuple[date, int]]:
    """(day of the sample, grade) from the first dose to the evaluation at the end of the cycle that counts, by day."""
    first = book.known(first_dose)
    if first is None or form["evaluation_date"] is None:
        return []
    return sorted(
        (sample["sample_date"], row["grade"])
        for sample in book.of("haematology")
        if sample["sample_date"] and first <= sample["sample_date"] <= form["evaluation_date"]
        for row in sample.rows
        if row["analyte"] == analyte and row["grade"] is not None and not row.get("struck_out")
    )


AT = ("dlt_evaluation",)
CHECKS = (
    Check("dlt-event", AT, VERDICT, verdict_without_event, ("adverse_event",)),
    Check("dlt-evaluable", AT, ("evaluable",), evaluable),
    Check("dlt-blood", AT, VERDICT, verdict_against_blood, ("haematology", *DOSES)),
)
