"""Dose levels of any drug, in any unit: counted, advised on and shown by what the protocol escalates."""

from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from django.test import Client

from assessments.checks import CHECKS, CheckedCasebook
from assessments.checks.check import Form
from assessments.plan.fit import unfit
from protocol import load, under
from protocol.reader import parse
from safety.levels import levels, tolerated
from tests.other_trials.conftest import PHASE_ONE
from tests.other_trials.course import PhaseOne
from tests.other_trials.test_forms_of_the_disease import FOREIGN, words_of

BY_ID = {check.id: check for check in CHECKS}
TOXIC: dict[str, Any] = {"dose_limiting_toxicity": "Y", "criterion": "other_3"}


def client(user: Any) -> Client:
    made = Client()
    made.force_login(user)
    return made


def changed(*changes: tuple[str, str]) -> Any:
    text = PHASE_ONE.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return parse(text.encode(), PHASE_ONE)


def test_the_file_fits_this_program() -> None:
    assert unfit(load(PHASE_ONE)) == []


@pytest.mark.django_db
def test_levels_are_those_of_the_escalated_drug_from_the_lowest_dose_up(phase_one: PhaseOne) -> None:
    phase_one.evaluated("L1")
    phase_one.evaluated("L1", **TOXIC)
    ladder = levels()
    assert [(level.plan.code, level.drug.code, level.dose, level.drug.unit) for level in ladder] == [
        ("L1", "lurbinostat", 60, "mg/m²"),
        ("L2", "lurbinostat", 80, "mg/m²"),
        ("L3", "lurbinostat", 100, "mg/m²"),
    ]
    assert [(level.tally.dose, level.tally.evaluable, level.tally.dlts) for level in ladder] == [
        *((60.0, 2, 1), (80.0, 0, 0), (100.0, 0, 0)),
    ]
    assert ladder[0].advice["blrm"].why.count("mg/m²") == 1
    assert [level.schedule for level in tolerated(ladder)] == [None]


@pytest.mark.django_db
def test_pages_and_api_of_the_levels_speak_of_that_drug(phase_one: PhaseOne) -> None:
    phase_one.evaluated("L1")
    for address in ("/cohorts/levels/", "/cohorts/", "/protocol/"):
        page = client(phase_one.data_manager).get(address).content.decode()
        assert "urbinostat" in page
        assert not FOREIGN.search(words_of(page)), (address, FOREIGN.search(words_of(page)))
        text = " ".join(words_of(page).split())
        assert "None" not in text, text[max(0, text.find("None") - 200) : text.find("None") + 50]
    rows = client(phase_one.data_manager).get("/api/v1/dose-levels/").json()
    assert [(row["drug"], row["dose"], row["unit"], row["schedule"]) for row in rows] == [
        ("lurbinostat", "60.00", "mg/m²", None),
        ("lurbinostat", "80.00", "mg/m²", None),
        ("lurbinostat", "100.00", "mg/m²", None),
    ]
    assert rows[0]["evaluable"] == 1
    cohorts = {row["code"]: row for row in client(phase_one.data_manager).get("/api/v1/cohorts/").json()}
    assert cohorts["L2"]["doses"] == [
        {"drug": "lurbinostat", "label": "Lurbinostat", "dose": "80.00", "unit": "mg/m²"},
        {"drug": "carboplatin", "label": "Carboplatin", "dose": "5.00", "unit": "mg/mL·min"},
    ]
    assert [row["drug"] for row in cohorts["EXP"]["doses"]] == ["lurbinostat"]
    assert "everolimus" not in str(cohorts) + str(rows)


@pytest.mark.django_db
def test_a_committee_decides_on_them(phase_one: PhaseOne) -> None:
    from cohorts.models import Cohort
    from safety.models import LevelDecision
    from safety.services import considered_now, decide_level
    from tests.cast import actor

    phase_one.evaluated("L1")
    figures, seen = considered_now()
    assert (figures[0]["drug"], figures[0]["dose"], figures[0]["unit"]) == ("Lurbinostat", "60", "mg/m²")
    made = decide_level(
        cohort=Cohort.objects.get(code="L2"),
        decision=LevelDecision.DE_ESCALATE,
        decided_on=date(2008, 2, 1),
        participants="The committee",
        rationale="Caution",
        seen=seen,
        signed_by=phase_one.data_manager,
        by=actor(phase_one.data_manager, "data_manager"),
    )
    assert made.considered[1]["dose"] == "80"
    now = Cohort.objects.filter(code__in=["L1", "L2", "L3"]).order_by("code")
    assert [cohort.is_open for cohort in now] == [True, False, False]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('drug = "lurbinostat"\ntarget', 'drug = "x"\ntarget', "escalation.drug: unknown drug x"),
        ('drug = "lurbinostat"\ntarget', 'drug = "carboplatin"\ntarget', "gives 5 mg/mL·min, no more than L1 below it"),
        ("doses = { lurbinostat = 80 }\nplanned = 6", "doses = { lurbinostat = 50 }\nplanned = 6", "no more than L1"),
        ("dose_level = 2\n", "", "cohorts.L2.dose_level: missing, and it is one of several dose levels"),
        (
            "{ reference_dose",
            '{ schedule = "daily", reference_dose',
            "priors: none without a schedule, as the cohort L1",
        ),
    ],
)
def test_levels_that_cannot_be_advised_on_are_refused(old: str, new: str, words: str) -> None:
    from protocol import ProtocolError

    with pytest.raises(ProtocolError) as refused:
        parse(PHASE_ONE.read_text().replace(old, new, 1).encode(), PHASE_ONE, unfit)
    assert words in str(refused.value)


