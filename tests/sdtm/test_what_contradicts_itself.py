"""Rows that contradict themselves or each other, and values that cannot be: listed, and no statement by silence."""

import copy
import json
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.models import CaseForm, Demography, ExposureInterval, TumourAssessment
from cohorts.models import Subject
from endpoints.models import Outcome
from review.models import Query
from tests.sdtm.study import WEEK_8, WEEK_16, _ds, _rs, _tr, _tu, contacts, data, facts

pytestmark = pytest.mark.django_db

FIRST, SECOND = "X-701-1001", "X-701-1002"
NEXT_CENTURY = "2099-01-01"
Rows = list[dict[str, Any]]


def lines(study: Any, domain: str, row: int) -> list[tuple[str, str]]:
    listed = [line for line in study.report() if (line["domain"], line["row"]) == (domain, str(row))]
    return [(line["variable"], line["why"]) for line in listed]


def came(study: Any, kind: str = "csv", **changed: Rows) -> None:
    study.write(kind, data() | changed)
    assert "0 were not taken" in study.run()


def edited(domain: str, place: int, **values: Any) -> dict[str, Rows]:
    rows = data()[domain]
    rows[place] |= values
    return {domain: rows}


def assessments() -> list[tuple[str, str]]:
    forms = TumourAssessment.objects.filter(case_form__subject__source_id=FIRST).order_by("pk")
    return [(form.assessment_date, form.overall_response) for form in forms]


def doses() -> list[tuple[str, str, str, str]]:
    intervals = ExposureInterval.objects.filter(case_form__subject__source_id=FIRST).order_by("row")
    return [(str(row.start_date), str(row.end_date or ""), row.given, row.dose_unit) for row in intervals]


@pytest.mark.parametrize(
    ("domain", "place", "variable"),
    [
        *[("dm", 0, name) for name in ("RFSTDTC", "RFPENDTC", "DTHDTC", "DMDTC")],
        *[("ex", 0, "EXENDTC"), ("ds", 1, "DSSTDTC"), ("tu", 0, "TUDTC"), ("tr", 6, "TRDTC"), ("rs", 0, "RSDTC")],
    ],
)
def test_a_date_to_come_is_listed_and_takes_nothing_else_with_it(
    study: Any, domain: str, place: int, variable: str
) -> None:
    came(study, **edited(domain, place, **{variable: NEXT_CENTURY}))
    assert (variable, "1 Jan 2099 is in the future.") in lines(study, domain.upper(), place + 1)
    assert str(Subject.objects.get(source_id=FIRST).first_dose_date) == "2014-01-02"
    assert assessments() == [("2014-02-26", "PR"), ("2014-04-23", "PD")]


def test_nobody_is_alive_by_a_death_that_is_still_to_come(study: Any) -> None:
    came(study, **edited("dm", 0, DTHDTC=NEXT_CENTURY))
    assert contacts(FIRST) == [("2014-05-02", "ALIVE")]
    assert CaseForm.objects.get(subject__source_id=FIRST, code="death").state == "draft"


def test_a_death_without_a_date_is_asked_about_at_its_draft(study: Any) -> None:
    came(study, **edited("dm", 0, DTHDTC=""))
    query = Query.objects.get(case_form__code="death")
    assert (query.subject.source_id, query.item, query.state) == (FIRST, "death_date", "open")
    assert query.text.endswith("when was it?")
    assert query.steps.get().actor_name.startswith("carla")


def test_a_death_with_a_date_is_not_asked_about(study: Any) -> None:
    came(study)
    assert not Query.objects.filter(case_form__code="death", item="death_date").exists()


@pytest.mark.parametrize("flag", ["X", "U", "1"])
def test_a_flag_of_death_that_says_nothing_makes_nobody_alive(study: Any, flag: str) -> None:
    came(study, **edited("dm", 1, DTHFL=flag))
    assert contacts(SECOND) == []
    assert ("DTHFL", f"“{flag}” does not say whether the subject died") in lines(study, "DM", 2)
    assert any(variable == "RFPENDTC" for variable, _ in lines(study, "DM", 2))


def test_who_was_seen_in_the_year_of_the_death_was_alive_then(study: Any) -> None:
    came(study, **edited("dm", 0, DTHDTC="2014"))
    assert contacts(FIRST) == [("2014-05-02", "ALIVE")]
    assert Outcome.objects.get(subject__source_id=FIRST).derivation["os"]["event"]


def test_an_end_of_participation_after_the_death_is_listed(study: Any) -> None:
    came(study)
    assert lines(study, "DM", 1) == [("RFPENDTC", "it is after the day of the death, 2014-09-14")]


