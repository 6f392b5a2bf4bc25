"""A draft is saved whatever one of its fields says: the text that cannot be taken waits there, with the reason."""

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Locked, acting
from assessments.models import (
    AdverseEvent,
    BreastCancerHistory,
    CaseForm,
    EverolimusInterval,
    Haematology,
    LaboratoryResult,
    Lesion,
    LesionResult,
    PriorTherapy,
    UntakenText,
    VitalSigns,
)
from assessments.reading.deidentified import masked
from audit.models import Event
from tests.assessments.posting import new_form, on_screen, posted, untaken_texts
from tests.cast import actor
from tests.examples import EXAMPLES
from tests.signature.closed import lock_form

pytestmark = pytest.mark.django_db
VITALS = EXAMPLES["vital_signs"][0] | {"vital_signs_date": "2008-01-14"}


@pytest.fixture
def draft(subject, desk):
    """Vital signs of which the weight cannot be read."""
    desk.post(new_form(subject, "vital_signs", "C1D8"), posted(VITALS | {"weight_kg": "sixty"}, action="draft"))
    return subject.forms.get(code="vital_signs", visit__code="C1D8")


def test_the_first_save_makes_the_form_with_all_that_is_good(draft, desk):
    record = VitalSigns.objects.get(pk=draft.pk)
    assert (record.weight_kg, record.height_cm, record.pulse_per_min) == (None, 165, 72)
    assert (draft.state, draft.untaken, untaken_texts()) == ("draft", 1, {"weight_kg": "sixty"})
    assert "number" in UntakenText.objects.get().why


def test_it_is_shown_again_with_its_reason_to_anybody_who_may_type(draft, trial, sign_in):
    for user in (trial.coordinator, trial.investigator):
        page = sign_in(user).get(f"/forms/{draft.pk}/").content.decode()
        assert 'value="sixty"' in page
        assert "One field holds a value that was not accepted; everything else is saved" in " ".join(page.split())
        assert 'id="id_weight_kg_error"' in page
    reader = sign_in(trial.monitor).get(f"/forms/{draft.pk}/").content.decode()
    assert "entered, not accepted: “sixty”" in reader
    sponsor = sign_in(trial.sponsor).get(f"/forms/{draft.pk}/").content.decode()
    assert "sixty" not in sponsor


def test_a_good_value_or_none_clears_it(draft, desk):
    desk.post(f"/forms/{draft.pk}/", on_screen(draft) | {"weight_kg": "64", "action": "draft"})
    draft.refresh_from_db()
    assert (draft.untaken, untaken_texts(), VitalSigns.objects.get(pk=draft.pk).weight_kg) == (0, {}, 64)
    desk.post(f"/forms/{draft.pk}/", on_screen(draft) | {"weight_kg": "6 4 kg", "action": "draft"})
    draft.refresh_from_db()
    assert untaken_texts() == {"weight_kg": "6 4 kg"}
    assert VitalSigns.objects.get(pk=draft.pk).weight_kg is None
    desk.post(f"/forms/{draft.pk}/", on_screen(draft) | {"weight_kg": "", "action": "draft"})
    assert untaken_texts() == {}


def test_complete_is_refused_while_one_stands_and_loses_nothing(draft, desk):
    answer = desk.post(f"/forms/{draft.pk}/", on_screen(draft))
    assert answer.status_code == 422
    assert 'value="sixty"' in answer.content.decode()
    assert untaken_texts() == {"weight_kg": "sixty"}


def test_the_database_takes_no_complete_form_with_one(draft, trial):
    with pytest.raises(IntegrityError, match="a_complete_form_has_no_untaken_text"), acting(trial.by):
        CaseForm.objects.filter(pk=draft.pk).update(state="complete")


