"""Doses of any regimen: each is held against the file's plan for the subject's cohort, with its tolerance."""

import re
from decimal import Decimal as D
from typing import Any

import pytest

from assessments.arithmetic.dose_plans import Sizes, calvert, cockcroft_gault, off_plan, plan
from assessments.checks import CHECKS, CheckedCasebook
from assessments.checks.check import Form
from assessments.items import items_of
from assessments.models import AdverseEvent, EndOfTreatment
from assessments.plan.drugs import columns
from assessments.plan.fit import unfit
from protocol import current, under
from review.models import Query
from tests.other_trials.cases import CASES, ON, dose, exposure, infusion
from tests.other_trials.course import OtherTrial
from tests.other_trials.regimens import six_drugs
from tests.other_trials.test_forms_of_the_disease import FOREIGN, words_of

BY_ID = {check.id: check for check in CHECKS}


def findings_of(check_id: str, forms: Any, cohort: str = "") -> list[tuple[str, str]]:
    with under(six_drugs()):
        return BY_ID[check_id].findings(forms[0], CheckedCasebook(forms, cohort))


@pytest.mark.parametrize(("check_id", "odd", "fine"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)])
def test_a_dose_is_asked_about_on_one_side_of_its_limit_alone(check_id, odd, fine):
    assert len(findings_of(check_id, odd)) == 1
    assert findings_of(check_id, fine) == []


@pytest.mark.parametrize(
    ("amount", "question"),
    [
        (800, "800 mg of osimertinib are ten times the planned 80 mg: is the number right, and in mg?"),
        (8, "8 mg of osimertinib are a tenth of the planned 80 mg: is the number right, and in mg?"),
        (D("0.08"), "0.08 mg of osimertinib are a thousandth of the planned 80 mg: is the number right, and in mg?"),
        (
            100,
            "100 mg of osimertinib are 25 % above the planned 80 mg; the protocol plans 80 mg or 40 mg. Is it right?",
        ),
    ],
)
def test_a_slip_is_called_one(amount, question):
    assert [text for _, text in findings_of("exposure-dose", [exposure(dose(amount=amount))])] == [question]


def test_the_cohort_s_own_dose_holds_in_it():
    assert findings_of("exposure-dose", [exposure(dose(amount=160))], "WITH") == []
    assert findings_of("exposure-dose", [exposure(dose(amount=160))], "ALL")
    assert findings_of("exposure-dose", [exposure(dose(amount=80))], "WITH") == []


def test_a_drug_of_another_cohort_is_asked_about():
    given = [exposure(infusion("bevacizumab", 1050, weight_kg=D(70)))]
    assert [text for _, text in findings_of("exposure-drug", given, "ALL")] == [
        "Bevacizumab is not given in Osimertinib 80 mg daily: was it given?"
    ]
    assert findings_of("exposure-drug", given, "WITH") == []


def test_tablets_of_a_drug_of_another_cohort_are_asked_about():
    handed = [Form("dispensing", {"any_dispensed": "Y"}, [{"row": 1, "treatment": "bevacizumab", "dispensed_on": ON}])]
    assert [text for _, text in findings_of("dispensing-drug", handed, "ALL")] == [
        "Bevacizumab is not given in Osimertinib 80 mg daily: was it handed out?"
    ]
    assert findings_of("dispensing-drug", handed, "WITH") == []


def test_clearance_by_cockcroft_and_gault():
    # (140 - 60) x 72 / (72 x 1.0 mg/dL) = 80 mL/min, and 85 % of it for a woman.
    sizes = {"age": 60, "weight_kg": D(72), "creatinine_umol_l": D("88.4")}
    assert cockcroft_gault(**sizes, female=False) == 80
    assert cockcroft_gault(**sizes, female=True) == 68
    with pytest.raises(ValueError, match="more than 0"):
        cockcroft_gault(age=60, weight_kg=D(0), creatinine_umol_l=D(80), female=True)


