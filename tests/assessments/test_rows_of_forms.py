"""The repeating rows of a form."""

import pytest

from assessments.models import EverolimusInterval, Lesion, PriorTherapy
from tests.assessments.posting import HISTORY, THERAPY, consent_of, new_form, on_screen, posted

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("ICH E6(R3) 4.2.4")
def test_rows_are_added_struck_out_with_a_reason_and_restored(trial, desk):
    subject = consent_of(trial).subject
    form = trial.fill(subject, "history", HISTORY, [THERAPY], visit="SCR", complete=False)
    second = {"rows-1-kind": "TAXANE", "rows-1-setting": "ADJUVANT", "rows-TOTAL_FORMS": "2"}
    desk.post(f"/forms/{form.pk}/", on_screen(form) | second)
    assert list(PriorTherapy.objects.values_list("row", "kind")) == [(1, "TRASTUZUMAB"), (2, "TAXANE")]

    form.refresh_from_db()
    struck = on_screen(form) | {"rows-0-struck_out": "on"}
    assert desk.post(f"/forms/{form.pk}/", struck).status_code == 422
    desk.post(f"/forms/{form.pk}/", struck | {"change_reason": "Data entry error"})
    assert list(PriorTherapy.objects.values_list("row", "struck_out")) == [(1, True), (2, False)]

    form.refresh_from_db()
    restored = on_screen(form) | {"change_reason": "Source was corrected"}
    del restored["rows-0-struck_out"]
    desk.post(f"/forms/{form.pk}/", restored)
    assert list(PriorTherapy.objects.values_list("row", "struck_out")) == [(1, False), (2, False)]


def test_a_struck_row_needs_a_reason_in_a_draft_too(trial, desk):
    subject = consent_of(trial).subject
    form = trial.fill(subject, "history", HISTORY, [THERAPY], visit="SCR", complete=False)
    struck = on_screen(form) | {"rows-0-struck_out": "on", "action": "draft"}
    answer = desk.post(f"/forms/{form.pk}/", struck)
    assert answer.status_code == 422
    assert "Give the reason for removing" in answer.content.decode()


def test_an_interval_that_ends_before_it_starts_is_refused_at_its_end(trial, desk):
    subject = trial.treated_subject()
    row = {"start_date": "2008-02-01", "end_date": "2008-01-31", "dose_mg": "10", "frequency": "QD"}
    answer = desk.post(new_form(subject, "everolimus", None), posted({"any_taken": "Y"}, [row]))
    assert answer.status_code == 422
    assert "is before the start" in answer.content.decode()
    assert not EverolimusInterval.objects.exists()


def test_a_new_lesion_stays_one_whatever_kind_is_posted_for_it(trial, desk):
    subject = trial.treated_subject()
    seen = {"assessment_date": "2008-03-03", "new_lesions": "Y", "overall_response": "PD"}
    form = trial.fill(subject, "tumour", seen, [{"location": "BRAIN", "method": "MRI"}], complete=False)
    number = next(name for name, value in on_screen(form).items() if value == "NEW01").removesuffix("-label")
    change = on_screen(form) | {f"{number}-kind": "TARGET", f"{number}-location": "SKIN", "action": "draft"}
    assert desk.post(f"/forms/{form.pk}/", change).status_code == 302
    assert Lesion.objects.values_list("kind", "location").get(subject=subject, label="NEW01") == ("NEW", "SKIN")


@pytest.mark.parametrize("count", ["999999999", "9" * 5000, "²"])
def test_a_number_of_rows_that_cannot_be_is_refused_at_once(trial, desk, count):
    subject = trial.subject()
    trial.screen(subject)
    form = subject.forms.get(code="history")
    sent = on_screen(form) | {"rows-TOTAL_FORMS": count, "change_reason": "Data entry error"}
    answer = desk.post(f"/forms/{form.pk}/", sent)
    assert answer.status_code == 422
