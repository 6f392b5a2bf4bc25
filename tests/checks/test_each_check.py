"""Every check on both sides of its limit: forms as values in, questions out."""

from datetime import date

import pytest

from assessments.checks import ACROSS, CHECKS, OWN, CheckedCasebook, Form
from assessments.checks.days import before, shown
from tests.checks.cases import CASES
from tests.checks.made import BY_ID, dose, everolimus, findings_at, findings_in_cohort
from tests.other_trials.cases import IDS as OF_OTHER_TRIALS


@pytest.mark.requirement("ICH E6(R3) 4.2.1")
@pytest.mark.parametrize(("check_id", "odd", "fine"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)])
def test_a_check_asks_beyond_its_limit_and_is_silent_at_it(check_id, odd, fine):
    assert len(findings_at(check_id, *odd)) == 1
    assert findings_at(check_id, *fine) == []


@pytest.mark.parametrize(("check_id", "odd", "fine"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)])
def test_a_question_names_one_of_the_items_of_its_check_at_the_form_that_it_asks_at(check_id, odd, fine):
    check = BY_ID[check_id]
    (question,) = findings_at(check_id, *odd)
    assert not check.at or odd[0].code in check.at
    assert not check.items or any(question[0] == item or question[0].endswith(f"-{item}") for item in check.items)


@pytest.mark.parametrize(("check_id", "odd", "fine"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)])
def test_no_question_quotes_what_could_tell_who_the_subject_is(check_id, odd, fine):
    from assessments.catalogue import CATALOGUE
    from assessments.items import items_of

    ((_, text),) = findings_at(check_id, *odd)
    for form in odd:
        identifying = [field.name for field, item in items_of(CATALOGUE[form.code].record) if item.identifying]
        for value in (form[name] for name in identifying if form[name]):
            written = shown(value) if value[:4].isdecimal() and len(value) > 4 else value
            # Of a date of birth everybody reads the year.
            assert written == value[:4] or written.casefold() not in text.casefold()


@pytest.mark.requirement("ICH E6(R3) 4.2.1")
def test_every_check_has_a_case():
    assert {case[0] for case in CASES} | OF_OTHER_TRIALS == {check.id for check in (*OWN, *ACROSS)}


def test_each_check_has_a_name_of_its_own_and_a_sentence():
    assert len(BY_ID) == len(CHECKS)
    assert all(check.sentence.endswith(".") and "\n" not in check.sentence for check in CHECKS)


@pytest.mark.parametrize("check", (*OWN, *ACROSS), ids=lambda check: check.id)
def test_a_form_without_a_value_gives_no_cause_to_ask(check):
    from assessments.catalogue import CATALOGUE

    for code in check.at or CATALOGUE:
        asked_at = check.findings(Form(code, {}), CheckedCasebook([Form(code, {})]))
        assert asked_at == []


def test_checks_name_forms_and_items_that_there_are():
    from assessments.catalogue import CATALOGUE
    from assessments.items import columns_of

    for check in CHECKS:
        assert {*check.at, *check.reads} <= set(CATALOGUE)
        types = [CATALOGUE[code] for code in check.at or CATALOGUE]
        models = [model for form_type in types for model in (form_type.record, form_type.rows) if model]
        known = {field.name for model in models for field, _ in columns_of(model)} | {"", "its date"}
        assert set(check.items) <= known, check.id


def test_a_tumour_assessment_is_compared_with_no_other_form_at_its_save():
    assert not [check for check in ACROSS if check.concerns("tumour")]


@pytest.mark.parametrize(
    ("earlier", "later", "surely"),
    [
        ("2008-02", "2008-03", True),
        ("2008-03", "2008-03-01", False),
        ("2008-03-01", date(2008, 3, 2), True),
        ("2007", "2008-01-01", True),
        ("", "2008", False),
        ("2008", None, False),
    ],
)
def test_one_day_lies_before_another_only_if_every_reading_of_it_does(earlier, later, surely):
    assert before(earlier, later) is surely


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2026, 11, 3), "3 Nov 2026"), ("2026-11-03", "3 Nov 2026"), ("2026-11", "Nov 2026"), ("2026", "2026")],
)
def test_a_day_is_shown_one_way(day, words):
    assert shown(day) == words


@pytest.mark.parametrize(
    ("cohort", "mg", "frequency", "question"),
    [
        ("P1-5D", 5, "QD", ""),
        ("P1-5D", 5, "QOD", ""),
        ("P1-5D", 0, "QD", ""),
        ("P1-5D", 10, "QD", "10 mg every day is more than the dose of the cohort, Everolimus 5 mg daily."),
        ("P1-5D", 30, "EVERY WEEK", "30 mg every 7 days is no step of the protocol for Everolimus 5 mg daily."),
        ("P1-10D", 10, "QD", ""),
        ("P1-10D", 5, "QOD", ""),
        ("P1-10D", 30, "EVERY WEEK", "30 mg every 7 days is no step of the protocol for Everolimus 10 mg daily."),
        ("P1-30W", 30, "EVERY WEEK", ""),
        ("P1-30W", 30, "QD", "30 mg every day is no step of the protocol for Everolimus 30 mg weekly."),
        ("P1-30W", 10, "QD", "10 mg every day is no step of the protocol for Everolimus 30 mg weekly."),
        ("P2-10D", 5, "QD", ""),
        (
            "P2-10D",
            30,
            "EVERY WEEK",
            "30 mg every 7 days is no step of the protocol for Phase II: everolimus 10 mg daily.",
        ),
    ],
)
def test_everolimus_is_held_against_the_regimen_of_the_cohort(cohort, mg, frequency, question):
    assert findings_in_cohort(cohort, everolimus(dose(mg, frequency=frequency))) == [question] * bool(question)
