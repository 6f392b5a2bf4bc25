"""Each result is named once, and everything that shows results follows."""

import re
from copy import deepcopy
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest

from endpoints.arithmetic.outcomes import SubjectOutcome
from endpoints.arithmetic.populations import estimate
from endpoints.arithmetic.results import MAIN_TIMES, RATE, RATES, SUBJECT_TIMES, TIME, TIMES
from endpoints.arithmetic.rows import OutcomeRow, row_of
from endpoints.arithmetic.sensitivity import ANALYSES
from endpoints.figures import figures_of
from endpoints.figures.arm_files import files_of
from endpoints.figures.arm_tables import tables_of
from endpoints.headlines import headlines
from protocol.plan import Primary
from tests.arithmetic.build import INVESTIGATOR, outcome_of

STATISTICS = Path(__file__).parents[2] / "docs/statistics.md"
RESPONDER = outcome_of("57 PR, 113 PR, 169 PD", death=300)


def figures() -> dict[str, Any]:
    return estimate([row_of(RESPONDER, "101-001")], INVESTIGATOR)


@pytest.mark.parametrize("endpoint", [*RATES, *TIMES])
def test_a_result_of_each_name_is_derived_and_explained(endpoint: Any) -> None:
    assert endpoint.code in {field.name for field in fields(SubjectOutcome)}
    assert getattr(RESPONDER, endpoint.code) is not None
    known = "|".join(re.escape(name) for name in (endpoint.code, endpoint.short, endpoint.label) if name)
    assert re.search(rf"\b({known})\b", STATISTICS.read_text(), re.IGNORECASE)


def test_codes_are_told_apart() -> None:
    codes = [endpoint.code for endpoint in (*RATES, *TIMES)]
    assert len(codes) == len(set(codes)) == len(RATE) + len(TIME)
    assert not set(codes) & set(ANALYSES)


def test_whatever_a_plan_may_name_as_primary_is_compared() -> None:
    assert {*get_args(Primary)} == {endpoint.code for endpoint in (*RATES, *MAIN_TIMES)}


def test_a_row_comes_back_from_the_database_as_it_went() -> None:
    row = row_of(RESPONDER, "101-001")
    stored = row.as_json()
    assert {time.code for time in SUBJECT_TIMES} <= stored.keys()
    assert (stored["pfs"], stored["pfs_reason"]) == ((169, True), "PD")
    assert OutcomeRow.from_json(stored) == row


@pytest.mark.parametrize("code", TIME)
def test_what_an_earlier_release_did_not_estimate_is_left_out(code: str) -> None:
    """Figures and rows that were stored before a time was added stay readable, and say nothing of it."""
    earlier = deepcopy(figures())
    del earlier["times"][code]
    for make in tables_of(earlier).values():
        assert TIME[code].label not in [line[0].text for line in make(earlier, INVESTIGATOR).rows]
    for make_file in files_of(earlier).values():
        assert code not in [line[0] for line in make_file(earlier, 30.4375)]
    assert code not in figures_of(earlier)
    assert f"{code}.events" not in [headline.which for headline in headlines(earlier, INVESTIGATOR)]
    stored = row_of(RESPONDER, "101-001").as_json()
    stored.pop(code, None)
    assert code not in OutcomeRow.from_json(stored).times


@pytest.mark.parametrize("code", RATE)
def test_a_rate_that_an_earlier_release_did_not_estimate_is_left_out(code: str) -> None:
    earlier = deepcopy(figures())
    for kind in ("confirmed", "unconfirmed"):
        del earlier["response"][kind][code]
    for make in tables_of(earlier).values():
        assert RATE[code].label not in [line[0].text for line in make(earlier, INVESTIGATOR).rows]
    assert f"confirmed.{code}" not in [headline.which for headline in headlines(earlier, INVESTIGATOR)]
