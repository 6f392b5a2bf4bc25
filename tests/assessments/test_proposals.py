"""What the record knows is proposed where it is asked again, and saved by nobody but who looks at it."""

import pytest

from accounts.actor import acting
from assessments.models import CaseForm, Eligibility, InfusionVisit
from cohorts.models import Cohort
from cohorts.services import close_cohort
from tests.assessments.posting import new_form
from tests.cast import BASELINE_LESIONS, ELIGIBLE, SETUP, actor
from tests.examples import EXAMPLES
from tests.unlimited import unlimited

pytestmark = pytest.mark.django_db
CONSENT = {"consent_given": "Y", "consent_date": "2007-12-20"}
PERSON = {"birth_date": "1953-05", "age": 54, "sex": "F", "race": "WHITE"}


def proposed(desk, subject, code, visit="SCR"):
    form = desk.get(new_form(subject, code, visit)).context["form"]
    return {name: form[name].value() for name in form.fields if "Proposed from" in form.fields[name].help_text}


def consented(trial):
    subject = trial.subject()
    trial.fill(subject, "consent", CONSENT, visit="SCR")
    return subject


def test_eligibility_proposes_what_the_forms_of_screening_hold(trial, desk):
    subject = consented(trial)
    trial.fill(subject, "demography", PERSON, visit="SCR")
    for code in ("vital_signs", "haematology"):
        trial.fill(subject, code, *EXAMPLES[code], visit="SCR")
    baseline = {"assessment_date": "2008-01-02", "disease_measurable": "Y"}
    trial.fill(subject, "tumour_baseline", baseline, BASELINE_LESIONS, visit="SCR")
    proposals = proposed(desk, subject, "eligibility")
    assert proposals.pop("consent_date") == "20 Dec 2007"
    assert {name: proposals[name] for name in ("sex", "age_at_consent", "who_status", "measurable_disease")} == {
        "sex": "F",
        "age_at_consent": 54,
        "who_status": "1",
        "measurable_disease": "Y",
    }
    assert proposals["liver_metastases"] == "Y"
    blood = {row["analyte"]: row for row in EXAMPLES["haematology"][1]}
    assert str(proposals["platelets"]) == str(blood["PLAT"]["value"])
    assert "her2_ihc" not in proposals
    assert not Eligibility.objects.exists()


def test_a_draft_of_another_form_proposes_nothing(trial, desk):
    subject = consented(trial)
    trial.fill(subject, "demography", PERSON, visit="SCR", complete=False)
    assert set(proposed(desk, subject, "eligibility")) == {"consent_date"}


def test_an_eligibility_form_that_was_saved_is_left_as_it_is(trial, desk):
    subject = consented(trial)
    form = trial.fill(subject, "eligibility", ELIGIBLE | {"age_at_consent": None}, visit="SCR", complete=False)
    trial.fill(subject, "demography", PERSON, visit="SCR")
    page = desk.get(f"/forms/{form.pk}/").context["form"]
    assert page["age_at_consent"].value() is None


def test_the_first_infusion_proposes_the_sizes_measured_last_and_later_ones_do_not(trial, desk):
    subject = trial.subject()
    trial.screen(subject)
    trial.enrol(subject)
    desk.post(f"/subjects/{subject.pk}/treatment/begin/", {"on": "2008-01-07"})
    proposals = proposed(desk, subject, "infusion", "C1D1")
    assert {name: int(value) for name, value in proposals.items()} == {"weight_kg": 64, "height_cm": 165}
    assert not InfusionVisit.objects.exists()
    trial.infuse(subject, visit="C1D1")
    assert proposed(desk, subject, "infusion", "C1D8") == {}


def test_the_only_open_cohort_is_chosen_already(trial, sign_in):
    subject = trial.subject()
    trial.screen(subject)
    page = f"/subjects/{subject.pk}/enrolment/"
    client = sign_in(trial.investigator)
    assert client.get(page).context["form"]["cohort"].value() is None
    for cohort in Cohort.objects.exclude(code="P2-10D"):
        close_cohort(cohort=cohort, reason="full", by=actor(trial.data_manager, "data_manager"))
    assert client.get(page).context["form"]["cohort"].value() == "P2-10D"