def test_a_death_dated_otherwise_is_no_row_that_was_taken(study: Any) -> None:
    datasets = data()
    datasets["dm"][1] |= {"DTHFL": "Y", "DTHDTC": "2014-08-20"}
    came(study, dm=datasets["dm"], ds=[*datasets["ds"], _ds("1002", 9, "OTHER EVENT", "DEATH", "2014-08-01")])
    (line,) = [line for line in study.report() if (line["domain"], line["row"]) == ("DS", "6")]
    assert (line["what"], line["why"]) == ("row not taken", "the death is dated 2014-08-01 here; 2014-08-20 was taken")


@pytest.mark.parametrize("partial", ["2014", "2014-02"])
def test_a_partial_date_of_a_response_is_the_day_of_the_scan_that_it_may_be(study: Any, partial: str) -> None:
    came(study, **edited("rs", 0, RSDTC=partial))
    assert assessments() == [("2014-02-26", "PR"), ("2014-04-23", "PD")]


def test_a_lesion_seen_in_the_year_of_the_assessment_does_not_move_it(study: Any) -> None:
    came(study, **edited("tr", 6, TRDTC="2014"))
    derived = Outcome.objects.get(subject__source_id=FIRST).derivation["assessments"]
    assert [(assessment["date"], assessment["derived"]) for assessment in derived] == [
        ("2014-02-26", "PR"),
        ("2014-04-23", "PD"),
    ]


def test_assessments_are_saved_in_the_order_of_their_days_also_of_partial_ones(study: Any) -> None:
    rs = [_rs("OVRLRESP", "SD", ("", "", "2014-03")), _rs("OVRLRESP", "NE", ("", "", "2014-03-20"))]
    came(study, rs=[*data()["rs"], *rs])
    assert [on for on, _ in assessments()] == ["2014-02-26", "2014-03", "2014-03-20", "2014-04-23"]


def test_a_visit_spelled_otherwise_is_the_numbered_one_of_its_day(study: Any) -> None:
    rs = [row | {"VISITNUM": None, "VISIT": row["VISIT"].title().replace(" ", "-")} for row in data()["rs"]]
    came(study, rs=rs)
    assert assessments() == [("2014-02-26", "PR"), ("2014-04-23", "PD")]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"TRSTRESC": "52.4"}, ("", "TRSTRESN is 25.4 mm and TRSTRESC 52.4 mm")),
        ({"TRSTAT": "NOT DONE"}, ("TRSTRESC", "TRSTAT says that it was not done, which counts")),
    ],
)
def test_a_size_that_is_told_in_two_ways_is_none(study: Any, values: dict[str, Any], why: tuple[str, str]) -> None:
    came(study, **edited("tr", 6, **values))
    assert why in lines(study, "TR", 7)
    results = CaseForm.objects.filter(code="tumour").order_by("pk")[0].lesion_results.filter(lesion__label="T01")
    assert all(not row.diameters_mm for row in results)


def test_a_response_that_was_not_done_is_not_evaluable_and_its_value_listed(study: Any) -> None:
    came(study, **edited("rs", 0, RSSTAT="NOT DONE"))
    assert assessments()[0] == ("2014-02-26", "NE")
    assert ("RSSTRESC", "RSSTAT says that it was not done, which counts") in lines(study, "RS", 1)


def test_a_response_that_is_stated_as_not_evaluable_and_not_done_needs_no_word(study: Any) -> None:
    came(study, **edited("rs", 0, RSSTRESC="NE", RSSTAT="NOT DONE"))
    assert assessments()[0] == ("2014-02-26", "NE")
    assert lines(study, "RS", 1) == []


@pytest.mark.parametrize("unit", ["centimeters", "CENTIMETRE", "cm"])
def test_units_in_full_words_are_units(study: Any, unit: str) -> None:
    came(study, **edited("tr", 6, TRSTRESN=2.5, TRSTRESC="2.5", TRSTRESU=unit))
    form = CaseForm.objects.filter(code="tumour").order_by("pk")[0]
    assert str(form.lesion_results.get(lesion__label="T01").diameters_mm[0]) == "25.00"


@pytest.mark.parametrize(
    ("values", "first"),
    [
        ({"EXDOSU": "x" * 300}, ("2014-01-02", "2014-01-16", "Y", "")),
        ({"EXDOSE": "99999999999"}, ("2014-01-02", "2014-01-16", "Y", "mg")),
        ({"EXENDTC": "2014-01-01"}, ("2014-01-02", "", "Y", "mg")),
    ],
)
def test_a_dose_stays_without_the_value_that_is_wrong(study: Any, values: dict[str, Any], first: Any) -> None:
    came(study, **edited("ex", 0, **values))
    assert [variable for variable, _ in lines(study, "EX", 1)] == list(values)
    assert doses()[0] == first


def test_less_than_nothing_was_not_given(study: Any) -> None:
    came(study, **edited("ex", 0, EXDOSE="-54"))
    assert ("EXDOSE", "“-54” does not say whether the drug was given") in lines(study, "EX", 1)
    assert [start for start, *_ in doses()] == ["2014-01-17"]


