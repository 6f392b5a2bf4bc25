"""A subject of phase II from consent to death, as the coordinator types it: every form by Tab, digits and Enter."""

from typing import Any

import pytest

from assessments.catalogue import CATALOGUE
from review.models import Query
from tests.browser.desk import open_form, picture, press
from tests.cast import BASELINE_LESIONS, ELIGIBLE
from tests.examples import EXAMPLES, SCREENING
from tests.safety.conftest import SERIOUS

FOCUS = """() => {
    const one = document.activeElement;
    return {name: one.name || '', value: one.value ?? '', tag: one.tagName, kind: one.type || '',
            adds: one.matches('[data-add-row]')};
}"""
ANALYTES = "() => [...document.querySelectorAll('[name$=-analyte]')].map((one) => [one.value, one.name.split('-')[1]])"
HISTORY = {
    "diagnosis_date": "2004",
    "metastatic_date": "2006-03",
    "histology": "INVASIVE DUCTAL CARCINOMA",
    "her2_ihc": "3+",
    "her2_fish": "POSITIVE",
}
SCREENED: dict[str, Any] = {
    "consent": ({"consent_given": "Y", "consent_date": "20071220"}, []),
    "demography": ({"birth_date": "195305", "age": "54", "sex": "F", "race": "WHITE"}, []),
    "history": (HISTORY, [{"kind": "TRASTUZUMAB", "setting": "METASTATIC", "outcome": "PD"}]),
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


class Typist:
    """Goes through a form by Tab alone and answers what the focus is on."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk

    def form(self, record: dict[str, Any], rows: Any = (), button: str = "complete") -> None:
        left = {name: str(value) for name, value in record.items() if value is not None}
        new = list(rows)
        analytes = dict(self.desk.evaluate(ANALYTES))
        for row in new if analytes else ():
            number = analytes[row["analyte"]]
            left |= {f"rows-{number}-{name}": value for name, value in row.items() if name != "analyte"}
        new = [] if analytes else new
        for _ in range(400):
            now = self.desk.evaluate(FOCUS)
            if now["adds"] and new:
                press(self.desk, "Enter")
                begun = self.desk.evaluate(FOCUS)["name"].rsplit("-", 1)[0]
                left |= {f"{begun}-{name}": value for name, value in new.pop(0).items()}
                continue
            if now["name"] == "action" and now["value"] == button:
                assert left == {} and new == [], left
                press(self.desk, "Enter")
                return
            if now["name"] in left:
                self.answer(now, left.pop(now["name"]))
            press(self.desk, "Tab")
        raise AssertionError(f"the button is not reached by Tab; not answered: {left}")

    def answer(self, now: dict[str, str], wanted: str) -> None:
        if now["kind"] == "radio":
            values = "(name) => [...document.getElementsByName(name)].map((one) => one.value)"
            found = self.desk.evaluate(values, now["name"])
            digit = wanted[0] if any(value.isdigit() for value in found) else str(found.index(wanted) + 1)
            press(self.desk, digit)
        elif now["tag"] == "SELECT":
            for _ in range(60):
                if self.desk.evaluate(FOCUS)["value"] == wanted:
                    return
                press(self.desk, "ArrowDown")
        else:
            press(self.desk, "Control+a")
            self.desk.keyboard.type(wanted)
            if now["name"] == "dictionary_term":
                press(self.desk, "Escape")

    def complete(self, code: str, record: dict[str, Any], rows: Any = ()) -> None:
        self.form(record, rows)
        self.desk.get_by_text(f"{CATALOGUE[code].title}: complete.").wait_for()


@pytest.fixture
def typist(desk: Any) -> Typist:
    return Typist(desk)


def test_a_subject_of_phase_ii_is_typed_from_consent_to_death(desk: Any, trial: Any, typist: Typist) -> None:
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
        ("death", "", {"death_date": "200809", "cause": "DISEASE UNDER STUDY"}, []),
    ):
        open_form(desk, subject, code, visit)
        typist.complete(code, record, rows)
    picture(desk, "whole-subject-death")
    subject.refresh_from_db()
    assert (subject.status, str(subject.first_dose_date)) == ("died", "2008-01-07")
    assert not subject.forms.exclude(state="complete").exists()
    asked = Query.objects.filter(case_form__subject=subject, state="open").values_list("check_id", flat=True)
    assert set(asked) <= {"event-everolimus", "window"}