def test_dose_limiting_does_not_apply_in_a_cohort_that_looks_for_no_dose(trial, desk):
    phase_two, phase_one = trial.treated_subject("P2-10D"), trial.treated_subject("P1-10D")
    assert proposed(desk, phase_two, "adverse_event", None) == {"dose_limiting": "NA"}
    assert proposed(desk, phase_one, "adverse_event", None) == {}
    assert proposed(desk, consented(trial), "adverse_event", None) == {}


def weighed(trial, subject, on, kg, visit):
    record = EXAMPLES["vital_signs"][0] | {"vital_signs_date": on, "weight_kg": kg}
    trial.fill(subject, "vital_signs", record, visit=visit)


def test_weight_of_a_later_visit_is_not_offered_to_an_earlier_one(trial, desk):
    subject = trial.subject()
    trial.screen(subject)
    trial.enrol(subject)
    desk.post(f"/subjects/{subject.pk}/treatment/begin/", {"on": "2008-01-07"})
    weighed(trial, subject, "2008-01-30", "80", None)
    proposals = proposed(desk, subject, "infusion", "C1D1")
    assert int(proposals["weight_kg"]) == 64


def test_beside_an_infusion_stand_the_sizes_of_the_one_before_it_and_of_none_after(trial, desk):
    subject = trial.treated_subject()
    for day, kg, visit in (("2008-01-14", "65", "C1D8"), ("2008-01-28", "70", "C1D22")):
        alone = {"trastuzumab_given": "Y", "trastuzumab_loading": "N", "trastuzumab_dose_mg": "130"}
        record = {"infusion_date": day, "weight_kg": kg, "height_cm": "165", "paclitaxel_given": "N"} | alone
        trial.fill(subject, "infusion", record, visit=visit)
    page = desk.get(new_form(subject, "infusion", "C1D15")).context["form"]
    assert "65 kg on 14 Jan 2008." in page.fields["weight_kg"].help_text
    first = subject.forms.get(code="infusion", visit__code="C1D8")
    assert "64 kg on 7 Jan 2008." in desk.get(f"/forms/{first.pk}/").context["form"].fields["weight_kg"].help_text


def test_an_earlier_assessment_is_compared_with_none_after_it(trial, desk):
    subject = trial.treated_subject()
    later = trial.assess(subject, 113, {"T01": "30", "T02": "20"}, "PR")
    columns = [key for key, _, _ in desk.get(new_form(subject, "tumour", "TA01")).context["lesions"].columns]
    assert later.pk not in columns
    columns = [key for key, _, _ in desk.get(new_form(subject, "tumour", "TA03")).context["lesions"].columns]
    assert later.pk in columns


@pytest.mark.parametrize(
    ("person", "why"),
    [
        (PERSON | {"sex": "M"}, "MALE"),
        (PERSON | {"menopausal_status": "POSTMENOPAUSE"}, "POSTMENOPAUSAL"),
        (PERSON | {"menopausal_status": "PREMENOPAUSE"}, None),
    ],
)
def test_nobody_is_asked_to_test_a_man_or_a_woman_after_menopause_for_pregnancy(trial, desk, person, why):
    subject = consented(trial)
    trial.fill(subject, "demography", person, visit="SCR")
    proposals = proposed(desk, subject, "pregnancy_test")
    assert proposals == ({"childbearing": "N", "why_not": why} if why else {})


def test_eligibility_proposes_nothing_that_was_measured_under_treatment(trial, desk):
    subject = trial.treated_subject()
    eligibility = subject.forms.get(code="eligibility")
    with acting(SETUP), unlimited():
        Eligibility.objects.filter(pk=eligibility.pk).delete()
        CaseForm.objects.filter(pk=eligibility.pk).delete()
    late = EXAMPLES["vital_signs"][0] | {"vital_signs_date": "2008-01-21", "who_status": "2"}
    trial.fill(subject, "vital_signs", late, visit="C2D1")
    assert proposed(desk, subject, "eligibility")["who_status"] == "1"