def test_a_dose_that_was_given_and_was_not_is_remarked(study: Any) -> None:
    rows = data()["ex"]
    came(study, ex=[*rows, rows[0] | {"EXOCCUR": "N"}])
    remarks = [why for row in (1, 4) for _, why in lines(study, "EX", row)]
    assert len(remarks) == 1 and "says otherwise of whether it was given on that day" in remarks[0]


@pytest.mark.parametrize(("age", "unit"), [("63.4", "YEARS"), ("63,9", "YRS"), ("760", "MONTHS")])
def test_an_age_is_kept_in_completed_years(study: Any, age: str, unit: str) -> None:
    came(study, **edited("dm", 0, AGE=age, AGEU=unit))
    assert Demography.objects.get(case_form__subject__source_id=FIRST).age == 63
    assert ("", f"an age of {age} {unit.lower()}: kept in completed years") in lines(study, "DM", 1)


@pytest.mark.parametrize("category", ["RECIST 1.1 - INVESTIGATOR", "RECIST 1.1 CRITERIA", "RECIST (INVESTIGATOR)"])
def test_who_judged_is_no_other_criterion(study: Any, category: str) -> None:
    came(study, rs=[row | {"RSCAT": category} for row in data()["rs"]])
    assert [response for _, response in assessments()] == ["PR", "PD"]


@pytest.mark.parametrize("category", ["MODIFIED RECIST 1.1", "RECIST 1.1 MODIFIED FOR HCC", "RECIST 1.0 CRITERIA"])
def test_a_modified_criterion_is_another_one(study: Any, category: str) -> None:
    came(study, **edited("rs", 0, RSCAT=category))
    assert lines(study, "RS", 1) == [("RSCAT", f"{category} is another criterion than RECIST 1.1")]


@pytest.mark.parametrize(
    ("variable", "value"), [("VISIT", "x" * 300), ("VISIT", "a\0b"), ("DSTERM", "a\ud800b"), ("DSTERM", "\0")]
)
def test_a_text_that_the_record_cannot_hold_costs_no_subject(study: Any, variable: str, value: str) -> None:
    datasets = data() | edited("ds", 1, **{variable: value})
    came(study, "json", ds=datasets["ds"])
    assert CaseForm.objects.get(subject__source_id=FIRST, code="end_of_treatment").state == "complete"


def tangled() -> dict[str, Rows]:
    """The study with rows that repeat others, and with rows that contradict them."""
    tables = data()
    tables["rs"] += [_rs("OVRLRESP", "PD", WEEK_8), copy.deepcopy(tables["rs"][0]), _rs("NEWLPROG", "N", WEEK_16)]
    tables["tr"] += [_tr("T01", "LDIAM", 31.0, WEEK_8), _tr("t1", "LDIAM", 25.4, ("", "Week-8", WEEK_8[2]))]
    tables["tu"] += [_tu("T01", "TARGET", "LUNG", WEEK_8), _tu("T02", "NON-TARGET", "LIVER", WEEK_16)]
    tables["ex"] += [tables["ex"][0] | {"EXOCCUR": "N"}, tables["ex"][2] | {"EXDOSE": 54.0}]
    tables["ds"] += [_ds("1001", 1, "OTHER EVENT", "DEATH", "2014-09"), _ds("1001", 1, "", "DIED", "2014-09-20")]
    tables["ds"] += [_ds("1002", 4, "DISPOSITION EVENT", "ADVERSE EVENT", "2014-03-02")]
    return tables


class RunUndone(Exception):
    """Takes a run back."""


def what_came(study: Any, datasets: dict[str, Rows]) -> tuple[list[str], list[list[str]]]:
    """The record after a run, and what was listed of which values; the run itself is taken back."""
    result: Any = None
    try:
        with transaction.atomic():
            study.write("csv", datasets)
            study.run()
            listed = [[line[name] for name in ("what", "USUBJID", "domain", "value")] for line in study.report()]
            result = facts(), sorted(listed)
            raise RunUndone
    except RunUndone:
        (study.folder / "not_taken.csv").unlink()
    return result


def test_the_order_of_rows_changes_nothing_even_of_contradicting_ones(study: Any) -> None:
    base = what_came(study, tangled())
    assert base[1]

    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.fixed_dictionaries({name: st.permutations(range(len(rows))) for name, rows in tangled().items()}))
    def holds(orders: dict[str, list[int]]) -> None:
        rows = tangled()
        assert (
            what_came(study, {name: [rows[name][place] for place in order] for name, order in orders.items()}) == base
        )

    holds()


def test_a_date_that_stays_unread_is_never_a_row_that_is_gone(study: Any) -> None:
    """A corrected file is not taken over a record that is there, and says what it would have changed."""
    came(study, **edited("dm", 0, DTHDTC="01MAY2014"))
    study.write("csv", data())
    output = study.run()
    assert "nothing was changed" in output
    assert "The files differ from what was imported before" in output
    assert json.dumps(contacts(FIRST)) == json.dumps([("2014-05-02", "ALIVE")])
