"""The overall response of one assessment: the table, row by row, and what dates it."""

import pytest

from endpoints.arithmetic.recist import evaluate, overall_response
from protocol.schema import AnalysisPlan
from tests.arithmetic.build import DERIVED, INVESTIGATOR, NEWER, on, scan, subject

TABLE = """
target non-target new        at-baseline  1.0  1.1
CR     CR         Y          yes          PD   PD
SD     NONCR      Y          yes          PD   PD
NE     NE         Y          yes          PD   PD
none   CR         Y          yes          PD   PD
CR     PD         N          yes          PD   PD
NE     PD         N          yes          PD   PD
none   PD         N          yes          PD   PD
PD     CR         N          yes          PD   PD
PD     NE         -          yes          PD   PD
CR     CR         N          yes          CR   CR
CR     -          N          no           CR   CR
CR     NE         N          no           CR   CR
CR     -          N          yes          PR   PR
CR     NE         N          yes          PR   PR
CR     NONCR      N          yes          PR   PR
CR     CR         EQUIVOCAL  yes          CR   CR
PR     CR         N          yes          PR   PR
PR     NE         N          yes          PR   PR
PR     -          N          no           PR   PR
SD     NONCR      N          yes          SD   SD
SD     NE         EQUIVOCAL  yes          SD   SD
SD     -          -          no           SD   SD
NE     CR         N          yes          NE   NE
NE     -          N          no           NE   NE
none   CR         N          yes          CR   CR
none   NONCR      N          yes          SD   NON-CR/NON-PD
none   NE         N          yes          NE   NE
none   -          N          yes          NE   NE
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()[1:]]


@pytest.mark.parametrize(("target", "non_target", "new", "at_baseline", "older", "newer"), ROWS)
def test_the_first_row_that_matches_gives_the_overall_response(
    target: str, non_target: str, new: str, at_baseline: str, older: str, newer: str
) -> None:
    for version, expected in (("1.0", older), ("1.1", newer)):
        response = overall_response(
            None if target == "none" else target,
            None if non_target == "-" else non_target,
            None if new == "-" else new,
            non_target_at_baseline=at_baseline == "yes",
            version=version,
        )
        assert response == expected


def test_the_investigators_response_counts_where_the_plan_says_so_and_both_are_shown() -> None:
    records = subject(scan(57, {"T1": "30"}, investigator="SD"))
    mine, theirs = evaluate(records, DERIVED)[0], evaluate(records, INVESTIGATOR)[0]
    assert (mine.overall, mine.derived, mine.investigator) == ("PR", "PR", "SD")
    assert (theirs.overall, theirs.derived, theirs.investigator) == ("SD", "PR", "SD")


def test_an_assessment_without_the_investigators_response_is_not_evaluable_by_the_investigator() -> None:
    result = evaluate(subject(scan(57, {"T1": "30"})), INVESTIGATOR)[0]
    assert result.overall == "NE"
    assert "no overall response recorded" in result.reason


def test_disease_that_was_never_measurable_is_followed_by_its_non_target_lesions() -> None:
    records = subject(
        scan(57, non_target="NONCR"), scan(113, non_target="CR"), baselines=(scan(-6, non_target="PRESENT"),)
    )
    assert [(result.target, result.overall) for result in evaluate(records, DERIVED)] == [(None, "SD"), (None, "CR")]
    assert evaluate(records, NEWER)[0].overall == "NON-CR/NON-PD"


def test_progression_is_dated_by_its_earliest_finding_and_response_by_the_last_procedure() -> None:
    dates = {"finding_date": on(54), "last_procedure": on(60)}
    worse, better = (evaluate(subject(scan(57, {"T1": mm}, **dates)), DERIVED)[0] for mm in ("70", "30"))
    assert worse.pd_date is not None and worse.pd_date.isoformat() == on(54)
    assert (better.pd_date, better.date and better.date.isoformat()) == (None, on(60))


def progression_date(*news: str | None) -> str | None:
    scans = (scan(57 + 56 * place, {"T1": "50"}, new_lesion=new) for place, new in enumerate(news))
    dates = [result.pd_date for result in evaluate(subject(*scans), DERIVED) if result.pd_date]
    return min(dates).isoformat() if dates else None


def test_an_equivocal_lesion_proven_later_dates_progression_at_its_first_sight() -> None:
    assert progression_date("N", "EQUIVOCAL", "EQUIVOCAL", "Y") == on(113)
    assert progression_date("N", "EQUIVOCAL", None, "Y") == on(113)


def test_progression_is_dated_by_the_finding_that_proves_it_and_no_other() -> None:
    when = {"target_date": on(55), "finding_date": on(60), "last_procedure": on(61)}
    cases = ((("70", "N"), on(55)), (("50", "Y"), on(60)), (("70", "Y"), on(55)))
    for (size, new), expected in cases:
        result = evaluate(subject(scan(57, {"T1": size}, new_lesion=new, **when)), DERIVED)[0]
        assert result.pd_date is not None and result.pd_date.isoformat() == expected


def test_a_new_lesion_known_by_name_is_dated_by_its_own_first_sight() -> None:
    for first_seen, expected in ((on(57), on(57)), (on(113), on(113))):
        scans = (
            scan(57, {"T1": "50"}, new_lesion="EQUIVOCAL"),
            scan(113, {"T1": "50"}, new_lesion="Y", first_seen=first_seen),
        )
        assert str(evaluate(subject(*scans), DERIVED)[1].pd_date) == expected


def test_an_equivocal_lesion_that_went_away_is_not_the_one_proven_later() -> None:
    assert progression_date("EQUIVOCAL", "N", "Y") == on(169)


def test_two_records_on_one_date_date_progression_the_same_in_either_order() -> None:
    pairs = {("EQUIVOCAL", "N"): on(57), ("EQUIVOCAL", "Y"): on(57), ("N", "Y"): on(57), ("N", None): on(113)}
    for news, expected in pairs.items():
        for order in (news, news[::-1]):
            scans = [scan(57, {"T1": "50"}, new_lesion=new, ref=f"57 {new}") for new in order]
            results = evaluate(subject(*scans, scan(113, {"T1": "50"}, new_lesion="Y")), DERIVED)
            assert min(result.pd_date for result in results if result.pd_date).isoformat() == expected, order


def test_an_equivocal_lesion_never_proven_is_no_progression() -> None:
    assert progression_date("EQUIVOCAL", "EQUIVOCAL") is None


def test_a_partial_response_that_drifts_back_stays_one_where_the_plan_says_so() -> None:
    records = subject(
        *(scan(57 + 56 * place, {"T1": mm}) for place, mm in enumerate(("60", "71", "80"))), baseline={"T1": "100"}
    )
    sticky = AnalysisPlan(response_source="derived", pr_drift="sticky_pr")
    assert [result.overall for result in evaluate(records, DERIVED)] == ["PR", "SD", "PD"]
    assert [result.overall for result in evaluate(records, sticky)] == ["PR", "PR", "PD"]


def test_records_of_one_date_do_not_hold_each_others_partial_response() -> None:
    sticky = AnalysisPlan(response_source="derived", pr_drift="sticky_pr")
    shrunk, back = scan(57, {"T1": "30"}, ref="shrunk"), scan(57, {"T1": "50"}, ref="back")
    for order in ((shrunk, back), (back, shrunk)):
        results = evaluate(subject(*order), sticky)
        assert {result.ref: result.overall for result in results} == {"shrunk": "PR", "back": "SD"}