def test_carboplatin_by_calvert_with_and_without_a_bound():
    assert calvert(D(5), D(90)) == 575
    assert calvert(D(6), D(150)) == 1050
    assert calvert(D(6), D(150), most=D(125)) == 900


def test_the_bound_of_the_file_holds_for_its_doses():
    bounded = six_drugs(("cycle_days = 21", "cycle_days = 21\ngfr_most = 125"))
    drug = bounded.drug("carboplatin")
    (full,) = plan(bounded, drug, "ALL", Sizes(gfr_ml_min=D(150)))
    assert full.mg == 750
    assert off_plan(drug, (full,), D(750)) == ""


@pytest.mark.parametrize("days", [14, 21, 28, 42])
def test_any_length_of_a_cycle_is_taken(days):
    assert unfit(six_drugs(("cycle_days = 21", f"cycle_days = {days}"))) == []


def test_events_and_the_end_of_treatment_ask_of_the_drugs_of_the_regimen():
    with under(six_drugs()):
        labels = [str(field.verbose_name) for field, _ in items_of(AdverseEvent)]
        assert [label for label in labels if label.startswith("Related")] == [
            *("Related to osimertinib", "Related to carboplatin", "Related to pemetrexed"),
            *("Related to bevacizumab", "Related to BID-1", "Related to pembrolizumab"),
        ]
        last = [str(field.verbose_name) for field, _ in items_of(EndOfTreatment) if field.name.startswith("last_")]
        assert last[0] == "Last dose of osimertinib"
        assert len(last) == 6


def test_our_own_drugs_keep_their_columns_and_their_words():
    assert list(columns(current())) == ["paclitaxel", "trastuzumab", "everolimus"]
    labels = [str(field.verbose_name) for field, _ in items_of(AdverseEvent)]
    assert [label for label in labels if label.startswith(("Related", "Action"))] == [
        *("Related to everolimus", "Related to trastuzumab", "Related to paclitaxel"),
        *("Action taken with everolimus", "Action taken with trastuzumab", "Action taken with paclitaxel"),
    ]


def test_a_seventh_other_drug_is_refused():
    more = '\n[[regimen.drugs]]\ncode = "x"\nlabel = "X"\nroute = "oral"\nbasis = "fixed"\ndose = 1\nround_to_mg = 1\n'
    seven = six_drugs(("\n[[visits]]", f"{more}\n[[visits]]"))
    assert [problem for problem in unfit(seven) if "regimen.drugs.x" in problem]


@pytest.mark.django_db
def test_a_dose_ten_times_its_plan_is_asked_about_when_it_is_saved(lung: OtherTrial) -> None:
    subject = lung.enrolled()
    row = {"treatment": "osimertinib", "given": "Y", "start_date": "2008-01-07", "dose": "800", "frequency": "QD"}
    form = lung.fill(subject, "exposure", {"any_given": "Y"}, [row])
    assert "ten times the planned 80 mg" in Query.objects.get(check_id="exposure-dose", subject=subject).text
    held = form.exposure_intervals.get()
    assert (held.dose, held.planned_mg) == (800, 80)
    subject.refresh_from_db()
    assert str(subject.first_dose_date) == "2008-01-07"


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["exposure", "adverse_event"])
def test_no_page_of_doses_and_events_speaks_of_another_trial(lung: OtherTrial, desk: Any, code: str) -> None:
    subject = lung.enrolled()
    page = desk.get(f"/subjects/{subject.pk}/forms/{code}/").content.decode()
    assert "simertinib" in page
    assert not FOREIGN.search(words_of(page)), FOREIGN.search(words_of(page))
    assert "Not in use" not in page