def test_two_schedules_of_a_drug_are_two_ladders() -> None:
    two = changed(
        ("dose_level = 2\n", 'dose_level = 1\nschedule = "weekly"\n'),
        ("priors = [\n", 'priors = [\n  { schedule = "weekly", reference_mg = 80, mean_log_alpha = -0.8, '
         "sd_log_alpha = 2, mean_log_beta = 0, sd_log_beta = 1 },\n"),
    )  # fmt: skip
    assert unfit(two) == []
    assert [(level.code, level.schedule) for level in two.dose_levels()] == [
        ("L1", None),
        ("L2", "weekly"),
        ("L3", None),
    ]


def test_blood_counts_that_limit_the_dose_are_those_of_the_cycle_of_any_drug() -> None:
    first = date(2008, 1, 7)
    row = {"row": 1, "treatment": "lurbinostat", "given": "Y", "start_date": first, "end_date": first}
    doses = Form("exposure", {"any_given": "Y"}, [row], pk=1)
    verdict = Form("dlt_evaluation", {"evaluation_date": first + timedelta(21), "dose_limiting_toxicity": "N"}, pk=2)
    counts = [{"analyte": "PLAT", "grade": 4}]
    for days, questions in ((10, ["Platelets were of grade 4 on 17 Jan 2008"]), (-3, [])):
        sample = Form("haematology", {"sample_date": first + timedelta(days)}, counts, pk=3)
        with under(load(PHASE_ONE)):
            findings = BY_ID["dlt-blood"].findings(verdict, CheckedCasebook([doses, verdict, sample], "L1"))
        assert [text.partition(",")[0] for _, text in findings] == questions
    assert "exposure" in BY_ID["dlt-blood"].reads


def test_the_evaluation_asks_by_the_cycles_and_the_part_of_the_rule() -> None:
    from assessments.items import items_of
    from assessments.models import DltEvaluation

    with under(changed(("[dlt]\ncycle = 1", "[dlt]\ncycle = 2"))):
        items = {field.name: (str(field.verbose_name), item.expected) for field, item in items_of(DltEvaluation)}
    assert items["cycle_completed"][0] == "Cycles 1 to 2 observed"
    assert items["everolimus_percent"] == ("Lurbinostat taken of what was planned for cycles 1 to 2", (80, 100))
    assert items["dose_limiting_toxicity"][0] == "Dose-limiting toxicity in cycles 1 to 2"


def test_toxicity_of_the_first_of_two_cycles_counts() -> None:
    first = date(2008, 1, 7)
    row = {"row": 1, "treatment": "lurbinostat", "given": "Y", "start_date": first, "end_date": first}
    doses = Form("exposure", {"any_given": "Y"}, [row], pk=1)
    verdict = Form("dlt_evaluation", {"evaluation_date": first + timedelta(42), "dose_limiting_toxicity": "N"}, pk=2)
    sample = Form("haematology", {"sample_date": first + timedelta(10)}, [{"analyte": "PLAT", "grade": 4}], pk=3)
    with under(changed(("[dlt]\ncycle = 1", "[dlt]\ncycle = 2"))):
        assert BY_ID["dlt-blood"].findings(verdict, CheckedCasebook([doses, verdict, sample], "L1"))


def test_the_rule_of_evaluability_names_its_drug() -> None:
    evaluation = {"dose_limiting_toxicity": "N", "cycle_completed": "Y", "everolimus_percent": D(70), "evaluable": "Y"}
    with under(load(PHASE_ONE)):
        findings = BY_ID["dlt-evaluable"].findings(Form("dlt_evaluation", evaluation))
    assert [text for _, text in findings] == [
        "By the protocol's rule (70 % of lurbinostat, cycle completed) the subject is not evaluable."
    ]
