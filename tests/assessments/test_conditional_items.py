"""Items that hang on another answer: asked, emptied with it, and what was emptied is in the trail."""

import pytest

from assessments.entering.completeness import missing, without_what_does_not_apply
from assessments.models import Demography, Eligibility, FollowUp, InfusionVisit
from audit.models import Event
from tests.assessments.posting import new_form, on_screen
from tests.cast import Trial


def test_what_hangs_on_an_emptied_item_is_emptied_too() -> None:
    values = {"paclitaxel_given": "N", "paclitaxel_dose_mg": 137, "paclitaxel_level_mg_m2": 80}
    kept = without_what_does_not_apply(InfusionVisit, values)
    assert (kept["paclitaxel_dose_mg"], kept["paclitaxel_level_mg_m2"]) == (None, None)


def test_an_item_that_applies_is_needed_and_one_that_does_not_is_not() -> None:
    answers = {"prior_radiotherapy": "Y", "last_radiotherapy_date": None}
    assert "last_radiotherapy_date" in missing(Eligibility, answers)
    assert "last_radiotherapy_date" not in missing(Eligibility, answers | {"prior_radiotherapy": "N"})


@pytest.mark.django_db
def test_men_are_not_asked_for_menopausal_status(trial: Trial, desk) -> None:
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    page = desk.get(new_form(subject, "demography", "SCR")).context["form"]
    attributes = page.fields["menopausal_status"].widget.attrs
    assert (attributes["data-only-if"], attributes["data-only-values"]) == ("sex", "F")
    person = {"birth_date": "1953-05", "age": 54, "sex": "M", "race": "WHITE", "menopausal_status": "POSTMENOPAUSE"}
    form = trial.fill(subject, "demography", person, visit="SCR")
    assert Demography.objects.get().menopausal_status == ""
    answer = trial.fill(subject, "demography", person | {"sex": "F"}, case_form=form, reason="a slip")
    assert Demography.objects.get(pk=answer.pk).menopausal_status == "POSTMENOPAUSE"


@pytest.mark.django_db
def test_the_server_empties_what_is_no_longer_asked_and_the_trail_keeps_it_with_the_reason(trial: Trial, desk) -> None:
    subject = trial.treated_subject()
    record = {"contact_date": "2008-06-01", "vital_status": "ALIVE", "new_therapy_given": "Y"}
    record |= {"new_therapy_name": "lapatinib", "new_therapy_date": "2008-05-20"}
    form = trial.fill(subject, "follow_up", record, visit="TA01")
    change = on_screen(form) | {"new_therapy_given": "N", "change_reason": "Data entry error"}
    assert desk.post(f"/forms/{form.pk}/", change).status_code == 302
    assert FollowUp.objects.get().new_therapy_name == ""
    event = Event.objects.filter(table_name="assessments_followup", action="update").latest("pk")
    assert (event.old["new_therapy_name"], event.new["new_therapy_name"]) == ("lapatinib", "")
    assert (event.reason, event.actor_name) == ("Data entry error", "carla")
