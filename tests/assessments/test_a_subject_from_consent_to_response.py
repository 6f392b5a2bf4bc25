"""The main road: a subject is screened, enrolled, treated and assessed, all by the services that pages call."""

import pytest

from assessments.catalogue import CATALOGUE
from assessments.models import InfusionVisit, Lesion, LesionResult
from assessments.place import Place
from assessments.services import mark_not_done
from audit.models import Event
from cohorts.models import SubjectStatus
from endpoints.models import Mark
from tests.cast import Trial

pytestmark = pytest.mark.django_db


def test_a_screened_and_enrolled_subject_is_treated_and_assessed() -> None:
    trial = Trial()
    subject = trial.treated_subject()
    assert subject.label == "101-001"
    assert subject.status == SubjectStatus.ON_TREATMENT
    assert InfusionVisit.objects.get().paclitaxel_planned_mg == 137
    form = trial.assess(subject, 57, {"T01": "42", "T02": "15 + 13"}, "PR")
    assert [str(size) for size in LesionResult.objects.get(case_form=form, lesion__label="T02").diameters_mm] == [
        "15.00",
        "13.00",
    ]
    assert list(Lesion.objects.values_list("label", flat=True).order_by("label")) == ["NT01", "T01", "T02"]
    assert Mark.objects.filter(subject=subject).exists()
    event = Event.objects.filter(table_name="assessments_tumourassessment").get()
    assert (event.actor_name, event.role, event.channel, event.site_id) == (
        "carla",
        "coordinator",
        "screen",
        trial.site.pk,
    )
    assert event.subject_id == subject.pk
    assert event.new["overall_response"] == "PR"


def test_a_finding_that_is_emptied_in_a_draft_does_not_stay_behind() -> None:
    trial = Trial()
    subject = trial.treated_subject()
    record = {"assessment_date": "2008-03-03"}
    form = trial.fill(subject, "tumour", record, [{"label": "T01", "diameters_mm": "42"}], complete=False)
    trial.fill(subject, "tumour", record, [{"label": "T01", "diameters_mm": ""}], complete=False, case_form=form)
    assert not LesionResult.objects.filter(case_form=form).exists()
    taken_back = Event.objects.get(table_name="assessments_lesionresult", action="delete")
    assert taken_back.old["diameters_mm"] == [42.00]


def test_an_infusion_that_turns_out_not_to_have_been_given_is_no_first_dose() -> None:
    trial = Trial()
    subject = trial.treated_subject()
    infusion = subject.forms.get(code="infusion")
    mark_not_done(
        place=Place(subject, CATALOGUE["infusion"], infusion.visit, infusion),
        why="Entered for the wrong subject",
        by=trial.by,
        seen_version=infusion.version,
        reason="Entered for the wrong subject",
    )
    subject.refresh_from_db()
    assert (subject.first_dose_date, subject.status) == (None, SubjectStatus.ENROLLED)
