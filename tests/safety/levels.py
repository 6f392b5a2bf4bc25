"""Subjects of dose levels with their first cycle evaluated, in as few lines as a test needs."""

from typing import Any

from assessments.models import CaseForm
from cohorts.models import Subject
from tests.cast import Trial
from tests.safety.conftest import EVENT

EVALUATION: dict[str, Any] = {
    "evaluation_date": "2008-02-04",
    "cycle_completed": "Y",
    "everolimus_percent": "96",
    "dose_limiting_toxicity": "N",
    "evaluable": "Y",
}
TOXIC: dict[str, Any] = {"dose_limiting_toxicity": "Y", "criterion": "non_haematological_3"}


def evaluate(trial: Trial, subject: Subject, **changed: Any) -> CaseForm:
    return trial.fill(subject, "dlt_evaluation", EVALUATION | changed)


def at_level(trial: Trial, cohort: str, evaluated: int, dlts: int = 0, site: Any = None) -> list[Subject]:
    """So many evaluated subjects at a level, the first of them with a dose-limiting toxicity."""
    subjects = []
    for number in range(evaluated):
        subject = trial.treated_subject(cohort, site)
        if number < dlts:
            trial.fill(subject, "adverse_event", EVENT | {"dose_limiting": "Y"})
        evaluate(trial, subject, **(TOXIC if number < dlts else {}))
        subjects.append(subject)
    return subjects
