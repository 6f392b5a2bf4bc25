"""The same small study comes in from each format as the same record."""

from typing import Any

import pytest

from assessments.models import CaseForm, Lesion, LesionResult
from audit.models import Event
from endpoints.models import Estimate, Mark, Outcome
from tests.sdtm.study import WRITERS, facts

pytestmark = pytest.mark.django_db

PERSON = "Demography birth_date=1950-12 age=63 sex=F race=WHITE ethnicity=NOT HISPANIC OR LATINO"
PATCH = "dose_unit=mg dose_form=PATCH frequency=QD route=TRANSDERMAL"
WEEK_8 = "assessment_date=2014-02-26 non_target_response=NON-CR/NON-PD new_lesions=UNKNOWN"
NODE = "T02 AXILLARY LYMPH NODE LYMPH NODE, AXILLARY"
EXPECTED = f"""\
701-1001 X-701-1001 died 2014-01-02
701-1002 X-701-1002 follow_up 2014-01-02
701-1003 X-701-1003 screen_failure None
701-1001 demography complete
701-1001 tumour_baseline complete
701-1001 exposure complete
701-1001 tumour complete
701-1001 tumour complete
701-1001 follow_up complete
701-1001 end_of_treatment complete
701-1001 death complete
701-1002 demography complete
701-1002 tumour_baseline not_done
701-1002 exposure complete
701-1002 follow_up complete
701-1002 end_of_treatment complete
701-1003 demography complete
701-1003 follow_up complete
701-1003 end_of_treatment complete
{PERSON}
{PERSON}
{PERSON}
ExposureInterval row=1 treatment=XANOMELINE given=Y start_date=2014-01-02 end_date=2014-01-16 dose=54.000 {PATCH}
ExposureInterval row=2 treatment=XANOMELINE given=Y start_date=2014-01-17 dose=40.500 {PATCH}
ExposureInterval row=1 treatment=PLACEBO given=Y start_date=2014-01-02 end_date=2014-03-01 {PATCH}
TumourBaseline assessment_date=2014-01-02 disease_measurable=Y
TumourAssessment {WEEK_8} target_response=PR overall_response=PR
TumourAssessment assessment_date=2014-04-23 non_target_response=PD new_lesions=EQUIVOCAL overall_response=PD
FollowUp contact_date=2014-05-02 vital_status=ALIVE new_therapy_given=U
FollowUp contact_date=2014-09-30 vital_status=ALIVE new_therapy_given=U
FollowUp contact_date=2013-12-28 vital_status=ALIVE new_therapy_given=U
EndOfTreatment end_date=2014-04-23 reason=PROGRESSIVE DISEASE
EndOfTreatment end_date=2014-03-02 reason=COMPLETED
EndOfTreatment end_date=2013-12-28 reason=SCREEN FAILURE
Death death_date=2014-09-14 cause=UNKNOWN
NT01 UNKNOWN  PRESENT [] 2014-01-02
T01 LIVER  MEASURED ['50.00'] 2014-01-02
{NODE} MEASURED ['20.00'] 2014-01-02
NT01 UNKNOWN  PRESENT [] 2014-02
T01 LIVER  MEASURED ['25.40'] 2014-02-26
{NODE} MEASURED ['9.00'] 2014-02-26
NEW01 OTHER SCALP EQUIVOCAL [] 2014-04-23
NT01 UNKNOWN  UNEQUIVOCAL PROGRESSION [] 2014-04-23
T01 LIVER  ABSENT [] 2014-04-23
{NODE} NOT ASSESSED [] 2014-04-23""".splitlines()


@pytest.mark.requirement("ICH E6(R3) 4.2.5")
@pytest.mark.parametrize("kind", WRITERS)
def test_each_format_gives_the_same_record(study: Any, kind: str) -> None:
    study.write(kind)
    study.run()
    assert [fact.replace(" dose=0.000", "") for fact in facts()] == EXPECTED


def test_the_endpoints_follow_from_what_came_in(study: Any) -> None:
    study.write()
    output = study.run()
    assert not Mark.objects.exists()
    outcome = Outcome.objects.get(subject__source_id="X-701-1001")
    assert [assessment["investigator"] for assessment in outcome.derivation["assessments"]] == ["PR", "PD"]
    assert (outcome.treated, outcome.measurable) == (True, True)
    assert Estimate.objects.get(analysis_set="all_treated").subjects == 2
    assert "/endpoints/" in output


def test_a_node_counts_by_its_short_axis_and_the_long_one_is_listed_as_not_taken(study: Any) -> None:
    study.write()
    study.run()
    sizes = LesionResult.objects.get(lesion__label="T02", case_form__code="tumour_baseline").diameters_mm
    assert sizes == [20]
    (line,) = [line for line in study.report() if line["domain"] == "TR"]
    assert (line["row"], line["why"]) == ("2", "the form takes one finding a lesion, here LPERP")


def test_another_reader_gives_that_readers_assessments(study: Any) -> None:
    study.write()
    study.run("carla", "--reader", "Radiologist 1")
    assert [lesion.label for lesion in Lesion.objects.all()] == ["T01"]
    assert facts()[-1] == "T01 LIVER  ABSENT [] 2014-02-26"


@pytest.mark.requirement("ICH E6(R3) 4.2.5")
def test_every_change_is_in_the_trail_by_the_user_through_the_import(study: Any) -> None:
    study.write()
    study.run()
    actors = Event.objects.filter(table_name__startswith="assessments_").values_list("actor_name", "role", "channel")
    assert set(actors) == {("carla", "coordinator", "import")}
    assert Event.objects.filter(table_name="assessments_caseform").count() >= CaseForm.objects.count()


@pytest.mark.requirement("ICH E6(R3) 4.2.5")
def test_a_second_run_changes_nothing_and_says_so(study: Any) -> None:
    study.write()
    study.run()
    before, events, report = facts(), Event.objects.count(), study.report()
    output = study.run()
    assert "All 3 subjects are here already: nothing was changed." in output
    assert (facts(), Event.objects.count(), study.report()) == (before, events, report)
