"""A decision of the dose committee whose counts are corrected afterwards says so."""

from typing import Any

import pytest

from assessments.models import CaseForm
from safety.levels import levels
from safety.models import DoseLevelDecision
from safety.recounting import Recounted, recounted
from tests.cast import Trial
from tests.safety.levels import EVALUATION, TOXIC, evaluate
from tests.safety.test_dose_levels import LOW, decide

CORRECTED = "Counts that it is based on have been corrected since."


@pytest.fixture
def evaluated(trial: Trial) -> CaseForm:
    return evaluate(trial, trial.treated_subject(LOW))


@pytest.fixture
def made(trial: Trial, evaluated: CaseForm) -> DoseLevelDecision:
    return decide(trial)


def correct(trial: Trial, form: CaseForm, **changed: Any) -> None:
    trial.fill(form.subject, "dlt_evaluation", EVALUATION | changed, case_form=form, reason="corrected")


def test_a_decision_names_the_subject_that_is_counted_otherwise_now(
    trial: Trial, evaluated: CaseForm, made: DoseLevelDecision
) -> None:
    correct(trial, evaluated, **TOXIC)
    label = next(level.plan.label for level in levels() if level.plan.code == LOW)
    now = Recounted(evaluated.subject.label, label, "evaluable, no DLT", "evaluable with a DLT")
    assert recounted(made, levels()) == [now]


def test_what_is_added_later_is_no_correction(trial: Trial, evaluated: CaseForm) -> None:
    waiting = trial.treated_subject(LOW)
    made = decide(trial)
    correct(trial, evaluated, everolimus_percent="97")
    evaluate(trial, waiting, **TOXIC)
    evaluate(trial, trial.treated_subject(LOW))
    assert recounted(made, levels()) == []


def test_both_pages_say_that_counts_were_corrected_and_sites_do_not_read_whose(
    trial: Trial, evaluated: CaseForm, made: DoseLevelDecision, sign_in: Any
) -> None:
    address = f"/cohorts/decisions/{made.pk}/"
    client = sign_in(trial.data_manager)
    assert CORRECTED not in client.get(address).content.decode()
    assert CORRECTED not in client.get("/cohorts/levels/").content.decode()
    correct(trial, evaluated, **TOXIC)
    page = client.get(address).content.decode()
    assert CORRECTED in page and evaluated.subject.label in page
    assert CORRECTED in client.get("/cohorts/levels/").content.decode()
    assert CORRECTED not in sign_in(trial.monitor).get(address).content.decode()
