"""An amendment to another version of the CTCAE: what was coded and graded stays, what comes after goes by it."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from accounts.access import access_for
from amendments.services import propose
from assessments.laboratory.grading import grade_again
from assessments.models import AdverseEvent, LaboratoryResult
from cohorts.amendments import approve, put_in_force
from cohorts.following import follow
from cohorts.models import GoesOver
from reports.casebook_copy import Copying, form_contents
from terminology.reading import dictionary_name
from tests.cast import SETUP, Trial, actor
from tests.cohorts.amended import amended
from tests.laboratory.samples import BLOOD, rows

ACTIVE = date(2008, 2, 1)
EVENT = {
    "term": "Low counts",
    "grade": "3",
    "ongoing": "Y",
    "outcome": "NOT RECOVERED/NOT RESOLVED",
    **{f"related_{drug}": "N" for drug in ("everolimus", "trastuzumab", "paclitaxel")},
    **{f"action_{drug}": "DOSE NOT CHANGED" for drug in ("everolimus", "trastuzumab", "paclitaxel")},
    "treatment_given": "N",
    "dose_limiting": "N",
    "serious": "N",
}
# Version 5.0 grades too much sugar by its treatment, which no value tells.
SUGAR = 'type = "laboratory", analyte = "GLUC", grade = {}, side = "high"'
EVENTS = 'type = "event", terms = ["Hyperglycemia"], grade = {}'
# The rules name terms of the version of the criteria.
RENAMED = {SUGAR.format(grade): EVENTS.format(grade) for grade in (3, 4)} | {
    '"Pneumonitis/pulmonary infiltrates"': '"Pneumonitis"',
    '"Mucositis/stomatitis (clinical exam)", "Mucositis/stomatitis (functional/symptomatic)"': '"Mucositis oral"',
    '"Rash/desquamation", "Rash: acne/acneiform"': '"Rash maculo-papular", "Rash acneiform"',
    '"Neuropathy: sensory", "Neuropathy: motor"': '"Peripheral sensory neuropathy", "Peripheral motor neuropathy"',
    '"Cytokine release syndrome/acute infusion reaction"': '"Infusion related reaction"',
}


def by_version_5() -> bytes:
    text = amended(('ctcae_version = "3.0"', 'ctcae_version = "5.0"')).decode()
    for before, after in RENAMED.items():
        assert before in text
        text = text.replace(before, after)
    return text.encode()


def goes_over(trial: Trial) -> None:
    by = actor(trial.data_manager, "data_manager")
    version = propose(content=by_version_5(), goes_over=GoesOver.VISIT, by=SETUP)
    put_in_force(version=version, signed_by=trial.data_manager, by=by, reason="Amendment 1")
    approve(site=trial.site, version=version, approved_on=ACTIVE, active_from=ACTIVE, by=by)
    follow()


def coded(trial: Trial, subject: Any, term: str, on: str, **more: Any) -> AdverseEvent:
    form = trial.fill(subject, "adverse_event", EVENT | {"dictionary_term": term, "start_date": on}, **more)
    return AdverseEvent.objects.get(pk=form.pk)


def test_events_keep_their_dictionary_and_later_ones_are_coded_by_the_other(trial: Trial) -> None:
    subject = trial.treated_subject()
    before = coded(trial, subject, "Neutrophils/granulocytes (ANC/AGC)", "2008-01-20")
    assert before.dictionary == "CTCAE 3.0"
    goes_over(trial)
    assert dictionary_name() == "CTCAE 5.0"
    corrected = coded(
        trial, subject, before.dictionary_term, "2008-01-21", case_form=before.case_form, reason="Data entry error"
    )
    assert (corrected.dictionary, corrected.dictionary_term) == ("CTCAE 3.0", "Neutrophils/granulocytes (ANC/AGC)")
    assert coded(trial, subject, "Platelets", "2008-01-30").dictionary == "CTCAE 3.0"
    after = coded(trial, subject, "Neutrophil count decreased", "2008-02-05")
    assert (after.dictionary, after.dictionary_term) == ("CTCAE 5.0", "Neutrophil count decreased")


def test_the_list_of_terms_is_that_of_the_day_on_which_the_event_began(trial: Trial, as_user: Any) -> None:
    subject = trial.treated_subject()
    goes_over(trial)
    desk, address = as_user(trial.coordinator), f"/subjects/{subject.pk}/terms/"

    def terms(words: str, day: str) -> str:
        return desk.get(address, {"q": words, "start_date": day}).content.decode()

    assert 'data-term="Platelets"' in terms("thrombocytopenia", "20 Jan 2008")
    assert 'data-term="Platelet count decreased"' in terms("thrombocytopenia", "5 Feb 2008")
    assert "CTCAE 3.0 has no such term." in terms("xyzzy", "2008-01")
    assert "CTCAE 5.0 has no such term." in terms("xyzzy", "2008-03")
    assert "grades 1 and 2" in terms("hair loss", "5 Feb 2008")
    for day, criteria in (("2008-01-20", "CTCAE 3.0"), ("2008-02-05", "CTCAE 5.0")):
        offered = desk.get("/api/v1/terms/", {"q": "platelet", "subject": subject.pk, "start_date": day}).json()
        assert {term["dictionary"] for term in offered} == {criteria}
    elsewhere = trial.subject(trial.other_site)
    assert desk.get("/api/v1/terms/", {"q": "platelet", "subject": elsewhere.pk}).status_code == 404


def test_pages_and_papers_of_an_event_name_the_version_that_it_was_graded_by(trial: Trial, as_user: Any) -> None:
    subject = trial.treated_subject()
    before = coded(trial, subject, "Platelets", "2008-01-20")
    goes_over(trial)
    after = coded(trial, subject, "Platelet count decreased", "2008-02-05")
    for event, version in ((before, "3.0"), (after, "5.0")):
        page = as_user(trial.coordinator).get(f"/forms/{event.pk}/").content.decode()
        assert f"CTCAE {version} grade, the worst" in page
        copying = Copying(access_for(trial.investigator), trial.investigator, timezone.now())
        printed = form_contents(event.case_form, copying)["groups"][0]["forms"][0]["sections"]
        labels = [label for section in printed for label, _ in section["items"]]
        assert f"CTCAE {version} grade, the worst" in labels


# Haemoglobin of 6.0 g/dL is grade 4 by 3.0; by 5.0 no value alone is.
@pytest.mark.parametrize(("visit", "on", "grade", "toxicity"), [
    ("C1D8", "2008-01-15", 4, "Hemoglobin"),
    ("C2D1", "2008-02-05", 3, "Anemia"),
])  # fmt: skip
def test_a_sample_is_graded_by_the_version_that_its_visit_is_held_under(
    trial: Trial, visit: str, on: str, grade: int, toxicity: str
) -> None:
    subject = trial.treated_subject()
    goes_over(trial)
    trial.infuse(subject, date(2008, 2, 5), "C2D1")
    result = sampled(trial, subject, visit, on)
    assert (result.grade, result.toxicity) == (grade, toxicity)
    # A changed list of limits has all samples held against it anew: by the same version.
    again = list(grade_again(by=actor(trial.data_manager, "data_manager"), reason="The list was changed"))
    assert [changed for _, changed in again] == [0] * len(again) and again
    result.refresh_from_db()
    assert (result.grade, result.toxicity) == (grade, toxicity)


def sampled(trial: Trial, subject: Any, visit: str, on: str) -> LaboratoryResult:
    blood = rows(BLOOD, HGB={"value": "6.0", "unit": "g/dL", "clinically_significant": "Y"})
    form = trial.fill(subject, "haematology", {"sample_date": on}, blood, visit=visit)
    return LaboratoryResult.objects.get(case_form=form, analyte="HGB")
