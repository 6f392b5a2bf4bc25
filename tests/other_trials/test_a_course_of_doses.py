"""A phase I of two infused drugs, one of them of some cohorts alone: doses typed and sent, under the same checks."""

from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from assessments.arithmetic.dose_plans import Sizes, plan
from assessments.checks import CHECKS, CheckedCasebook
from assessments.checks.check import Form
from assessments.models import ExposureInterval
from protocol import Protocol, load
from protocol.reader import parse
from review.models import Query
from tests.api.conftest import api
from tests.other_trials.conftest import PHASE_ONE
from tests.other_trials.course import FIRST, SIZES, PhaseOne, single

__all__ = ["api"]
BY_ID = {check.id: check for check in CHECKS}
EVENT: dict[str, Any] = {
    "term": "Rash on the arms",
    "grade": "1",
    "start_date": "2008-01-20",
    "ongoing": "N",
    "end_date": "2008-01-25",
    "outcome": "RECOVERED/RESOLVED",
    "related_drug_1": "Y",
    "action_drug_1": "DOSE NOT CHANGED",
    "treatment_given": "N",
    "dose_limiting": "NA",
    "serious": "N",
}


def open_questions(subject: Any) -> set[tuple[str, str]]:
    queries = Query.objects.filter(subject=subject, state="open").exclude(check_id="")
    return {(query.check_id, query.item) for query in queries}


@pytest.mark.parametrize(
    ("drug", "cohort", "sizes", "mg"),
    [
        # 60 mg/m² x 1.73 m²: the root of 166 x 65 / 3600 is 1.7313.
        ("lurbinostat", "L1", {"weight_kg": D(65), "height_cm": D(166)}, 104),
        ("lurbinostat", "L3", {"weight_kg": D(65), "height_cm": D(166)}, 173),
        # 5 x (90 + 25) = 575, to the next 10 mg.
        ("carboplatin", "L1", {"gfr_ml_min": D(90)}, 580),
        # (140 - 59) x 65 / (72 x 79.56 / 88.4) x 0.85 = 69.06; 5 x 94.06 = 470.3.
        (
            "carboplatin",
            "L1",
            {"weight_kg": D(65), "creatinine_umol_l": D("79.56"), "age": 59, "sex": "F"},
            470,
        ),
        # The same of a man: 81.25; 5 x 106.25 = 531.25.
        (
            "carboplatin",
            "L1",
            {"weight_kg": D(65), "creatinine_umol_l": D("79.56"), "age": 59, "sex": "M"},
            530,
        ),
        # (140 - 40) x 110 / (72 x 0.8) = 191, taken for 125: 5 x 150.
        (
            "carboplatin",
            "L1",
            {"weight_kg": D(110), "creatinine_umol_l": D("70.72"), "age": 40, "sex": "M"},
            750,
        ),
    ],
)
def test_full_doses_as_reckoned_by_hand(drug: str, cohort: str, sizes: dict[str, Any], mg: int) -> None:
    protocol = load(PHASE_ONE)
    assert plan(protocol, protocol.drug(drug), cohort, Sizes(**sizes))[0].mg == mg


WITHOUT_AGE = {"weight_kg": D(65), "creatinine_umol_l": D(80), "sex": "F"}


@pytest.mark.parametrize("sizes", [{}, {"weight_kg": D(65)}, WITHOUT_AGE])
def test_what_is_reckoned_by_a_size_that_is_not_known_has_no_plan(sizes: dict[str, Any]) -> None:
    protocol = load(PHASE_ONE)
    for drug in protocol.regimen.drugs:
        assert plan(protocol, drug, "L1", Sizes(**sizes)) == ()


ODD = [
    single("lurbinostat", 138, **SIZES),
    single("carboplatin", 470, weight_kg="65", creatinine_umol_l="80"),
    single("carboplatin", 470, FIRST + timedelta(7), weight_kg="65", creatinine_umol_l="80"),
    single("lurbinostat", 104, FIRST + timedelta(7)),
]
ASKED = {
    # 33 % over the dose of the first level, whatever the highest one gets.
    ("exposure-dose", "rows[1]-dose"),
    ("exposure-day", "rows[3]-start_date"),
    ("exposure-size", "rows[4]-dose"),
}


