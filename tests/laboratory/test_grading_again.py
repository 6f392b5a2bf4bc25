"""After a change of the list or of the criteria, results that were saved before are held against it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from assessments.laboratory.grading import grade_again
from assessments.models import CaseForm
from assessments.plan.fit import analytes
from audit.models import Event
from laboratory.services import change_range
from protocol import current
from protocol.laboratory import Panel
from review.models import Query
from tests.laboratory.samples import BLOOD, SERUM, rows


@pytest.fixture
def blood(trial: Any, ranges: Any) -> CaseForm:
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    return trial.fill(subject, "haematology", {"sample_date": "2007-12-28"}, rows(BLOOD), visit="SCR")


def test_results_follow_a_corrected_range_and_the_trail_says_why(
    trial: Any, blood: CaseForm, ranges: Any, manager: Any
) -> None:
    change_range(held=ranges["HGB"], version=1, low=Decimal(125), reason="Data entry error", by=manager)
    [(form, changed)] = list(grade_again(by=manager, reason="Range of haemoglobin corrected"))
    assert (form, changed) == (blood, 1)
    haemoglobin = blood.laboratory_results.get(analyte="HGB")
    assert (haemoglobin.lower_limit, haemoglobin.flag, haemoglobin.grade, str(haemoglobin.value)) == (
        125,
        "LOW",
        1,
        "121",
    )
    entry = Event.objects.filter(table_name="assessments_laboratoryresult").latest("id")
    assert (entry.reason, entry.actor_name) == ("Range of haemoglobin corrected", "dora")
    form.refresh_from_db()
    assert form.version == 1


def test_questions_open_and_close_with_what_the_range_makes_of_a_result(
    trial: Any, blood: CaseForm, ranges: Any, manager: Any
) -> None:
    def live() -> list[str]:
        return list(Query.objects.filter(state="open").values_list("item", flat=True))

    held = change_range(held=ranges["HGB"], version=1, low=Decimal(125), reason="Data entry error", by=manager)
    list(grade_again(by=manager, reason="Range corrected"))
    assert live() == ["rows[HGB]-clinically_significant"]
    change_range(held=held, version=2, low=Decimal(120), reason="It was right", by=manager)
    list(grade_again(by=manager, reason="Range corrected"))
    assert live() == []


def test_an_infusion_is_asked_about_once_a_corrected_range_grades_the_sample_before_it(
    trial: Any, ranges: Any, manager: Any
) -> None:
    subject = trial.treated_subject()
    on = {"sample_date": subject.first_dose_date.isoformat(), "fasting": "Y"}
    trial.fill(subject, "chemistry", on, rows(SERUM, BILI={"value": "19"}), visit="C1D1")
    assert not Query.objects.filter(check_id="dose-guidance").exists()
    change_range(held=ranges["BILI"], version=1, high=Decimal(12), reason="Data entry error", by=manager)
    list(grade_again(by=manager, reason="Range corrected"))
    query = Query.objects.get(check_id="dose-guidance")
    assert (query.item, "grade 2" in query.text) == ("paclitaxel_given", True)


def test_grading_again_without_a_change_writes_nothing(blood: CaseForm, manager: Any) -> None:
    before = Event.objects.count()
    assert [changed for _, changed in grade_again(by=manager, reason="To be sure")] == [0]
    assert Event.objects.count() == before


def test_a_locked_form_is_left_alone(trial: Any, blood: CaseForm, ranges: Any, manager: Any) -> None:
    from tests.signature.closed import lock_form

    lock_form(case_form=blood, reason="Checked", by=manager)
    change_range(held=ranges["HGB"], version=1, low=Decimal(125), reason="Data entry error", by=manager)
    assert list(grade_again(by=manager, reason="Range corrected")) == []


def test_the_command_says_how_many_changed(trial: Any, blood: CaseForm, ranges: Any, manager: Any, capsys: Any) -> None:
    change_range(held=ranges["PLAT"], version=1, low=Decimal(250), reason="Data entry error", by=manager)
    call_command("grade_laboratory", by="dora", reason="Range corrected", site="102")
    call_command("grade_laboratory", by="dora", reason="Range corrected")
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == ["0 results changed in 0 of 0 samples.", "1 result changed in 1 of 1 sample."]
    with pytest.raises(CommandError, match="nobody who keeps"):
        call_command("grade_laboratory", by="carla", reason="I want to")


def test_an_unknown_analyte_and_one_of_the_other_form_are_told() -> None:
    wrong = Panel(code="haematology", analytes=("HGB", "XYZ"), optional=("K",))
    faults = analytes(current().model_copy(update={"laboratory": (wrong, current().laboratory[1])}))
    assert [line.partition(";")[0] for line in faults] == [
        "laboratory.haematology.analytes: unknown analyte of haematology XYZ",
        "laboratory.haematology.optional: unknown analyte of haematology K",
    ]


def test_a_panel_that_lists_an_analyte_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="listed twice: HGB"):
        Panel(code="haematology", analytes=("HGB",), optional=("HGB",))


def test_ranges_hold_from_their_first_day(trial: Any, blood: CaseForm, ranges: Any, manager: Any) -> None:
    change_range(held=ranges["HGB"], version=1, valid_from=date(2008, 1, 1), reason="Data entry error", by=manager)
    [(_, changed)] = list(grade_again(by=manager, reason="Range corrected"))
    assert changed == 1
    assert blood.laboratory_results.get(analyte="HGB").flag == ""
