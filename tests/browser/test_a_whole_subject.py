"""A subject of phase II from consent to death, as the coordinator types it: every form by Tab, digits and Enter."""

from typing import Any

from assessments.catalogue import CATALOGUE
from review.models import Query
from tests.assessments.posting import HISTORY, THERAPY
from tests.browser.desk import open_form, picture, press
from tests.browser.typist import KeyboardTypist
from tests.cast import BASELINE_LESIONS, ELIGIBLE
from tests.examples import EXAMPLES, SCREENING
from tests.safety.conftest import SERIOUS

SCREENED: dict[str, Any] = {
    "consent": ({"consent_given": "Y", "consent_date": "20071220"}, []),
    "demography": ({"birth_date": "1953-05", "age": "54", "sex": "F", "race": "WHITE"}, []),
    "history": (HISTORY, [THERAPY]),
    **{code: EXAMPLES[code] for code in SCREENING},
    "tumour_baseline": (
        {"assessment_date": "20080102", "disease_measurable": "Y"},
        [{name: value for name, value in lesion.items() if name != "state"} for lesion in BASELINE_LESIONS],
    ),
    "eligibility": ({**ELIGIBLE}, []),
}
INFUSION = {
    "paclitaxel_given": "Y",
    "paclitaxel_level_mg_m2": "80",
    "paclitaxel_dose_mg": "137",
    "trastuzumab_given": "Y",
    "trastuzumab_loading": "Y",
    "trastuzumab_dose_mg": "256",
}
TAKEN = {"start_date": "20080107", "end_date": "20080301", "dose_mg": "10", "frequency": "QD"}
ASSESSED = {
    "assessment_date": "20080303",
    "rows-0-diameters_mm": "75",
    "rows-1-diameters_mm": "52",
    "rows-2-state": "PRESENT",
    "non_target_response": "NON-CR/NON-PD",
    "new_lesions": "N",
    "overall_response": "PD",
}


def test_a_subject_of_phase_ii_is_typed_from_consent_to_death(desk: Any, trial: Any, typist: KeyboardTypist) -> None:
    subject = trial.subject()
    open_form(desk, subject, "consent", "SCR")
    for code, (record, rows) in SCREENED.items():
        desk.get_by_role("heading", name=CATALOGUE[code].title, exact=True).wait_for()
        typist.form(record, rows, button="complete" if code == "eligibility" else "next")
        desk.get_by_text(f"{CATALOGUE[code].title}: complete.").wait_for()
    trial.enrol(subject)
    desk.goto(f"{desk.address}/subjects/{subject.pk}/treatment/begin/")
    desk.focus("#id_on")
    press(desk, "Control+a")
    desk.keyboard.type("2008-01-07")
    press(desk, "Enter")
    desk.get_by_role("heading", name="Trastuzumab and paclitaxel", exact=True).wait_for()
    assert desk.input_value("#id_weight_kg") == "64"
    typist.complete("infusion", INFUSION)
    event = {name: value for name, value in SERIOUS.items() if name != "aware_time"}
    for code, visit, record, rows in (
        ("everolimus", "", {"any_taken": "Y"}, [TAKEN]),
        ("dispensing", "", *EXAMPLES["dispensing"]),
        ("adverse_event", "", event, []),
        ("tumour", "TA01", ASSESSED, []),
        ("end_of_treatment", "EOT", {"end_date": "20080303", "reason": "PROGRESSIVE DISEASE"}, []),
        ("follow_up", "FU01", {"contact_date": "20080603", "vital_status": "ALIVE", "new_therapy_given": "N"}, []),
        ("death", "", {"death_date": "Sep 2008", "cause": "DISEASE UNDER STUDY"}, []),
    ):
        open_form(desk, subject, code, visit)
        typist.complete(code, record, rows)
    picture(desk, "whole-subject-death")
    subject.refresh_from_db()
    assert (subject.status, str(subject.first_dose_date)) == ("died", "2008-01-07")
    assert not subject.forms.exclude(state="complete").exists()
    checks = Query.objects.filter(case_form__subject=subject, state="open").values_list("check_id", flat=True)
    assert set(checks) <= {"event-everolimus", "window"}