@pytest.mark.django_db
def test_an_event_asks_of_the_drugs_of_the_subject_s_cohort_alone(lung: OtherTrial) -> None:
    from assessments.catalogue import CATALOGUE
    from assessments.entering.entry import Entry

    subject = lung.enrolled()
    with under(six_drugs()):
        fields = Entry(CATALOGUE["adverse_event"], subject=subject).record_form.fields
    assert "related_drug_3" in fields
    assert "related_drug_4" not in fields  # bevacizumab, of the other cohort
    assert "action_drug_4" not in fields


@pytest.mark.django_db
def test_the_next_cycle_is_planned_from_whichever_form_dates_its_first_day(lung: OtherTrial) -> None:
    from datetime import date

    from tests.examples import EXAMPLES

    subject = lung.enrolled()
    row = {"treatment": "osimertinib", "given": "Y", "start_date": "2008-01-07", "dose": "80", "frequency": "QD"}
    lung.fill(subject, "exposure", {"any_given": "Y"}, [row])
    signs = EXAMPLES["vital_signs"][0]
    lung.fill(subject, "vital_signs", signs | {"vital_signs_date": "2008-01-07"}, visit="C1D1")
    assert subject.visits.get(code="C2D1").target_date == date(2008, 1, 28)
    lung.fill(subject, "vital_signs", signs | {"vital_signs_date": "2008-01-31"}, visit="C2D1")
    assert subject.visits.get(code="C3D1").target_date == date(2008, 2, 21)


@pytest.mark.django_db
def test_neither_a_scan_nor_an_older_sample_moves_the_first_day_of_a_cycle(lung: OtherTrial) -> None:
    """No drug is given by either, from whose day the next visits are counted."""
    from datetime import date

    from tests.examples import EXAMPLES

    subject = lung.enrolled()
    row = {"treatment": "osimertinib", "given": "Y", "start_date": "2008-01-07", "dose": "80", "frequency": "QD"}
    lung.fill(subject, "exposure", {"any_given": "Y"}, [row])
    lung.fill(subject, "tumour", {"assessment_date": "2008-01-25"}, visit="C2D1", complete=False)
    assert subject.visits.get(code="C2D1").visit_date is None
    for code, item, on in (
        ("vital_signs", "vital_signs_date", "2008-01-31"),
        ("haematology", "sample_date", "2008-01-29"),
    ):
        lung.fill(subject, code, EXAMPLES[code][0] | {item: on}, visit="C2D1", complete=False)
    assert subject.visits.get(code="C2D1").visit_date == date(2008, 1, 31)
    assert subject.visits.get(code="C3D1").target_date == date(2008, 2, 21)


@pytest.mark.django_db
def test_the_profile_draws_the_drug_of_the_regimen(lung: OtherTrial) -> None:
    from datetime import date

    from casebook.profile import _Reading

    subject = lung.enrolled()
    row = {"treatment": "osimertinib", "given": "Y", "start_date": "2008-01-07", "dose": "80", "frequency": "QD"}
    lung.fill(subject, "exposure", {"any_given": "Y"}, [row])
    picture = _Reading(subject, date(2008, 1, 7), date(2008, 3, 1), True).picture()
    assert [(span.lane, span.words) for span in picture.doses] == [("Osimertinib", "80 mg once a day")]
    assert "Everolimus" not in picture.lanes


@pytest.mark.django_db
def test_a_cohort_without_everolimus_is_not_asked_for_its_form(settings: Any, tmp_path: Any) -> None:
    from assessments.catalogue import CATALOGUE
    from assessments.sequence import obstacles
    from tests.cast import Trial

    path = tmp_path / "arms.toml"
    text = settings.PROTOCOL_FILE.read_text()
    old = 'code = "everolimus"\nlabel = "Everolimus"\n'
    assert old in text
    path.write_text(text.replace(old, f'{old}cohorts = ["P1-5D", "P1-10D", "P1-30W"]\n', 1))
    settings.PROTOCOL_FILE = path
    trial = Trial()
    without, of_arm = trial.treated_subject("P2-10D"), trial.treated_subject("P1-10D")
    for code in ("everolimus", "dispensing"):
        assert "does not get" in " ".join(obstacles(without, CATALOGUE[code]))
        assert obstacles(of_arm, CATALOGUE[code]) == []
    assert obstacles(without, CATALOGUE["infusion"]) == []


