"""A row that cannot be named is refused at its field, and what else was typed stays."""

import pytest

from assessments.models import CaseForm, Lesion
from tests.assessments.posting import HISTORY, THERAPY, consent_of, new_form, on_screen, posted, untaken_texts

KINDLESS = {"location": "LIVER", "diameters_mm": "15", "method": "CT SCAN"}
BASELINE = {"assessment_date": "2008-01-02"}


def test_a_complete_baseline_needs_the_kind_of_each_lesion(trial, desk):
    subject = consent_of(trial).subject
    answer = desk.post(new_form(subject, "tumour_baseline"), posted(BASELINE, [KINDLESS]))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose whether it is a target or a non-target lesion." in page
    assert 'value="15"' in page
    assert not Lesion.objects.exists()


@pytest.fixture
def waiting(trial, desk):
    """A draft of a baseline with a lesion, and two whose kind nobody chose."""
    subject = consent_of(trial).subject
    lesion = {"kind": "TARGET", "location": "LUNG", "method": "CT SCAN", "diameters_mm": "30", "state": "MEASURED"}
    rows = [KINDLESS, lesion, {"location": "SKIN"}]
    answer = desk.post(new_form(subject, "tumour_baseline"), posted(BASELINE, rows, action="draft"))
    assert answer.status_code == 302
    return subject.forms.get(code="tumour_baseline")


def test_a_draft_is_saved_beside_a_lesion_without_its_kind(waiting, desk):
    assert [lesion.label for lesion in Lesion.objects.all()] == ["T01"]
    assert untaken_texts() == {
        "rows[+1]-location": "LIVER",
        "rows[+1]-diameters_mm": "15",
        "rows[+1]-method": "CT SCAN",
        "rows[+3]-location": "SKIN",
    }
    page = desk.get(f"/forms/{waiting.pk}/").content.decode()
    assert page.count("Choose whether it is a target or a non-target lesion.") >= 2
    assert 'value="15"' in page
    assert '<option value="LIVER" selected>' in page


def test_the_same_draft_saved_again_is_no_change(waiting, desk):
    before = untaken_texts()
    assert desk.post(f"/forms/{waiting.pk}/", on_screen(waiting) | {"action": "draft"}).status_code == 302
    waiting.refresh_from_db()
    assert (untaken_texts(), waiting.version) == (before, 1)


def test_with_its_kind_it_becomes_a_lesion_and_a_struck_one_is_forgotten(waiting, desk):
    shown = on_screen(waiting)
    rows = {shown[name]: name.removesuffix("label") for name in shown if name.endswith("-label")}
    mended = {f"{rows['+1']}kind": "TARGET", f"{rows['+1']}state": "MEASURED", f"{rows['+3']}struck_out": "on"}
    answer = desk.post(f"/forms/{waiting.pk}/", shown | mended | {"action": "draft"})
    assert answer.status_code == 302
    assert untaken_texts() == {}
    assert [(lesion.label, lesion.location) for lesion in Lesion.objects.all()] == [("T01", "LUNG"), ("T02", "LIVER")]


def test_a_baseline_is_not_complete_while_one_waits(waiting, desk):
    record = on_screen(waiting) | {"disease_measurable": "Y"}
    assert desk.post(f"/forms/{waiting.pk}/", record).status_code == 422
    assert len(untaken_texts()) == 4


def test_a_number_of_a_row_that_no_row_can_have_is_refused(trial, desk):
    subject = consent_of(trial).subject
    for number in ("9" * 40, "32768"):
        sent = posted(HISTORY, [THERAPY | {"row": number}], action="draft")
        assert desk.post(new_form(subject, "history"), sent).status_code == 422
    assert not CaseForm.objects.filter(code="history").exists()


@pytest.mark.parametrize("action", ["draft", "complete"])
def test_a_blank_row_of_a_lesion_is_no_lesion(trial, desk, action):
    subject = consent_of(trial).subject
    lesion = {"kind": "NON-TARGET", "location": "BONE", "method": "CT SCAN", "state": "PRESENT"}
    blank = dict.fromkeys(("label", "kind", "location", "location_detail", "method", "diameters_mm", "state"), "")
    blank["examined_on"] = ""
    sent = posted({"assessment_date": "2008-01-02", "disease_measurable": "N"}, [lesion, blank], action=action)
    answer = desk.post(new_form(subject, "tumour_baseline"), sent)
    assert answer.status_code == 302
    assert [lesion.label for lesion in Lesion.objects.all()] == ["NT01"]


@pytest.mark.parametrize("count", ["-1", "0", "x", "1.5", "", "201", "\u0662"])
@pytest.mark.parametrize("action", ["draft", "complete"])
def test_a_count_that_passes_rows_over_is_refused(trial, desk, count, action):
    subject = consent_of(trial).subject
    sent = posted(HISTORY, [THERAPY, THERAPY], action=action) | {"rows-TOTAL_FORMS": count}
    answer = desk.post(new_form(subject, "history"), sent)
    assert answer.status_code == 422
    assert not CaseForm.objects.filter(code="history").exists()


def test_a_count_that_passes_results_over_is_refused(trial, desk):
    subject = trial.treated_subject()
    rows = [{"analyte": "HGB", "value": "121", "unit": "g/L"}]
    for count in ("-1", "0"):
        sent = posted({"sample_date": "2008-01-14"}, rows, action="draft") | {"rows-TOTAL_FORMS": count}
        assert desk.post(new_form(subject, "haematology", "C1D8"), sent).status_code == 422
    assert not subject.forms.filter(code="haematology", visit__code="C1D8").exists()
