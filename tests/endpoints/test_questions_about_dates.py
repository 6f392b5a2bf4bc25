"""What the derivation asks the site about dates that cannot be, and about a death that only a follow-up tells of."""

import pytest

from endpoints.refresh import refresh_marked
from review.models import Query
from tests.cast import Trial

pytestmark = pytest.mark.django_db


def queries_of(check: str) -> list[tuple[str, str, str]]:
    while refresh_marked():
        pass
    queries = Query.objects.filter(check_id=check).order_by("case_form__code")
    return list(queries.values_list("case_form__code", "item", "state"))


def follow_up(on: str, status: str) -> dict[str, str]:
    return {"contact_date": on, "vital_status": status, "new_therapy_given": "N"}


def test_a_follow_up_that_says_dead_is_asked_about_until_the_death_form_is_complete() -> None:
    trial = Trial()
    subject = trial.treated_subject()
    trial.fill(subject, "follow_up", follow_up("2008-09-20", "DEAD"))
    assert queries_of("death-without-form") == [("follow_up", "vital_status", "open")]
    death = {"death_date": "2008-09-01", "cause": "DISEASE UNDER STUDY"}
    draft = trial.fill(subject, "death", death, complete=False)
    assert queries_of("death-without-form") == [("follow_up", "vital_status", "open")]
    trial.fill(subject, "death", death, case_form=draft)
    assert queries_of("death-without-form") == [("follow_up", "vital_status", "closed")]


@pytest.mark.parametrize("status", ["ALIVE", "DEAD", "UNKNOWN"])
def test_a_follow_up_and_an_end_of_treatment_before_consent_are_asked_about(status: str) -> None:
    trial = Trial()
    subject = trial.treated_subject()
    trial.fill(subject, "follow_up", follow_up("2007-11", status))
    trial.fill(subject, "end_of_treatment", {"end_date": "2007-12-01", "reason": "LOST TO FOLLOW-UP"})
    assert queries_of("before-consent") == [
        ("end_of_treatment", "end_date", "open"),
        ("follow_up", "contact_date", "open"),
    ]


def test_a_subject_without_a_dose_is_asked_about_too_but_never_for_scans_made_before_consent() -> None:
    trial = Trial()
    subject = trial.subject()
    trial.screen(subject)
    baseline, consent = (subject.forms.get(code=code) for code in ("tumour_baseline", "consent"))
    early = {"assessment_date": "2007-12-10", "disease_measurable": "Y"}
    trial.fill(subject, "tumour_baseline", early, case_form=baseline, reason="Scan of the referring hospital")
    trial.fill(subject, "follow_up", follow_up("2007-12-20", "ALIVE"))
    assert queries_of("before-consent") == []
    later = {"consent_given": "Y", "consent_date": "2007-12-21"}
    trial.fill(subject, "consent", later, case_form=consent, reason="Signed a day later")
    assert queries_of("before-consent") == [("follow_up", "contact_date", "open")]


@pytest.mark.parametrize("start", ["2007-11", "2007-12-30", "2008-01-07"])
def test_a_new_therapy_before_the_first_dose_or_on_its_day_is_asked_about_where_it_is_told(start: str) -> None:
    trial = Trial()
    subject = trial.treated_subject()
    therapy = {"kind": "CHEMOTHERAPY", "name": "capecitabine", "start_date": start, "ongoing": "U"}
    trial.fill(subject, "new_therapy", therapy)
    contact = follow_up("2008-09-20", "ALIVE") | {"new_therapy_given": "Y", "new_therapy_name": "lapatinib"}
    trial.fill(subject, "follow_up", contact | {"new_therapy_date": start})
    assert queries_of("therapy-before-start") == [
        ("follow_up", "new_therapy_date", "open"),
        ("new_therapy", "start_date", "open"),
    ]


def test_progression_by_symptoms_before_the_first_dose_is_asked_about() -> None:
    trial = Trial()
    subject = trial.treated_subject()
    ended = {"end_date": "2008-03-01", "reason": "PROGRESSIVE DISEASE", "clinical_progression_date": "2007-12"}
    trial.fill(subject, "end_of_treatment", ended)
    assert queries_of("clinical-before-start") == [("end_of_treatment", "clinical_progression_date", "open")]


def test_a_progression_before_the_first_dose_is_asked_about_at_its_assessment() -> None:
    trial = Trial()
    subject = trial.treated_subject()
    trial.assess(subject, -3, {"T01": "90", "T02": "60"}, "PD")
    assert queries_of("before-start") == [("tumour", "assessment_date", "open")]


def wording(check: str) -> str:
    """The words of the first question of a check."""
    return Query.objects.filter(check_id=check).latest("pk").text


def test_medication_after_death_is_asked_about_once_at_the_death_form_and_a_sample_at_its_own() -> None:
    trial = Trial()
    subject = trial.treated_subject()
    trial.fill(subject, "death", {"death_date": "2008-05-01", "cause": "DISEASE UNDER STUDY"})
    medicine = {
        "medication": "Aspirin",
        "kind": "CONCOMITANT",
        "indication": "Pain",
        "before_trial": "N",
        "ongoing": "Y",
    }
    trial.fill(subject, "medication", medicine | {"start_date": "2008-06-01"})
    assert queries_of("alive-after-death") == [("death", "", "open")]
    assert "Known alive on 1 Jun 2008 (concomitant medication), after death on 1 May 2008." in wording(
        "alive-after-death"
    )