def own_trial(*changes: tuple[str, str]):
    """The program's own trial with another regimen."""
    from protocol.reader import parse
    from tests.protocol.conftest import FOLDER

    file = FOLDER / "nct00426556.toml"
    text = file.read_text().replace('action = "reduce"', 'action = "delay"')
    for old, new in changes:
        text, times = re.subn(old, new, text, count=1, flags=re.DOTALL)
        assert times, old
    return parse(text.encode(), file)


def never_reduced(drug: str) -> tuple[str, str]:
    return rf'(code = "{drug}"\nlabel.*?)steps = \[.*?\n\]\n', r"\1"


@pytest.mark.parametrize(
    ("cohort", "amount", "is_asked"), [("P1-5D", 5, False), ("P1-5D", 10, True), ("P1-10D", 10, False)]
)
def test_tablets_that_are_never_reduced_are_held_against_the_full_dose(cohort, amount, is_asked):
    row = {"row": 1, "start_date": ON, "end_date": None, "dose_mg": D(amount), "frequency": "QD"}
    form = Form("everolimus", {"any_taken": "Y"}, [row])
    with under(own_trial(never_reduced("everolimus"))):
        assert bool(BY_ID["everolimus-step"].findings(form, CheckedCasebook([form], cohort))) is is_asked


def test_an_infusion_that_is_never_reduced_has_a_planned_dose():
    from assessments.consequences import infusion

    record = {"weight_kg": D(64), "height_cm": D(165), "paclitaxel_level_mg_m2": D(80)}
    record |= {"trastuzumab_given": "N", "trastuzumab_loading": ""}
    with under(own_trial(never_reduced("paclitaxel"))):
        assert infusion(record)["paclitaxel_planned_mg"] == 137


def test_how_often_a_drug_is_planned_is_said_where_it_is_asked_about():
    days = "days = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]\n"
    weekly = six_drugs(("times_a_day = 2\n", "every_days = 7\n"), (days, ""))
    with under(weekly):
        form = exposure(dose("BID-1", 250))
        findings = BY_ID["exposure-frequency"].findings(form, CheckedCasebook([form]))
    assert [text for _, text in findings] == ["BID-1 is planned as 250 mg every 7 days: is the frequency right?"]


@pytest.mark.django_db
def test_an_infusion_is_not_asked_for_a_drug_of_another_cohort(settings: Any, tmp_path: Any) -> None:
    from tests.cast import Trial

    path = tmp_path / "arms.toml"
    old = 'code = "paclitaxel"\nlabel = "Paclitaxel"\n'
    text = settings.PROTOCOL_FILE.read_text()
    assert old in text
    path.write_text(text.replace(old, f'{old}cohorts = ["P1-5D", "P1-10D", "P1-30W"]\n', 1))
    settings.PROTOCOL_FILE = path
    trial = Trial()
    alone = trial.subject()
    trial.screen(alone)
    trial.enrol(alone, "P2-10D")
    record = {"infusion_date": "2008-01-07", "weight_kg": "64", "height_cm": "165", "trastuzumab_given": "Y"}
    record |= {"trastuzumab_loading": "Y", "trastuzumab_dose_mg": "256"}
    trial.fill(alone, "infusion", record, visit="SCR")
    assert not Query.objects.filter(subject=alone, check_id="dose-cohort").exists()
    both = trial.treated_subject("P2-10D")
    text = Query.objects.get(subject=both, check_id="dose-cohort").text
    assert text.startswith("Paclitaxel is not given in ")
    assert not Query.objects.filter(subject=trial.treated_subject("P1-10D"), check_id="dose-cohort").exists()