def test_it_is_in_the_trail_and_a_lock_shuts_it(draft, trial):
    event = Event.objects.get(table_name="assessments_untakentext")
    assert (event.actor_name, event.case_form_id, event.new["text"]) == ("carla", draft.pk, "sixty")
    lock_form(case_form=draft, reason="clean", by=actor(trial.data_manager, "data_manager"))
    with pytest.raises((IntegrityError, Locked)), acting(trial.by):
        UntakenText.objects.all().delete()


def test_whatever_was_typed_is_withheld_from_whoever_must_not_know_the_subject(draft):
    assert masked(UntakenText, "text", "Mrs Miller, 0170 1234") == "withheld"
    assert masked(UntakenText, "why", "“Mrs Miller” is not a number.") == "withheld"


@pytest.mark.parametrize(
    ("record", "item"),
    [
        ({"vital_signs_date": "2099-01-01"}, "vital_signs_date"),
        ({"vital_signs_date": "31/02/2008"}, "vital_signs_date"),
        ({"pulse_per_min": "7200"}, "pulse_per_min"),
        ({"systolic_mmhg": "70", "diastolic_mmhg": "120"}, "diastolic_mmhg"),
        ({"who_status": "9"}, "who_status"),
        ({"temperature_c": "36.6", "no_temperature_c": "NOT DONE: OVERSIGHT"}, "temperature_c"),
    ],
)
def test_whatever_a_hard_check_refuses_waits(subject, desk, record, item):
    answer = desk.post(new_form(subject, "vital_signs", "C1D8"), posted(VITALS | record, action="draft"))
    assert answer.status_code == 302
    assert untaken_texts() == {item: record[item]}
    assert getattr(VitalSigns.objects.get(case_form__visit__code="C1D8"), item) in (None, "")


def test_two_fields_wait_each_with_its_own_reason(subject, desk):
    desk.post(
        new_form(subject, "vital_signs", "C1D8"), posted(VITALS | {"weight_kg": "x", "height_cm": "y"}, action="draft")
    )
    assert untaken_texts() == {"weight_kg": "x", "height_cm": "y"}
    page = desk.get(f"/forms/{UntakenText.objects.first().case_form_id}/").content.decode()
    assert "2 fields hold values that were not accepted" in page


def test_a_new_row_waits_with_its_field(subject, desk):
    rows = [{"kind": "TAXANE", "setting": "METASTATIC"}, {"start_date": "last spring"}]
    form = subject.forms.get(code="history")
    shown = on_screen(form)
    number = int(shown["rows-TOTAL_FORMS"])
    added = {f"rows-{number + place}-{name}": value for place, row in enumerate(rows) for name, value in row.items()}
    data = shown | added | {"rows-TOTAL_FORMS": number + 2, "action": "draft", "change_reason": "Data entry error"}
    assert desk.post(f"/forms/{form.pk}/", data).status_code == 302
    last = PriorTherapy.objects.order_by("row").last()
    assert untaken_texts() == {f"rows[{last.row}]-start_date": "last spring"}
    assert PriorTherapy.objects.count() == number + 2
    assert 'value="last spring"' in desk.get(f"/forms/{form.pk}/").content.decode()
    mended = on_screen(CaseForm.objects.get(pk=form.pk)) | {
        f"rows-{number + 1}-start_date": "2006-04",
        "action": "draft",
        "change_reason": "Data entry error",
    }
    assert desk.post(f"/forms/{form.pk}/", mended).status_code == 302
    last.refresh_from_db()
    assert (untaken_texts(), last.start_date) == ({}, "2006-04")
    assert BreastCancerHistory.objects.exists()


