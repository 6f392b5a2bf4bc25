"""The randomised trial of everolimus from its file to a derived response, by its pages, RECIST 1.0 by hand beside it.

Sums in mm of three lesions of the liver and the longest diameter of a node, which RECIST 1.1 would not take together:
40 + 30 + 20 + 20 = 110 at baseline; 28 + 20 + 14 + 12 = 74 (-32.7 %, PR); 26 + 18 + 12 + 10 = 66 (-40.0 %, PR, which
confirms); 30 + 24 + 14 + 12 = 80 (21.2 % above 66, PD). Days are counted from the randomisation, three before the
first dose.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cohorts.models import Subject
from tests.assessments.posting import HISTORY
from tests.browser.test_a_whole_subject import INFUSION
from tests.examples import EXAMPLES
from tests.laboratory.samples import BLOOD, SERUM, rows
from tests.other_trials.from_file import TrialWalk

RANDOMISED = Path(__file__).parents[2] / "docs/examples/everolimus_randomised.toml"
# The next of the stratum of the first subject is with everolimus, the one after it without.
LIST = """number,prior_trastuzumab,visceral_metastases,group
1001,no,yes,EVE
1002,yes,yes,CTRL
1003,no,yes,CTRL
1004,no,no,EVE
"""
SCANS = (
    (56, ("28", "20", "14", "12"), "PR"),
    (112, ("26", "18", "12", "10"), "PR"),
    (168, ("30", "24", "14", "12"), "PD"),
)
LIVER = {"kind": "TARGET", "location": "LIVER", "method": "SPIRAL CT SCAN"}
LESIONS = [
    *(LIVER | {"diameters_mm": size} for size in ("40", "30", "20")),
    {"kind": "TARGET", "location": "AXILLARY LYMPH NODE", "method": "SPIRAL CT SCAN", "diameters_mm": "20"},
]
ANALYTES = ("SODIUM", "K", "CREAT", "BILI", "AST", "ALT", "ALP", "ALB", "GLUC", "CHOL", "TRIG")
ELIGIBLE = {
    "sex": "F",
    "age_at_consent": "54",
    "who_status": "1",
    "her2_ihc": "3+",
    "her2_fish": "POSITIVE",
    "histology_confirmed": "Y",
    "answer_1": "Y",
    "answer_2": "Y",
    "answer_3": "N",
    "answer_4": "N",
    "answer_5": "N",
    "prior_mtor_inhibitor": "N",
    "number_1": "62",
    "neutrophils": "3.2",
    "platelets": "240",
    "haemoglobin": "12.1",
    "bilirubin": "9",
    "bilirubin_uln": "20",
    "creatinine": "70",
    "creatinine_uln": "95",
}


@pytest.fixture
def walk(walk_of: Callable[[Path, int], TrialWalk]) -> TrialWalk:
    return walk_of(RANDOMISED, 240)


def screening(walk: TrialWalk) -> dict[str, Any]:
    consent, seen = walk.day(-10), walk.day(-8)
    dates = {"consent_date": consent, "planned_first_dose_date": walk.day(3)}
    return {
        "consent": ({"consent_given": "Y", "consent_date": consent}, []),
        "demography": ({"birth_date": f"{walk.begin.year - 54}-01", "age": "54", "sex": "F", "race": "WHITE"}, []),
        "history": (HISTORY, [{"kind": "TAXANE", "setting": "ADJUVANT", "outcome": "NA"}]),
        "medical_history": (EXAMPLES["medical_history"][0] | {"history_date": consent}, EXAMPLES["medical_history"][1]),
        "vital_signs": (EXAMPLES["vital_signs"][0] | {"vital_signs_date": seen}, []),
        "ecg": (EXAMPLES["ecg"][0] | {"ecg_date": seen}, []),
        "lvef": (EXAMPLES["lvef"][0] | {"lvef_date": seen}, []),
        "haematology": ({"sample_date": seen}, rows(BLOOD)),
        "chemistry": ({"sample_date": seen, "fasting": "Y"}, rows({code: SERUM[code] for code in ANALYTES})),
        "tumour_baseline": ({"assessment_date": walk.day(-5), "disease_measurable": "Y"}, LESIONS),
        "eligibility": (ELIGIBLE | dates, []),
    }


def imports_the_list(walk: TrialWalk) -> None:
    walk.works("adam")
    walk.goto("/people/randomisation/")
    chosen = walk.file("list.csv", LIST)
    walk.page.set_input_files("input[type=file]", chosen)
    walk.press("Check file")
    walk.reads("All 4 lines can be imported")
    # No page keeps the list: it is chosen again.
    walk.page.set_input_files("input[type=file]", chosen)
    walk.press("Import the list")
    walk.reads("list.csv")


def test_the_randomised_trial_comes_from_its_file_to_times_from_randomisation(walk: TrialWalk) -> None:
    from endpoints.refresh import refresh_marked

    walk.goes_live()
    imports_the_list(walk)
    subject = walk.adds_a_subject()
    walk.screens(subject, screening(walk))
    walk.enrols(subject, day=0)
    walk.goto(f"/subjects/{subject.pk}/")
    walk.reads("With everolimus (EVE)")
    walk.reads("number 1001")
    treats(walk, subject)
    for number, (day, sizes, overall) in enumerate(SCANS, 1):
        walk.night_of(day)
        diameters = {f"rows-{place}-diameters_mm": size for place, size in enumerate(sizes)}
        responses = {"non_target_response": "NA", "new_lesions": "N", "overall_response": overall}
        walk.types(
            subject, "tumour", {"assessment_date": walk.day(day), **diameters, **responses}, visit=f"TA{number:02d}"
        )
    walk.types(subject, "end_of_treatment", {"end_date": walk.day(168), "reason": "PROGRESSIVE DISEASE"}, visit="EOT")
    walk.types(subject, "death", {"death_date": walk.day(230), "cause": "DISEASE UNDER STUDY"})
    refresh_marked()

    table = walk.lesions_over_time(subject, len(SCANS))
    walk.looks("randomised-casebook")
    assert table["Sum of target lesions"] == ["110", "74", "66", "80"]
    assert table["Change from baseline"][1:] == ["−32.7 %", "−40.0 %", "−27.3 %"]
    assert table["Change from the smallest sum before"][1:] == ["−32.7 %", "−10.8 %", "+21.2 %"]
    walk.works("sven")
    walk.goto(f"/endpoints/subjects/{subject.pk}/")
    walk.looks("randomised-story")
    walk.reads(f"Partial response on {walk.shown(56)}, confirmed on {walk.shown(112)}.")
    figures = walk.figures("ALL", "all_randomised", "randomised-endpoints")
    print(figures)
    # 169 and 231 days from the randomisation, 113 of response; from the first dose they would be 166 and 228 days.
    for shown in ("1 of 1", "5.55", "7.59", "3.71"):
        assert shown in figures, shown
    assert "5.45" not in figures


def treats(walk: TrialWalk, subject: Subject) -> None:
    """The first infusion and the tablets of a group that gets them."""
    walk.begins_treatment(subject, day=3)
    walk.page.get_by_role("heading", name="Trastuzumab and paclitaxel", exact=True).wait_for()
    walk.typist.complete("infusion", INFUSION)
    taken = {"start_date": walk.day(3), "end_date": walk.day(168), "dose_mg": "10", "frequency": "QD"}
    walk.types(subject, "everolimus", {"any_taken": "Y"}, [taken])


def test_a_group_without_everolimus_is_asked_for_none_of_its_forms(walk: TrialWalk) -> None:
    walk.goes_live()
    imports_the_list(walk)
    subjects = [walk.adds_a_subject() for _ in range(2)]
    for subject in subjects:
        by_service(walk, subject)
        walk.enrols(subject, day=0)
    assert [subject.allocation.number for subject in subjects] == ["1001", "1003"]
    walk.goto(f"/subjects/{subjects[1].pk}/")
    walk.reads("Without everolimus (CTRL)")
    walk.goto(f"/subjects/{subjects[1].pk}/forms/everolimus/")
    walk.reads("does not get what Everolimus is about")
    walk.goto(f"/subjects/{subjects[1].pk}/forms/adverse_event/")
    words = walk.page.locator("main").inner_text()
    assert "Related to paclitaxel" in words
    assert "Related to everolimus" not in words


def by_service(walk: TrialWalk, subject: Subject) -> None:
    from accounts.models import User
    from tests.cast import Trial, actor

    clinic = Trial.__new__(Trial)
    clinic.by = actor(User.objects.get(username="carla"), "coordinator")
    for code, (record, listed) in screening(walk).items():
        clinic.fill(subject, code, record, listed, visit="SCR")
