"""What is printed for another trial: blank forms, casebooks and the protocol speak of its drugs, and of those of the
subject's cohort, alone."""

from typing import Any

import pytest
from django.test import Client

from protocol import current
from reports.blank_crf import blank_crf, contents
from tests.other_trials.course import SIZES, PhaseOne, single
from tests.other_trials.test_a_course_of_doses import EVENT
from tests.other_trials.test_forms_of_the_disease import FOREIGN
from tests.printed import sheets

pytestmark = pytest.mark.django_db


def words(pdf: bytes) -> str:
    return " ".join(str(page.extract_text()) for page in sheets(pdf))


def pdf(user: Any, address: str) -> bytes:
    client = Client()
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_blank_forms_are_of_this_trial_s_drugs(phase_one: PhaseOne) -> None:
    # The breast is an organ that any cancer spreads to.
    printed = words(blank_crf()).replace("Breast", "").replace("BREAST", "")
    assert "lurbinostat" in printed
    assert not FOREIGN.search(printed), FOREIGN.search(printed)


def test_blank_forms_say_in_which_cohorts_a_drug_is_asked_about(phase_one: PhaseOne) -> None:
    forms = {form["code"]: form for form in contents(current())["forms"]}
    conditions = {item["label"]: item["condition"] for item in forms["adverse_event"]["items"]}
    assert conditions["Related to lurbinostat"] == ""
    assert conditions["Related to carboplatin"].startswith("in Lurbinostat 60 mg/m² with carboplatin, ")
    assert "Expansion" not in conditions["Related to carboplatin"]
    last = {item["label"]: item["condition"] for item in forms["end_of_treatment"]["items"]}
    assert last["Last dose of carboplatin"] == conditions["Related to carboplatin"]


@pytest.mark.parametrize(("cohort", "has_carboplatin"), [("EXP", False), ("L1", True)])
def test_a_casebook_is_of_the_drugs_of_the_subject_s_cohort(
    phase_one: PhaseOne, cohort: str, has_carboplatin: bool
) -> None:
    subject = phase_one.enrolled(cohort)
    phase_one.dose(subject, single("lurbinostat", 104 if has_carboplatin else 138, **SIZES))
    also = {"related_drug_2": "N", "action_drug_2": "DOSE NOT CHANGED"} if has_carboplatin else {}
    event = phase_one.fill(subject, "adverse_event", EVENT | also)
    ended = phase_one.fill(subject, "end_of_treatment", {"end_date": "2008-01-20", "reason": "ADVERSE EVENT"})
    for address in (f"/forms/{event.pk}/form.pdf", f"/forms/{ended.pk}/form.pdf"):
        printed = words(pdf(phase_one.investigator, address))
        assert ("to carboplatin" in printed or "of carboplatin" in printed) is has_carboplatin, address
        assert not FOREIGN.search(printed), FOREIGN.search(printed)
    whole = words(pdf(phase_one.investigator, f"/subjects/{subject.pk}/casebook.pdf"))
    assert "lurbinostat" in whole.lower()
    assert not FOREIGN.search(whole), FOREIGN.search(whole)


def test_the_catalogue_of_the_api_has_no_form_of_other_drugs(phase_one: PhaseOne) -> None:
    client = Client()
    client.force_login(phase_one.coordinator)
    listed = {form["code"]: form for form in client.get("/api/v1/catalogue/").json()}
    assert {"exposure", "adverse_event", "end_of_treatment"} <= set(listed)
    assert set(listed).isdisjoint({"everolimus", "infusion", "dispensing"})
    assert client.get("/api/v1/catalogue/infusion/").status_code == 404
    assert [item["label"] for item in listed["adverse_event"]["items"] if item["name"].startswith("related_")] == [
        *("Related to lurbinostat", "Related to carboplatin"),
    ]


def test_the_protocol_in_print_is_of_its_drugs(phase_one: PhaseOne) -> None:
    printed = words(pdf(phase_one.monitor, "/protocol.pdf"))
    assert "Lurbinostat" in printed
    assert "80 mg/m²" in printed
    assert not FOREIGN.search(printed), FOREIGN.search(printed)