def test_a_row_that_is_struck_out_need_not_be_mended_before(subject, desk):
    form = subject.forms.get(code="history")
    number = int(on_screen(form)["rows-TOTAL_FORMS"])
    added = {f"rows-{number}-kind": "TAXANE", f"rows-{number}-start_date": "last spring"}
    data = on_screen(form) | added | {"rows-TOTAL_FORMS": number + 1, "change_reason": "Data entry error"}
    desk.post(f"/forms/{form.pk}/", data | {"action": "draft"})
    form.refresh_from_db()
    shown = on_screen(form) | {"change_reason": "Data entry error"}
    assert desk.post(f"/forms/{form.pk}/", shown).status_code == 422
    struck = shown | {f"rows-{number}-struck_out": "on"}
    assert desk.post(f"/forms/{form.pk}/", struck).status_code == 302
    form.refresh_from_db()
    assert (form.state, form.untaken, untaken_texts()) == ("complete", 0, {})
    assert PriorTherapy.objects.get(kind="TAXANE").struck_out


def test_a_dose_of_everolimus_waits(subject, desk):
    rows = [{"dose_mg": "ten", "start_date": "2008-01-07"}]
    desk.post(new_form(subject, "everolimus", None), posted({"any_taken": "Y"}, rows, action="draft"))
    assert untaken_texts() == {"rows[1]-dose_mg": "ten"}
    assert EverolimusInterval.objects.get().dose_mg is None


def test_a_diameter_waits_with_its_finding(subject, desk):
    record = {"assessment_date": "2008-03-03", "overall_response": "PR"}
    rows = [
        {"label": "T01", "diameters_mm": "4o", "state": "MEASURED"},
        {"label": "T02", "diameters_mm": "28", "state": "MEASURED"},
    ]
    assert desk.post(new_form(subject, "tumour", "TA01"), posted(record, rows, action="draft")).status_code == 302
    assert untaken_texts() == {"rows[T01]-diameters_mm": "4o", "rows[T01]-state": "MEASURED"}
    assert [result.lesion.label for result in LesionResult.objects.filter(case_form__code="tumour")] == ["T02"]
    form = subject.forms.get(code="tumour")
    page = desk.get(f"/forms/{form.pk}/").content.decode()
    assert 'value="4o"' in page
    assert "One field holds a value that was not accepted; everything else is saved" in page
    shown = on_screen(form)
    number = next(name for name, value in shown.items() if value == "4o").split("-")[1]
    assert desk.post(f"/forms/{form.pk}/", shown | {f"rows-{number}-diameters_mm": "40", "action": "draft"})
    assert untaken_texts() == {}
    assert LesionResult.objects.filter(case_form=form).count() == 2


def test_a_lesion_of_a_baseline_waits(trial, desk):
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    rows = [{"kind": "TARGET", "location": "LIVER", "diameters_mm": "6 cm", "state": "MEASURED"}]
    data = posted({"assessment_date": "2008-01-02"}, rows, action="draft")
    assert desk.post(new_form(subject, "tumour_baseline"), data).status_code == 302
    assert untaken_texts() == {"rows[T01]-diameters_mm": "6 cm", "rows[T01]-state": "MEASURED"}
    assert Lesion.objects.get().location == "LIVER"


@pytest.mark.parametrize(
    ("typed", "waiting"),
    [
        ({"value": "twelve", "unit": "g/dL"}, {"rows[HGB]-value": "twelve"}),
        ({"value": "12.1", "unit": ""}, {"rows[HGB]-value": "12.1"}),
        ({"value": "900", "unit": "g/dL"}, {"rows[HGB]-value": "900"}),
    ],
)
def test_a_result_waits(subject, desk, typed, waiting):
    rows = [{"analyte": "HGB", **typed}, {"analyte": "WBC", "value": "6.1", "unit": "10^9/L"}]
    data = posted({"sample_date": "2008-01-14"}, rows, action="draft")
    assert desk.post(new_form(subject, "haematology", "C1D8"), data).status_code == 302
    assert untaken_texts() == waiting
    form = Haematology.objects.get(case_form__visit__code="C1D8").pk
    results = {row.analyte: row for row in LaboratoryResult.objects.filter(case_form=form)}
    assert results["WBC"].value is not None
    assert results["HGB"].value is None and results["HGB"].grade is None and results["HGB"].flag == ""
    # A save that leaves the row out says nothing of it: the text goes on waiting.
    again = posted({"sample_date": "2008-01-14"}, rows[1:], action="draft", version=1)
    desk.post(f"/forms/{form}/", again)
    assert untaken_texts() == waiting


