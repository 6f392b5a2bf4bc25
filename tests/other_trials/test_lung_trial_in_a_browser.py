"""The osimertinib trial from its file to a derived response, by its pages: RECIST 1.1 worked out by hand beside it.

Sums in mm of lung, liver and the short axis of a node: 30 + 20 + 16 = 66 at baseline; 12 + 8 + 9 = 29 (-56.1 %, PR);
8 + 5 + 9 = 22 (-66.7 %, PR, which confirms); 10.5 + 7 + 9 = 26.5: 20.5 % above 22, but less than 5 mm, so still PR
(-59.8 %); 11.5 + 7 + 9 = 27.5: 25 % and 5.5 mm above 22, PD. Days are counted from the first dose, which is day 1.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.examples import EXAMPLES
from tests.laboratory.samples import BLOOD, rows
from tests.other_trials.from_file import TrialWalk
from tests.other_trials.osimertinib import EARLIER, ELIGIBLE, HISTORY, OSIMERTINIB, SERUM_HERE

# The day of the scan, the sizes of the three target lesions, the investigator's response.
SCANS = (
    (42, ("12", "8", "9"), "PR"),
    (84, ("8", "5", "9"), "PR"),
    (126, ("10.5", "7", "9"), "PR"),
    (168, ("11.5", "7", "9"), "PD"),
)
LESIONS = [
    {"kind": "TARGET", "location": "LUNG", "method": "CT SCAN", "diameters_mm": "30"},
    {"kind": "TARGET", "location": "LIVER", "method": "CT SCAN", "diameters_mm": "20"},
    {"kind": "TARGET", "location": "MEDIASTINAL LYMPH NODE", "method": "CT SCAN", "diameters_mm": "16"},
]


@pytest.fixture
def walk(walk_of: Callable[[Path, int], TrialWalk]) -> TrialWalk:
    return walk_of(OSIMERTINIB, 260)


def screening(walk: TrialWalk) -> dict[str, Any]:
    consent, seen = walk.day(-12), walk.day(-10)
    return {
        "consent": ({"consent_given": "Y", "consent_date": consent}, []),
        "demography": ({"birth_date": f"{walk.begin.year - 61}-01", "age": "61", "sex": "M", "race": "ASIAN"}, []),
        "history": (HISTORY, [EARLIER | {"end_date": walk.day(-40)}]),
        "medical_history": (EXAMPLES["medical_history"][0] | {"history_date": consent}, EXAMPLES["medical_history"][1]),
        "vital_signs": (EXAMPLES["vital_signs"][0] | {"vital_signs_date": seen}, []),
        "ecg": (EXAMPLES["ecg"][0] | {"ecg_date": seen}, []),
        "lvef": (EXAMPLES["lvef"][0] | {"lvef_date": seen}, []),
        "haematology": ({"sample_date": seen}, rows(BLOOD)),
        "chemistry": ({"sample_date": seen, "fasting": "Y"}, rows(SERUM_HERE)),
        "tumour_baseline": ({"assessment_date": walk.day(-5), "disease_measurable": "Y"}, LESIONS),
        "eligibility": (
            ELIGIBLE | {"consent_date": consent, "planned_first_dose_date": walk.day(0), "date_1": walk.day(-40)},
            [],
        ),
    }


def test_the_lung_trial_comes_from_its_file_to_a_confirmed_response_and_a_death(walk: TrialWalk) -> None:
    from endpoints.refresh import refresh_marked

    walk.goes_live()
    subject = walk.adds_a_subject()
    walk.screens(subject, screening(walk))
    walk.enrols(subject, day=-2)
    walk.begins_treatment(subject, day=0)
    taken = {"treatment": "osimertinib", "given": "Y", "start_date": walk.day(0), "dose": "80", "frequency": "QD"}
    walk.page.get_by_role("heading", name="Study drug", exact=True).wait_for()
    walk.typist.complete("exposure", {"any_given": "Y"}, [taken])
    for number, (day, sizes, overall) in enumerate(SCANS, 1):
        walk.night_of(day)
        diameters = {f"rows-{place}-diameters_mm": size for place, size in enumerate(sizes)}
        responses = {"non_target_response": "NA", "new_lesions": "N", "overall_response": overall}
        walk.types(
            subject, "tumour", {"assessment_date": walk.day(day), **diameters, **responses}, visit=f"TA{number:02d}"
        )
    ended = {"end_date": walk.day(168), "reason": "PROGRESSIVE DISEASE", "last_drug_1_date": walk.day(168)}
    walk.types(subject, "end_of_treatment", ended, visit="EOT")
    walk.types(subject, "death", {"death_date": walk.day(249), "cause": "DISEASE UNDER STUDY"})
    refresh_marked()

    table = walk.lesions_over_time(subject, len(SCANS))
    walk.looks("lung-casebook")
    assert table["Sum of target lesions"] == ["66", "29", "22", "26.5", "27.5"]
    assert table["Change from baseline"][1:] == ["−56.1 %", "−66.7 %", "−59.8 %", "−58.3 %"]
    assert table["Change from the smallest sum before"][1:] == ["−56.1 %", "−24.1 %", "+20.5 %", "+25.0 %"]
    assert table["Overall response (investigator)"][1:] == ["PR", "PR", "PR", "PD"]

    walk.works("sven")
    walk.goto(f"/endpoints/subjects/{subject.pk}/")
    walk.looks("lung-story")
    walk.reads(f"Partial response on {walk.shown(42)}, confirmed on {walk.shown(84)}.")
    figures = walk.figures("ALL", "all_treated", "lung-endpoints")
    print(figures)
    # 169, 250 and 127 days over 30.4375; the whole of one subject, by Clopper and Pearson 2.5 to 100 %.
    for shown in ("1 of 1", "2.5", "5.55", "8.21", "4.17"):
        assert shown in figures, shown