@pytest.mark.django_db
def test_doses_by_page_and_by_api_are_asked_about_alike(phase_one: PhaseOne, api: Any) -> None:
    by_import, by_api = phase_one.enrolled("L1"), phase_one.enrolled("L1")
    phase_one.dose(by_import, *ODD)
    sent = {"subject": by_api.pk, "complete": True, "record": {"any_given": "Y"}, "rows": ODD}
    answer = api(phase_one.coordinator).post("/api/v1/forms/exposure/", sent)
    assert answer.status_code == 201, answer.json()
    assert open_questions(by_import) == open_questions(by_api) == ASKED
    stored = ExposureInterval.objects.filter(case_form=answer.json()["id"]).values_list("planned_mg", flat=True)
    assert list(stored) == [104, 470, 470, None]


class Amended(CheckedCasebook):
    """Of a subject who went over to a version with half the dose on 20 January."""

    def version_on(self, day: Any) -> Protocol:
        halved = PHASE_ONE.read_text().replace("doses = { lurbinostat = 60 }", "doses = { lurbinostat = 45 }")
        return load(PHASE_ONE) if day < date(2008, 1, 20) else parse(halved.encode(), PHASE_ONE)


def test_each_dose_is_held_against_the_version_of_its_own_day() -> None:
    def row(number: int, on: date) -> dict[str, Any]:
        sizes = {"weight_kg": D(65), "height_cm": D(166)}
        given = {"treatment": "lurbinostat", "given": "Y", "dose": D(104), "frequency": "ONCE", "change": ""}
        return {"row": number, "start_date": on, "end_date": on} | sizes | given

    doses = Form("exposure", {"any_given": "Y"}, [row(1, FIRST), row(2, FIRST + timedelta(21))])
    findings = BY_ID["exposure-dose"].findings(doses, Amended([doses], "L1"))
    assert [item for item, _ in findings] == ["rows[2]-dose"]
    assert "33 % above the planned 78 mg" in findings[0][1]


@pytest.mark.django_db
def test_doses_before_consent_after_the_end_and_after_death_are_asked_about(phase_one: PhaseOne) -> None:
    subject = phase_one.enrolled("EXP")
    doses = [single("lurbinostat", 138, FIRST + timedelta(days), **SIZES) for days in (0, 7, 21)]
    phase_one.dose(subject, *doses)
    ended = {"end_date": "2008-01-20", "reason": "ADVERSE EVENT", "last_drug_1_date": "2008-01-14"}
    phase_one.fill(subject, "end_of_treatment", ended)
    phase_one.fill(subject, "death", {"death_date": "2008-01-21", "cause": "DISEASE UNDER STUDY"})
    late = {("dose-after-death", "rows[3]-start_date"), ("dose-after-end", "rows[3]-start_date")}
    assert late <= open_questions(subject)
    assert ("end-last-dose", "last_drug_1_date") in open_questions(subject)


@pytest.mark.django_db
def test_an_arm_without_a_drug_is_not_asked_for_it(phase_one: PhaseOne, api: Any) -> None:
    with_both, alone = phase_one.enrolled("L1"), phase_one.enrolled("EXP")
    client = api(phase_one.coordinator)

    def send(subject: Any, **more: Any) -> Any:
        sent = {"subject": subject.pk, "complete": True, "record": EVENT | more}
        return client.post("/api/v1/forms/adverse_event/", sent)

    assert send(alone).status_code == 201
    answer = send(with_both)
    assert answer.status_code == 400
    assert {"related_drug_2", "action_drug_2"} <= set(answer.json()["errors"])
    assert send(with_both, related_drug_2="N", action_drug_2="DOSE NOT CHANGED").status_code == 201


@pytest.mark.django_db
def test_a_first_dose_before_consent_is_asked_about(phase_one: PhaseOne) -> None:
    from endpoints.refresh import refresh_marked

    subject = phase_one.enrolled("EXP")
    phase_one.dose(subject, single("lurbinostat", 138, date(2007, 12, 19), **SIZES))
    while refresh_marked():
        pass
    queries = Query.objects.filter(subject=subject, check_id="dose-before-consent")
    assert set(queries.values_list("case_form__code", flat=True)) <= {"exposure", "consent"}
    assert queries.exists()
