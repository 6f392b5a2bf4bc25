"""Dose guidance: what the protocol file foresees at each grade, on both sides, and how long a result is current."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from assessments.arithmetic.dose_guidance import GuidanceFinding, Last, gaps, last_due, steps, used
from assessments.pages.guidance import guidance_of
from laboratory.services import add_range
from protocol import ProtocolError, current, load
from tests.cast import Trial, actor
from tests.laboratory.samples import SERUM, rows

PNEUMONITIS = "Pneumonitis/pulmonary infiltrates"


def finding(grade: int) -> GuidanceFinding:
    return GuidanceFinding("what was found", grade, "3 Nov 2008")


def codes(drug: str, laboratory: dict[str, int] | None = None, events: dict[str, int] | None = None) -> list[str]:
    triggered = steps(
        current().guidance,
        drug,
        {analyte: finding(grade) for analyte, grade in (laboratory or {}).items()},
        {term: finding(grade) for term, grade in (events or {}).items()},
    )
    return [step.rule.code for step in triggered]


@pytest.mark.parametrize(
    ("drug", "analyte", "grade", "expected"),
    [
        ("everolimus", "NEUT", 2, []),
        ("everolimus", "NEUT", 3, ["E-NEUT-3"]),
        ("everolimus", "NEUT", 4, ["E-NEUT-4"]),
        ("everolimus", "PLAT", 1, []),
        ("everolimus", "PLAT", 2, ["E-PLAT-2"]),
        ("everolimus", "PLAT", 4, ["E-PLAT-3"]),
        ("everolimus", "GLUC", 4, ["E-GLUC-4"]),
        ("paclitaxel", "NEUT", 3, ["P-NEUT-3"]),
        ("paclitaxel", "BILI", 1, []),
        ("paclitaxel", "GLUC", 4, []),
        ("trastuzumab", "NEUT", 4, []),
    ],
)
def test_a_result_asks_for_the_rule_of_its_grade(drug: str, analyte: str, grade: int, expected: list[str]) -> None:
    assert codes(drug, {analyte: grade}) == expected


@pytest.mark.parametrize(("side", "expected"), [("high", ["E-GLUC-4"]), ("low", []), ("", ["E-GLUC-4"])])
def test_too_little_sugar_is_not_treated_as_too_much(side: str, expected: list[str]) -> None:
    """One grade has two meanings; where it is not known which, the rule is shown."""
    triggered = steps(
        current().guidance, "everolimus", {"GLUC": GuidanceFinding("Glucose 1.5", 4, "3 Nov 2008", side)}, {}
    )
    assert [step.rule.code for step in triggered] == expected


@pytest.mark.parametrize(
    ("value", "expected"), [("1.5", []), ("2.0", []), ("5.1", []), ("14", ["E-GLUC-3"]), ("28", ["E-GLUC-4"])]
)
def test_the_side_of_a_stored_result_is_that_of_its_term(trial: Trial, value: str, expected: list[str]) -> None:
    """1.5 is grade 4 as 28 mmol/L is: the one is to be fed, the other stops everolimus for good."""
    subject = trial.treated_subject()
    limits = {"low": Decimal("3.9"), "high": Decimal("6.1"), "valid_from": date(2000, 1, 1)}
    add_range(site=trial.site, analyte="GLUC", unit="mmol/L", **limits, by=actor(trial.data_manager, "data_manager"))
    significant = "" if value == "5.1" else "Y"
    sugar = rows(SERUM, GLUC={"value": value, "unit": "mmol/L", "clinically_significant": significant})
    trial.fill(subject, "chemistry", {"sample_date": "2008-02-08", "fasting": "Y"}, sugar)
    [everolimus] = guidance_of(subject, "everolimus")["drugs"]
    assert [step.rule.code for step in everolimus["steps"]] == expected


@pytest.mark.parametrize(
    ("drug", "term", "grade", "expected"),
    [
        ("everolimus", PNEUMONITIS, 1, []),
        ("everolimus", PNEUMONITIS.upper(), 3, ["E-PNEUMONITIS-2"]),
        ("everolimus", PNEUMONITIS, 4, ["E-PNEUMONITIS-4"]),
        ("paclitaxel", "Neuropathy: sensory", 2, ["P-NERVE-2"]),
        ("paclitaxel", "Neuropathy: motor", 4, ["P-NERVE-4"]),
        ("trastuzumab", "Left ventricular systolic dysfunction", 2, ["T-HEART-2"]),
        ("trastuzumab", "Left ventricular systolic dysfunction", 3, ["T-HEART-3"]),
        ("trastuzumab", "Nausea", 4, []),
    ],
)
def test_an_open_event_asks_for_the_rule_of_its_grade(drug: str, term: str, grade: int, expected: list[str]) -> None:
    assert codes(drug, events={term: grade}) == expected


def test_each_finding_has_its_own_step_and_the_most_severe_comes_first() -> None:
    assert codes("everolimus", {"NEUT": 3, "TRIG": 4}, {PNEUMONITIS: 2}) == [
        "E-TRIG-4",
        "E-NEUT-3",
        "E-PNEUMONITIS-2",
    ]


def test_every_term_of_the_rules_is_a_term_of_the_ctcae() -> None:
    from terminology import ctcae

    for rule in current().guidance:
        for term in getattr(rule.trigger, "terms", ()):
            assert ctcae.exact(current().ctcae_version, term), term


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('drug = "everolimus"\ntrigger', 'drug = "aspirin"\ntrigger', "guidance.E-NEUT-3.drug: unknown drug aspirin"),
        ('analyte = "NEUT", grade = 3', 'analyte = "XYZ", grade = 3', "guidance.E-NEUT-3.trigger: unknown analyte XYZ"),
        ('analyte = "NEUT", grade = 3', 'analyte = "NEUT", grade = 5', "less than or equal to 4"),
        ('code = "E-NEUT-4"', 'code = "E-NEUT-3"', "guidance.E-NEUT-3: the code E-NEUT-3 is used 2 times"),
        (
            'grade = 2 }\naction = "delay"\ntext = "and measure',
            'grade = 2 }\naction = "reduce"\ntext = "and measure',
            "guidance.T-HEART-2.action: trastuzumab is never reduced",
        ),
    ],
)
def test_rules_that_cannot_be_are_refused(tmp_path: Any, settings: Any, old: str, new: str, problem: str) -> None:
    text = settings.PROTOCOL_FILE.read_text()
    assert old in text
    changed = tmp_path / "changed.toml"
    changed.write_text(text.replace(old, new, 1))
    with pytest.raises(ProtocolError) as refused:
        load(changed)
    assert any(problem in line for line in refused.value.problems), refused.value.problems


# Day 1 of two cycles and the days between, as the protocol file asks for samples on them.
DAYS = {"C1D1": date(2008, 1, 7), "C1D8": date(2008, 1, 14), "C1D15": date(2008, 1, 21), "C1D22": date(2008, 1, 28)}
DAYS |= {"C2D1": date(2008, 2, 4), "C2D8": date(2008, 2, 11)}
PLAN = [
    (
        code,
        day,
        ("haematology", "chemistry") if code.endswith("D1") else () if code.endswith("D22") else ("haematology",),
    )
    for code, day in DAYS.items()
]
COUNTS = ("NEUT", "PLAT")


def known(counts: str, chemistry: str, early: int = 0) -> dict[str, Last]:
    """The last count and the last chemistry, each of the day of a visit, or some days before it; "" for none."""
    last = {analyte: Last(DAYS[counts] - timedelta(early)) for analyte in COUNTS if counts}
    return last | ({"BILI": Last(DAYS[chemistry] - timedelta(early))} if chemistry else {})


@pytest.mark.parametrize(
    ("dose", "last", "reasons"),
    [
        # Chemistry is asked for on day 1 alone, and holds for the cycle.
        ("C1D1", known("C1D1", "C1D1"), []),
        ("C1D8", known("C1D8", "C1D1"), []),
        ("C1D15", known("C1D15", "C1D1"), []),
        ("C1D15", known("C1D15", "C1D1", early=2), []),
        # A count is asked for on the day, and that of the week before does not stand for it.
        (
            "C1D15",
            known("C1D8", "C1D1"),
            [
                "Neutrophils: graded last on 14 Jan 2008; a newer result was due on 21 Jan 2008 (C1D15).",
                "Platelets: graded last on 14 Jan 2008; a newer result was due on 21 Jan 2008 (C1D15).",
            ],
        ),
        # On day 22 no count is asked for: that of day 15 is current.
        ("C1D22", known("C1D15", "C1D1"), []),
        (
            "C1D22",
            known("C1D15", ""),
            ["Bilirubin, total: no result; one was due on 7 Jan 2008 (C1D1)."],
        ),
        # The chemistry of the last cycle is of the last cycle.
        (
            "C2D8",
            known("C2D8", "C1D1"),
            ["Bilirubin, total: graded last on 7 Jan 2008; a newer result was due on 4 Feb 2008 (C2D1)."],
        ),
        (
            "C2D1",
            known("C2D1", "C2D1", early=3),
            [
                "Neutrophils: graded last on 1 Feb 2008; a newer result was due on 4 Feb 2008 (C2D1).",
                "Platelets: graded last on 1 Feb 2008; a newer result was due on 4 Feb 2008 (C2D1).",
                "Bilirubin, total: graded last on 1 Feb 2008; a newer result was due on 4 Feb 2008 (C2D1).",
            ],
        ),
        ("C1D1", known("C1D1", "C1D1") | {"NEUT": Last(DAYS["C1D1"], ["Not done."])}, ["Not done."]),
        (
            "C1D1",
            {},
            [
                f"{label}: no result; one was due on 7 Jan 2008 (C1D1)."
                for label in ("Neutrophils", "Platelets", "Bilirubin, total")
            ],
        ),
    ],
)
def test_a_result_is_current_until_the_protocol_asks_for_a_newer_one(
    dose: str, last: dict[str, Last], reasons: list[str]
) -> None:
    due = last_due(current().laboratory, PLAN, DAYS[dose])
    assert gaps(current().guidance, "paclitaxel", last, due) == reasons


def test_where_no_visit_asked_for_a_sample_only_one_of_the_dose_counts() -> None:
    due = last_due(current().laboratory, [], DAYS["C1D8"])
    last = known("C1D8", "C1D1")
    assert gaps(current().guidance, "paclitaxel", last, due) == [
        "Bilirubin, total: graded last on 7 Jan 2008; a newer result was due on 14 Jan 2008 (the day of the dose)."
    ]
    assert used(current().guidance, "paclitaxel", last, due) == [
        "Neutrophils of 14 Jan 2008",
        "Platelets of 14 Jan 2008",
    ]
