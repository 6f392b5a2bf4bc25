"""Two forms of one subject saved at once, and labels that stay with their lesion whatever is corrected."""

import threading
from contextvars import copy_context
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connections

from assessments.models import Lesion
from cohorts.models import Subject
from tests.cast import BASELINE_LESIONS, FIRST_DOSE, Trial

BASELINE = {"assessment_date": "2008-01-02", "disease_measurable": "Y"}


def at_once(*calls: Any) -> list[Exception]:
    """Runs the calls in threads that meet before they begin; what any of them raised."""
    meet, raised = threading.Barrier(len(calls)), []

    def run(call: Any) -> None:
        meet.wait()
        try:
            call()
        except Exception as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=copy_context().run, args=[run, call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def new_lesion(trial: Trial, subject: Subject, day: int, organ: str) -> None:
    record = {
        "assessment_date": (FIRST_DOSE + timedelta(day - 1)).isoformat(),
        "non_target_response": "NON-CR/NON-PD",
        "new_lesions": "Y",
        "overall_response": "PD",
    }
    trial.fill(subject, "tumour", record, [{"location": organ, "method": "SPIRAL CT SCAN", "state": "UNEQUIVOCAL"}])


def test_new_lesions_of_two_assessments_saved_at_once_get_a_label_each(committed_db: None) -> None:
    trial = Trial()
    subject = trial.treated_subject()
    for day in (57, 113, 169):
        raised = at_once(
            lambda day=day: new_lesion(trial, Subject.objects.get(pk=subject.pk), day, "BRAIN"),
            lambda day=day: new_lesion(trial, Subject.objects.get(pk=subject.pk), day + 7, "SKIN"),
        )
        assert raised == []
    lesions = Lesion.objects.filter(subject=subject, kind="NEW").order_by("label")
    assert [lesion.label for lesion in lesions] == [f"NEW0{number}" for number in range(1, 7)]
    assert sorted(lesion.location for lesion in lesions) == ["BRAIN"] * 3 + ["SKIN"] * 3
    assert len({lesion.case_form_id for lesion in lesions}) == 6


def test_first_saves_of_two_forms_that_move_the_same_subject_both_succeed(committed_db: None) -> None:
    trial = Trial()
    ended = {"end_date": "2008-06-02", "reason": "PROGRESSIVE DISEASE"}
    death = {"death_date": "2008-09-01", "cause": "DISEASE UNDER STUDY"}

    def save(pk: int, code: str, record: dict[str, str]) -> None:
        trial.fill(Subject.objects.get(pk=pk), code, record)

    for _ in range(3):
        subject = trial.treated_subject()
        raised = at_once(
            partial(save, subject.pk, "end_of_treatment", ended), partial(save, subject.pk, "death", death)
        )
        assert raised == []
        subject.refresh_from_db()
        assert subject.status == "died"


@pytest.mark.django_db
def test_a_lesion_whose_kind_was_corrected_keeps_its_number_from_all_others() -> None:
    trial = Trial()
    subject = trial.subject()
    third = {"kind": "TARGET", "location": "SKIN", "method": "PHYSICAL EXAMINATION", "diameters_mm": "30"}
    trial.screen(subject, [*BASELINE_LESIONS, third])
    form = subject.forms.get(code="tumour_baseline")
    corrected = {"label": "T02", "kind": "NON-TARGET", "location": "LUNG", "method": "SPIRAL CT SCAN"}
    rows = [
        {"label": "T01", "diameters_mm": "60"},
        corrected | {"state": "PRESENT"},
        {"label": "T03", "diameters_mm": "30"},
    ]
    another = {"kind": "TARGET", "location": "BRAIN", "method": "MRI", "diameters_mm": "25"}
    trial.fill(subject, "tumour_baseline", BASELINE, [*rows, another], case_form=form, reason="Read again")
    locations = dict(Lesion.objects.filter(subject=subject).values_list("label", "location"))
    assert (locations["T02"], locations["T03"], locations["T04"]) == ("LUNG", "SKIN", "BRAIN")
