"""Dose guidance: what the protocol file foresees at each grade, on both sides, and how it stands beside the form."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import acting
from assessments.arithmetic.dose_guidance import GuidanceFinding, Last, gaps, last_due, steps, used
from assessments.models import AdverseEvent, CaseForm, LaboratoryResult
from assessments.pages.guidance import guidance_of
from cohorts.models import Subject
from laboratory.services import add_range
from protocol import ProtocolError, current, load
from tests.cast import SETUP, Trial, actor
from tests.laboratory.samples import SERUM, rows
from tests.safety.conftest import EVENT
from values.dates import shown_date

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


def sample(subject: Any, on: str, grade: int, state: str = "complete", analyte: str = "NEUT") -> None:
    with acting(SETUP):
        form = CaseForm.objects.create(subject=subject, code="haematology", state=state)
        LaboratoryResult.objects.create(
            case_form=form, row=3, analyte=analyte, value="0.8", unit="10^9/L", sampled_on=on, grade=grade
        )


def guidance(client: Any, subject: Any, code: str) -> str:
    answer = client.get(f"/subjects/{subject.pk}/guidance/{code}/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_last_complete_result_counts(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    assert "without a grade; there is no earlier grade." in guidance(desk, subject, "infusion")
    sample(subject, "2008-02-01", 4)
    sample(subject, "2008-02-08", 3)
    sample(subject, "2008-02-10", 4, state="draft")
    page = guidance(desk, subject, "infusion")
    assert "<strong>Delay</strong>: until grade 2 or better, then the same dose." in page
    assert "grade 3, 8 Feb 2008" in page
    assert "Doses: 80 mg/m², then 70 mg/m², then 60 mg/m²." in page
    assert "Delayed or stopped, never reduced." in page
    assert "<strong>Interrupt</strong>" in guidance(desk, subject, "everolimus")


def test_an_event_counts_while_it_is_there(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    form = trial.fill(subject, "adverse_event", EVENT)
    page = guidance(desk, subject, "everolimus")
    assert f"{PNEUMONITIS}, grade 3, 20 Jan 2008" in page
    assert "Doses: 10 mg daily, then 5 mg daily, then 5 mg every other day, then stopped." in page
    over = {"ongoing": "N", "end_date": "2008-02-01", "outcome": "RECOVERED/RESOLVED"}
    trial.fill(subject, "adverse_event", EVENT | over, case_form=form, reason="over")
    assert PNEUMONITIS not in guidance(desk, subject, "everolimus")


@pytest.mark.parametrize(
    ("words", "considered"),
    [("Febrile neutropenia", True), ("FEBRILE NEUTROPENIA", True), ("Fever with few white cells", False)],
)
def test_an_event_without_a_term_of_the_ctcae_counts_by_its_words_or_is_said_not_to(
    trial: Trial, desk: Any, words: str, considered: bool
) -> None:
    subject = trial.treated_subject()
    form = trial.fill(subject, "adverse_event", EVENT | {"term": words, "dictionary_term": ""})
    with acting(SETUP):
        AdverseEvent.objects.update(dictionary_term="", dictionary="", term_code="")
    page = guidance(desk, subject, "infusion")
    assert ("Febrile neutropenia, grade 3" in page) is considered
    assert ("1 open event has no term of CTCAE 3.0: not considered." in page) is not considered
    assert (f'href="/forms/{form.pk}/"' in page) is not considered
    assert words not in page or considered


def test_an_event_coded_by_another_version_of_the_ctcae_counts_where_this_one_has_its_term(
    trial: Trial, desk: Any
) -> None:
    subject = trial.treated_subject()
    trial.fill(subject, "adverse_event", EVENT)
    words = {"term": "Low count", "dictionary_term": "", "start_date": "2008-01-11"}
    other = trial.fill(subject, "adverse_event", EVENT | words)
    with acting(SETUP):
        AdverseEvent.objects.update(dictionary="CTCAE 5.0", dictionary_term="Febrile neutropenia")
        AdverseEvent.objects.filter(pk=other.pk).update(dictionary_term="Neutrophil count decreased")
    page = guidance(desk, subject, "infusion")
    assert "Febrile neutropenia, grade 3" in page
    assert "1 open event has no term of CTCAE 3.0: not considered." in page
    assert "Neutrophil count decreased, grade 3, 11 Jan 2008" in page


def test_events_coded_with_another_dictionary_are_named_by_their_term(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    for day in ("10", "11"):
        trial.fill(subject, "adverse_event", EVENT | {"start_date": f"2008-01-{day}"})
    with acting(SETUP):
        AdverseEvent.objects.update(dictionary="MedDRA 10.0", dictionary_term="Interstitial lung disease")
    page = guidance(desk, subject, "everolimus")
    assert "2 open events have no term of CTCAE 3.0: not considered." in page
    assert "Interstitial lung disease, grade 3, 10 Jan 2008" in page
    assert PNEUMONITIS not in page


def at_day(client: Any, subject: Any, code: str = "C1D8") -> str:
    visit = subject.visits.get(code=code)
    return " ".join(client.get(f"/subjects/{subject.pk}/guidance/infusion/?visit={visit.pk}").content.decode().split())


@pytest.mark.parametrize(("days", "is_early"), [(0, False), (2, False), (3, True), (7, True)])
def test_a_count_is_that_of_the_day_if_it_is_not_too_early(trial: Trial, desk: Any, days: int, is_early: bool) -> None:
    subject = trial.treated_subject()
    day_8 = subject.visits.get(code="C1D8").target_date
    sample(subject, (day_8 - timedelta(days)).isoformat(), 4)
    page = at_day(desk, subject)
    assert "<strong>Delay</strong>" in page
    due = f"a newer result was due on {shown_date(day_8)} (Cycle 1, day 8)."
    assert (due in page) is is_early


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


def at_visit(client: Any, subject: Any, code: str, *counts: str, chemistry: str) -> str:
    for analyte, visits in (("NEUT", counts), ("PLAT", counts), ("BILI", (chemistry,))):
        for visit in visits:
            sample(subject, subject.visits.get(code=visit).target_date.isoformat(), 0, analyte=analyte)
    return at_day(client, subject, code)


def test_chemistry_of_day_1_is_used_on_day_15_and_its_day_is_said(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    page = at_visit(desk, subject, "C1D15", "C1D8", "C1D15", chemistry="C1D1")
    assert "Dose guidance: no dose change indicated" in page and "cannot" not in page
    day_15, day_1 = (shown_date(subject.visits.get(code=code).target_date) for code in ("C1D15", "C1D1"))
    assert f"Neutrophils of {day_15}; Platelets of {day_15}; Bilirubin, total of {day_1}." in page


def test_a_count_that_was_due_on_the_day_and_is_missing_is_named(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    page = at_visit(desk, subject, "C1D15", "C1D8", chemistry="C1D1")
    assert "Dose guidance: cannot be determined" in page
    day_15, day_8 = (shown_date(subject.visits.get(code=code).target_date) for code in ("C1D15", "C1D8"))
    for label in ("Neutrophils", "Platelets"):
        assert f"{label}: graded last on {day_8}; a newer result was due on {day_15} (Cycle 1, day 15)." in page
    assert "Bilirubin, total:" not in page


def test_chemistry_of_the_last_cycle_is_too_old(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    page = at_visit(desk, subject, "C2D8", "C2D8", chemistry="C1D1")
    day_1, due = (shown_date(subject.visits.get(code=code).target_date) for code in ("C1D1", "C2D1"))
    assert "Dose guidance: cannot be determined" in page
    assert f"Bilirubin, total: graded last on {day_1}; a newer result was due on {due} (Cycle 2, day 1)." in page
    assert "Neutrophils:" not in page


def test_on_day_22_nothing_is_due_and_trastuzumab_alone_is_guided(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    page = at_visit(desk, subject, "C1D22", "C1D15", chemistry="C1D1")
    assert "cannot" not in page and "<h3>Trastuzumab</h3>" in page and "<h3>Paclitaxel</h3>" not in page
    everolimus = desk.get(f"/subjects/{subject.pk}/guidance/everolimus/?visit={subject.visits.get(code='C1D22').pk}")
    # Everolimus looks at lipids and glucose too, of which none was measured on day 1.
    words = " ".join(everolimus.content.decode().split())
    assert "Glucose" in words, words
    assert "Neutrophils:" not in words, words


def test_no_change_is_said_only_when_every_result_of_the_rules_is_there_and_fresh(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    visit = subject.visits.get(code="C1D8")
    page = at_day(desk, subject)
    assert "Dose guidance: cannot be determined" in page and "Whether the dose changes cannot be determined:" in page
    # trastuzumab's rules look at events alone
    assert page.count("No dose change indicated.") == 1
    for analyte in ("NEUT", "PLAT", "BILI"):
        assert "Dose guidance: cannot be determined" in at_day(desk, subject)
        sample(subject, visit.target_date.isoformat(), 0, analyte=analyte)
    page = at_day(desk, subject)
    assert "Dose guidance: no dose change indicated" in page and page.count("No dose change indicated.") == 2
    assert "cannot" not in page


def test_an_event_that_is_not_complete_keeps_the_rules_from_saying_that_nothing_changes(
    trial: Trial, desk: Any
) -> None:
    subject = trial.treated_subject()
    form = trial.fill(subject, "adverse_event", EVENT | {"grade": ""}, complete=False)
    page = guidance(desk, subject, "infusion")
    assert "1 event is not complete yet: not considered." in page and f'href="/forms/{form.pk}/"' in page
    assert "No dose change indicated" not in page


def test_results_of_after_the_day_are_left_out(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    day_8 = subject.visits.get(code="C1D8").target_date
    sample(subject, (day_8 + timedelta(1)).isoformat(), 4)
    assert "<strong>Delay</strong>" not in at_day(desk, subject)


@pytest.mark.parametrize(
    ("later", "words"),
    [
        (
            {"value": None, "not_done": "SAMPLE NOT USABLE"},
            "Neutrophils of 14 Jan 2008: not done (sample not usable); the grade of 12 Jan 2008 is taken.",
        ),
        ({"value": "0.4"}, "Neutrophils 0.4 10⁹/L of 14 Jan 2008: without a grade; the grade of 12 Jan 2008 is taken."),
    ],
)
def test_a_later_result_that_has_no_grade_is_named(trial: Trial, desk: Any, later: dict[str, Any], words: str) -> None:
    subject = trial.treated_subject()
    day_8 = subject.visits.get(code="C1D8").target_date
    sample(subject, (day_8 - timedelta(2)).isoformat(), 3)
    assert words not in at_day(desk, subject)
    with acting(SETUP):
        form = CaseForm.objects.create(subject=subject, code="haematology", state="complete")
        LaboratoryResult.objects.create(
            case_form=form, row=3, analyte="NEUT", unit="10^9/L", sampled_on=day_8, grade=None, **later
        )
    page = at_day(desk, subject)
    assert words in page
    assert "<strong>Delay</strong>" in page


def test_it_stands_beside_the_dosing_forms_and_costs_the_same_with_many_findings(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    infusion = subject.forms.get(code="infusion")
    assert f"/subjects/{subject.pk}/guidance/infusion/" in desk.get(f"/forms/{infusion.pk}/").content.decode()

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            guidance(desk, subject, "infusion")
        return len(seen)

    cost()
    sample(subject, "2008-02-01", 4)
    few = cost()
    for day in range(10, 15):
        sample(subject, f"2008-02-{day}", 3)
        trial.fill(subject, "adverse_event", EVENT | {"start_date": f"2008-01-{day}"})
    assert cost() == few


def test_other_forms_have_no_guidance(trial: Trial, desk: Any) -> None:
    assert desk.get(f"/subjects/{trial.treated_subject().pk}/guidance/death/").status_code == 404


def test_once_treatment_has_ended_only_a_named_day_is_guided(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    with acting(SETUP):
        Subject.objects.filter(pk=subject.pk).update(status="follow_up")
    ended = "treatment has ended, no dose is to come"
    assert ended in guidance(desk, subject, "everolimus")
    assert ended not in at_day(desk, subject)
