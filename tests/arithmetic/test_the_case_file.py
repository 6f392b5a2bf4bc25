"""The file of cases: what is read from each key, and the whole sentence of each complaint."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from endpoints.arithmetic import casefile
from endpoints.arithmetic.caseanswer import answer, lesion_answer
from endpoints.arithmetic.casefile import Case, CaseError
from endpoints.arithmetic.records import Assessment, Contact, Dated, Measurement, SubjectRecords
from protocol.schema import AnalysisPlan
from tests.arithmetic.build import DERIVED


def case(**more: Any) -> dict[str, Any]:
    plain = {"id": "A1", "treatment_start": "2008-01-07", "baseline": [visit(-6, 100)], "visits": [visit(57, 70)]}
    return {**plain, **more}


def visit(day: Any, size: Any, **more: Any) -> dict[str, Any]:
    return {"day": day, "targets": {"T1": size}, **more}


def read(*cases: Any, plan: AnalysisPlan = DERIVED) -> list[Case | CaseError]:
    return list(casefile.cases(casefile.load(json.dumps(cases)), plan))


def read_case(**more: Any) -> Case:
    (result,) = read(case(**more))
    assert isinstance(result, Case), result
    return result


def complaint(**more: Any) -> str:
    (result,) = read(case(**more))
    assert isinstance(result, CaseError), result
    return str(result)


def test_every_key_of_a_case_becomes_its_record() -> None:
    baseline = {"day": -6, "targets": {"T1": 30, "N1": 20}, "non_target": "PRESENT", "organs": {"N1": "lymph node"}}
    visits = [
        {
            "date": "2008-03",
            "targets": {"T1": [12, 3.5], "N1": "TSTM", "T2": 0, "T3": None, "T4": ["TSTM", 4]},
            "non_target": "NON-CR",
            "new_lesion": "EQUIVOCAL",
            "investigator": "SD",
            "finding_day": 50,
            "last_procedure_date": "2008-03-05",
            "nodes": ["T2"],
        },
        {"day": 113, "targets": None, "new_lesion": "NE", "non_target": "NONE"},
    ]
    context = {
        "death_date": "2009-02",
        "last_contact_day": 200,
        "new_therapy_day": 150,
        "clinical_pd_date": "2008-06-01",
        "cut_date": "2010-01-01",
    }
    read_from_file = read_case(baseline=[baseline], visits=visits, context=context)
    assert (read_from_file.id, read_from_file.cut, read_from_file.warnings) == ("A1", date(2010, 1, 1), ())
    assert read_from_file.records == SubjectRecords(
        ref="A1",
        treatment_start=date(2008, 1, 7),
        randomisation=date(2008, 1, 7),
        treatment_ref="treatment_start",
        baselines=(
            Assessment(
                "baseline.1",
                "2008-01-01",
                (
                    Measurement("T1", (Decimal(30),)),
                    Measurement("N1", (Decimal(20),), node=True, organ="lymph node"),
                ),
                non_target="PRESENT",
            ),
        ),
        assessments=(
            Assessment(
                "visits.1",
                "2008-03",
                (
                    Measurement("T1", (Decimal(12), Decimal("3.5"))),
                    Measurement("N1", too_small=True),
                    Measurement("T2", (Decimal(0),), absent=True, node=True),
                    Measurement("T3"),
                    Measurement("T4", (Decimal(5), Decimal(4))),
                ),
                non_target="NONCR",
                new_lesion="EQUIVOCAL",
                investigator="SD",
                finding_date="2008-02-25",
                last_procedure="2008-03-05",
            ),
            Assessment("visits.2", "2008-04-28"),
        ),
        death=Dated("2009-02", "context.death"),
        contacts=(Contact("2008-07-24", "last contact", "context.last_contact"),),
        new_therapies=(Dated("2008-06-04", "context.new_therapy"),),
        clinical_progression=Dated("2008-06-01", "context.clinical_pd"),
    )


def test_nodes_and_organs_of_the_case_hold_for_each_visit_that_names_none() -> None:
    records = read_case(nodes=["T1"], organs={"T1": "liver"}, visits=[visit(57, 9), visit(85, 9, nodes=[], organs={})])
    assert [(each.measurements[0].node, each.measurements[0].organ) for each in records.records.assessments] == [
        (True, "liver"),
        (False, ""),
    ]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        *(("CR", "CR"), ("NONCR", "NONCR"), ("NON-CR", "NONCR"), ("NON-CR/NON-PD", "NONCR")),
        *(("PRESENT", "PRESENT"), ("PD", "PD"), ("NE", "NE"), ("NONE", None), (None, None)),
    ],
)
def test_non_target_lesions_are_written_in_several_ways(written: str | None, kept: str | None) -> None:
    assert read_case(visits=[visit(57, 70, non_target=written)]).records.assessments[0].non_target == kept


def test_an_untreated_subject_has_dates_alone_and_may_lack_a_baseline() -> None:
    records = read_case(treatment_start=None, baseline=None, visits=[{"date": "2008-03-03", "targets": {"T1": 7}}])
    assert (records.records.treatment_start, records.records.baselines) == (None, ())
    assert read_case(context=None).records.contacts == ()


def test_day_and_date_may_both_stand_where_they_agree() -> None:
    assert read_case(visits=[visit(57, 70, date="2008-03-03T10:00")]).records.assessments[0].date == "2008-03-03T10:00"
    assert read_case(visits=[visit(57.0, 70)]).records.assessments[0].date == "2008-03-03"
    assert read_case(visits=[visit(1, 70)]).records.assessments[0].date == "2008-01-07"
    assert read_case(visits=[visit(-1, 70)]).records.assessments[0].date == "2008-01-06"


def test_keys_that_are_not_known_are_noted_and_remarks_are_passed_over() -> None:
    remarks = dict.fromkeys(("title", "expected", "note", "why", "description"), "as written")
    silent = read_case(**remarks, visits=[visit(57, 70, **remarks)])
    assert silent.warnings == ()
    noted = read_case(weather="fine", visits=[visit(57, 70, mood="good")], context={"moon": "full"})
    assert noted.warnings == (
        "case A1: key 'weather' in the case is not known and not used",
        "case A1: key 'moon' in context is not known and not used",
        "case A1: key 'mood' in visits 1 is not known and not used",
    )


BEGIN = "case A1: "


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"titel": 1, "vists": []}, "unknown key 'vists' in the case; was 'visits' meant?"),
        ({"context": {"deth_day": 3}}, "unknown key 'deth_day' in context; was 'death_day' meant?"),
        ({"context": [3]}, "context must be an object"),
        ({"context": {"cut_date": "2008-05"}}, "cut_date must be a full date"),
        ({"treatment_start": "2008-01"}, "treatment_start must be a full date, not '2008-01'"),
        ({"treatment_start": 8}, 'treatment_start must be a text such as "2008-05-12", not 8'),
        ({"visits": {}}, "visits must be a list"),
        ({"visits": None}, "visits must be a list"),
        ({"baseline": {}}, "baseline must be a list"),
        ({"visits": [visit(57, 70), 5]}, "visits 2 must be an object"),
        ({"visits": [visit(57, 70, new_leison="Y")]}, "unknown key 'new_leison' in visits 1; was 'new_lesion' meant?"),
        ({"visits": [visit(None, 70)]}, "visits 1: has neither a day nor a date"),
        (
            {"visits": [visit(0, 70)]},
            "visits 1: day 0 does not exist: the first dose is day 1, the day before it day -1",
        ),
        ({"visits": [visit("57", 70)]}, 'visits 1: day must be a whole number, not "57"'),
        ({"visits": [visit(57.5, 70)]}, "visits 1: day must be a whole number, not 57.5"),
        ({"visits": [visit(10**8, 70)]}, "visits 1: day 100000000 is beyond the calendar"),
        ({"visits": [visit(57, 70, date=5)]}, 'visits 1: date must be a text such as "2008-05-12", not 5'),
        (
            {"visits": [visit(57, 70, date="2008-03-04")]},
            "visits 1: day 57 is 2008-03-03, but date says 2008-03-04",
        ),
        (
            {"treatment_start": None},
            "baseline 1: day counts from the first dose, but treatment_start is null",
        ),
        ({"visits": [visit(57, 70, targets=[70])]}, "visits 1: targets must be an object of lesion and size, or null"),
        ({"visits": [visit(57, 70, nodes="T1")]}, "visits 1: nodes must be a list of lesions"),
        ({"visits": [visit(57, 70, nodes=[1])]}, "visits 1: nodes must be a list of lesions"),
        ({"visits": [visit(57, 70, organs=["T1"])]}, "visits 1: organs must be an object of lesion and organ"),
        ({"visits": [visit(57, 70, organs={"T1": 1})]}, "visits 1: organs must be an object of lesion and organ"),
        ({"visits": [visit(57, [])]}, "visits 1: lesion T1 has an empty list of fragments"),
        ({"visits": [visit(57, -0.5)]}, "visits 1: lesion T1: -0.5 mm is not between 0 and 1000"),
        ({"visits": [visit(57, 1000.5)]}, "visits 1: lesion T1: 1000.5 mm is not between 0 and 1000"),
        (
            {"visits": [visit(57, "big")]},
            'visits 1: lesion T1: "big" is not a size in mm, "TSTM", a list of fragments or null',
        ),
        (
            {"visits": [visit(57, "x" * 60)]},
            f'visits 1: lesion T1: "{"x" * 36}... is not a size in mm, "TSTM", a list of fragments or null',
        ),
        (
            {"visits": [visit(57, 70, non_target="GONE")]},
            'visits 1: non_target "GONE" is not one of CR, NONCR, NON-CR, NON-CR/NON-PD, PRESENT, PD, NE, NONE or null',
        ),
        (
            {"visits": [visit(57, 70, new_lesion=True)]},
            "visits 1: new_lesion true is not one of Y, N, EQUIVOCAL, NE or null",
        ),
        (
            {"visits": [visit(57, 70, investigator="OK")]},
            'visits 1: investigator "OK" is not one of CR, PR, SD, NON-CR/NON-PD, PD, NE or null',
        ),
    ],
)
def test_a_complaint_names_the_case_the_place_and_what_would_be_right(more: dict[str, Any], words: str) -> None:
    assert complaint(**more) == BEGIN + words


@pytest.mark.parametrize("key", ["treatment_start", "baseline", "visits"])
def test_a_key_that_every_case_needs_is_asked_for(key: str) -> None:
    (result,) = read({name: value for name, value in case().items() if name != key})
    assert str(result) == f"case A1: {key} is missing"


def test_each_case_needs_an_id_of_its_own() -> None:
    results = [str(each) for each in read(case(id=""), case(), case(), 7) if isinstance(each, CaseError)]
    assert results == [
        "case number 1: needs an id, a text that is not empty",
        "case A1: this id appears twice",
        "case number 4: needs an id, a text that is not empty",
    ]


def test_sizes_at_both_ends_are_taken() -> None:
    records = read_case(visits=[visit(57, 0), visit(85, 1000), visit(113, [0, 0])]).records
    assert [(each.measurements[0].diameters, each.measurements[0].absent) for each in records.assessments] == [
        ((Decimal(0),), True),
        ((Decimal(1000),), False),
        ((Decimal(0), Decimal(0)), True),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON: line 1, column 2: Expecting property name enclosed in double quotes"),
        ("3", 'expected an object with a list "vectors", or a list of cases'),
        ("{}", 'expected an object with a list "vectors", or a list of cases'),
        ('{"vectors": [], "params": [1]}', '"params" must be an object'),
        ('{"vectors": [], "lesion_validation": {"a": 1}}', '"lesion_validation" must be a list'),
        ("[NaN]", "NaN is not a number that can be measured or counted"),
        ("[-Infinity]", "-Infinity is not a number that can be measured or counted"),
        (
            "[1e99999999999999999999]",
            "1e99999999999999999999 is beyond any number that can be measured or counted",
        ),
        (
            f"[{'9' * 41}]",
            f"{'9' * 20}..., of 41 digits, is beyond any number that can be counted",
        ),
        ('[{"a": 1, "b": 2, "a": 3}]', "key 'a' appears twice in one object"),
        ('[{"id": "A1", "a": 1, "a": 3}]', "case A1: key 'a' appears twice in one object"),
        ("[" * 100_000, "the file is nested too deeply"),
    ],
)
def test_a_file_that_is_none_is_refused(text: str, words: str) -> None:
    with pytest.raises(CaseError) as refused:
        casefile.load(text)
    assert str(refused.value) == words


def test_numbers_are_exact_and_of_forty_digits_at_most() -> None:
    assert casefile.load("[0.1]") == {"vectors": [Decimal("0.1")]}
    assert casefile.load(f"[{'9' * 40}]")["vectors"] == [int("9" * 40)]
    assert casefile.load('{"vectors": [], "params": null, "lesion_validation": null}')["vectors"] == []


def test_an_answer_has_every_key_of_the_case_file() -> None:
    visits = [visit(113, 45), visit(57, 60), visit(169, 30.5)]
    context = {"death_day": 400, "clinical_pd_day": 200}
    (given,) = read(case(visits=visits, context=context))
    assert isinstance(given, Case)
    answered = answer(given, DERIVED)
    newer = answered.pop("v11")
    # by date 60, 45 and 30.5 of 100 mm: -40, -55 and -69.5 %
    assert answered == {
        "target": ["PR", "PR", "PR"],
        "overall": ["PR", "PR", "PR"],
        "sorted_target": ["PR", "PR", "PR"],
        "sorted_overall": ["PR", "PR", "PR"],
        "sum": [45, 60, 30.5],
        "baseline_sum": 100,
        "bor": "PR",
        "cbor": "PR",
        "cbor_accept_sd": "PR",
        "cbor_sticky_pr": "PR",
        "cb_A": "Y",
        "cb_B": "Y",
        "in_orr_measurable_set": "Y",
        "pfs": {"days": 400, "event": 1, "reason": "death"},
        "os": {"days": 400, "event": 1},
        "dor": {"days": 344, "event": 1},
        "ttr": {"days": 57, "event": 1},
        "dor_unconfirmed": {"days": 344, "event": 1},
        "ttr_unconfirmed": {"days": 57, "event": 1},
        "cbor_nact_counted": "PR",
        "pfs_nact_censored": {"days": 400, "event": 1, "reason": "death"},
        # 231 days after the last assessment: two more were planned by then
        "pfs_fda_missed2": {"days": 169, "event": 0, "reason": "event after >=2 missed assessments"},
        "pfs_fda_table_c": {"days": 200, "event": 1, "reason": "investigator-claimed progression"},
        "death_date": "2009-02-09",
        "reason": "Partial response on 3 Mar 2008, confirmed on 28 Apr 2008.",
        "words": {
            "pfs": "Death, 9 Feb 2009.",
            "os": "Death, 9 Feb 2009.",
            "dor": "First response: PR, 3 Mar 2008. Death, 9 Feb 2009.",
            "ttr": "First response: PR, 3 Mar 2008.",
        },
        "findings": [],
    }
    assert newer == answered


def test_an_answer_without_a_response_says_so_by_null() -> None:
    (given,) = read(case(baseline=[], visits=[visit(85, 5), visit(57, 7)]))
    assert isinstance(given, Case)
    answered = answer(given, DERIVED)
    assert (answered["dor"], answered["ttr"], answered["death_date"]) == (None, None, None)
    assert (answered["sum"], answered["baseline_sum"]) == ([None, None], None)
    assert (answered["cb_A"], answered["cb_B"], answered["in_orr_measurable_set"]) == ("N", "N", "N")
    assert answered["findings"] == ["No complete baseline assessment on or within 28 days before the first dose."]
    assert answered["words"] == {
        "pfs": "No adequate assessment: censored on day 1.",
        "os": "Known alive: tumour assessment, 31 Mar 2008.",
    }


def test_an_answer_by_date_differs_from_that_by_entry_and_by_version() -> None:
    (given,) = read(case(baseline=[visit(-6, 12)], visits=[visit(113, 14.4), visit(57, 12)]))
    assert isinstance(given, Case)
    answered = answer(given, DERIVED)
    assert (answered["target"], answered["sorted_target"]) == (["PD", "SD"], ["SD", "PD"])
    assert (answered["overall"], answered["sorted_overall"]) == (["PD", "SD"], ["SD", "PD"])
    # 2.4 mm are 20 %, and no 5 mm
    assert answered["v11"]["sorted_target"] == ["SD", "SD"]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            {"id": "L1", "rule": "1.1", "targets": ["liver"] * 3 + ["lung"] * 3},
            ("L1", {"valid": False, "why": "max 5 in total; max 2 per organ"}),
        ),
        ({"id": "L2", "rule": "1.0", "targets": ["liver"]}, ("L2", {"valid": True})),
        ({"id": "L3", "rule": "1.0", "ld": 20, "method": "CT"}, ("L3", {"measurable": True})),
        ({"id": "L4", "rule": "1.0", "ld": Decimal("19.9"), "method": "CT"}, ("L4", {"measurable": False})),
        ({"id": "L5", "rule": "1.1", "ld": 14, "method": "CT", "node": True}, ("L5", {"measurable": False})),
        ({"id": "L6", "rule": "1.1", "ld": 14, "method": "CT", "node": "yes"}, ("L6", {"measurable": True})),
    ],
)
def test_a_choice_of_lesions_or_a_size_has_a_verdict(entry: Any, expected: Any) -> None:
    assert lesion_answer(entry, 1) == expected


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (5, "lesion_validation number 3: needs an id"),
        ({"id": 5}, "lesion_validation number 3: needs an id"),
        ({"id": "L1", "rule": "2.0"}, 'case L1: rule must be "1.0" or "1.1"'),
        ({"id": "L1", "rule": "1.0", "targets": "liver"}, "case L1: targets must be a list of organs"),
        ({"id": "L1", "rule": "1.0", "targets": [1]}, "case L1: targets must be a list of organs"),
        (
            {"id": "L1", "rule": "1.0", "ld": True, "method": "CT"},
            "case L1: needs targets, or method (a text) and ld (mm)",
        ),
        (
            {"id": "L1", "rule": "1.0", "ld": "9", "method": "CT"},
            "case L1: needs targets, or method (a text) and ld (mm)",
        ),
        ({"id": "L1", "rule": "1.0", "ld": 9}, "case L1: needs targets, or method (a text) and ld (mm)"),
    ],
)
def test_an_entry_of_lesions_that_cannot_be_judged_is_refused(entry: Any, words: str) -> None:
    with pytest.raises(CaseError) as refused:
        lesion_answer(entry, 3)
    assert str(refused.value) == words