def test_a_term_that_the_dictionary_lacks_waits(subject, desk):
    record = {"term": "Tired", "dictionary_term": "Feeling like Monday", "grade": "1", "start_date": "2008-01-20"}
    answer = desk.post(new_form(subject, "adverse_event", None), posted(record, action="draft"))
    assert answer.status_code == 302
    assert untaken_texts() == {"dictionary_term": "Feeling like Monday"}
    assert AdverseEvent.objects.get().term == "Tired"


def test_the_same_text_saved_again_is_no_change(draft, desk):
    desk.post(f"/forms/{draft.pk}/", on_screen(draft) | {"action": "draft"})
    assert CaseForm.objects.get(pk=draft.pk).version == 1


def test_a_form_that_was_not_done_keeps_its_text_for_whoever_fills_it_after_all(draft, desk):
    desk.post(f"/forms/{draft.pk}/", {"action": "not_done", "not_done_reason": "No visit", "version": 1})
    assert CaseForm.objects.get(pk=draft.pk).state == "not_done"
    assert 'value="sixty"' in desk.get(f"/forms/{draft.pk}/").content.decode()


def test_a_save_without_such_a_text_asks_nothing_more(subject, desk):
    form = subject.forms.get(code="vital_signs", visit__code="SCR")
    data = on_screen(form) | {"pulse_per_min": "80", "change_reason": "Data entry error"}
    with CaptureQueriesContext(connection) as seen:
        assert desk.post(f"/forms/{form.pk}/", data).status_code == 302
    assert not [query for query in seen.captured_queries if "untakentext" in query["sql"].lower()]


def test_what_hangs_on_an_answer_that_nobody_can_read_stays(subject, desk):
    record = {"term": "Nausea", "serious": "Q", "hospitalisation": "Y", "aware_date": "2008-01-20", "narrative": "Fell"}
    record |= {"ongoing": "M", "end_date": "2008-01-22", "start_date": "2008-01-19"}
    answer = desk.post(new_form(subject, "adverse_event", None), posted(record, action="draft"))
    assert answer.status_code == 302
    assert untaken_texts() == {"serious": "Q", "ongoing": "M"}
    event = AdverseEvent.objects.get()
    assert (event.serious, event.hospitalisation, event.narrative) == ("", "Y", "Fell")
    assert (str(event.aware_date), str(event.end_date)) == ("2008-01-20", "2008-01-22")
    form = event.case_form
    # A radio button that shows no answer sends none: the text waits on, and what hangs on it stays.
    again = {name: value for name, value in on_screen(form).items() if name not in ("serious", "ongoing")}
    assert desk.post(f"/forms/{form.pk}/", again | {"severity": "MILD", "action": "draft"}).status_code == 302
    event.refresh_from_db()
    assert (event.hospitalisation, str(event.end_date)) == ("Y", "2008-01-22")
    form.refresh_from_db()
    mended = on_screen(form) | {"serious": "N", "ongoing": "N", "action": "draft"}
    assert desk.post(f"/forms/{form.pk}/", mended).status_code == 302
    event.refresh_from_db()
    assert (untaken_texts(), event.hospitalisation, str(event.end_date)) == ({}, "", "2008-01-22")


def test_a_date_of_a_procedure_waits_for_what_was_found(subject, desk):
    rows = [{"label": "T01", "examined_on": "2008-03-01"}, {"label": "T02", "diameters_mm": "28", "state": "MEASURED"}]
    data = posted({"assessment_date": "2008-03-03"}, rows, action="draft")
    assert desk.post(new_form(subject, "tumour", "TA01"), data).status_code == 302
    assert untaken_texts() == {"rows[T01]-examined_on": "2008-03-01"}
