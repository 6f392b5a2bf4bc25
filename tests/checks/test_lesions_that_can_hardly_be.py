"""Lesions that can hardly be are asked about by the save, and still so when all checks run again."""

from dataclasses import replace
from typing import Any

import pytest

from assessments.checks import lesions
from assessments.checks.asking import ask_about_subject
from cohorts.models import Subject
from endpoints.refresh import refresh_marked
from protocol import current
from review.models import Query
from tests.cast import Trial

pytestmark = pytest.mark.django_db
LESIONS = (
    {"kind": "TARGET", "location": "LIVER", "method": "SPIRAL CT SCAN", "diameters_mm": "210"},
    {"kind": "TARGET", "location": "LUNG", "method": "MRI", "diameters_mm": "15"},
    {"kind": "TARGET", "location": "LUNG", "method": "SPIRAL CT SCAN", "diameters_mm": "10"},
)


@pytest.fixture
def subject(trial: Trial) -> Subject:
    subject = trial.subject()
    trial.screen(subject, LESIONS)
    return subject


def open_questions(subject: Subject, *checks: str) -> dict[str, str]:
    queries = Query.objects.filter(subject=subject, state="open", check_id__in=checks)
    return dict(queries.values_list("item", "text"))


def test_a_lesion_of_210_mm_and_a_target_under_the_measurable_size_are_asked_about(subject: Subject) -> None:
    questions = open_questions(subject, "lesion-size", "lesion-measurable")
    small = "T02 of 15 mm is a target lesion: by MRI one is measurable from 20 mm on (RECIST 1.0)."
    assert questions == {
        "rows[T01]-diameters_mm": "T01 measures 210 mm, more than 150 mm: is it right, and in millimetres?",
        "rows[T02]-diameters_mm": small,
    }
    ask_about_subject(subject.pk)
    assert open_questions(subject, "lesion-size", "lesion-measurable") == questions


@pytest.mark.parametrize(("size", "is_asked"), [("14", True), ("15", False)])
def test_in_recist_1_1_a_node_is_measured_by_its_short_axis(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, size: str, is_asked: bool
) -> None:
    protocol = current()
    plan = protocol.model_copy(update={"analysis": replace(protocol.analysis, recist_version="1.1")})
    monkeypatch.setattr(lesions, "current", lambda: plan)
    subject = trial.subject()
    node = {"kind": "TARGET", "location": "LYMPH NODE", "method": "CT SCAN", "diameters_mm": size}
    trial.screen(subject, (node,))
    assert bool(open_questions(subject, "lesion-measurable")) is is_asked


def test_a_lesion_that_grew_to_an_absurd_size_is_asked_about_at_its_assessment(trial: Trial) -> None:
    subject = trial.treated_subject()
    form = trial.assess(subject, 57, {"T01": "600", "T02": "38"}, "PD")
    asked_at = Query.objects.get(subject=subject, check_id="lesion-size")
    assert (asked_at.case_form, asked_at.item) == (form, "rows[T01]-diameters_mm")
    ask_about_subject(subject.pk)
    asked_at.refresh_from_db()
    assert asked_at.state == "open"


def test_two_assessments_on_one_day_are_asked_about(trial: Trial) -> None:
    subject = trial.treated_subject()
    forms = [trial.assess(subject, 57, {"T01": "55", "T02": "38"}, "SD") for _ in range(2)]
    refresh_marked()
    asked_at = Query.objects.get(subject=subject, check_id="two-assessments")
    assert (asked_at.case_form, asked_at.state) == (forms[1], "open")
    moved: dict[str, Any] = {"assessment_date": "2008-03-05", "non_target_response": "NON-CR/NON-PD"}
    moved |= {"new_lesions": "N", "overall_response": "SD"}
    trial.fill(subject, "tumour", moved, case_form=forms[1], reason="another day")
    refresh_marked()
    asked_at.refresh_from_db()
    assert asked_at.state == "closed"
