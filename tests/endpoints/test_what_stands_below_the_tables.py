"""Notes and sources: each says what is true of the plan and of the figures that it stands by, and no more."""

from dataclasses import replace

from endpoints.arithmetic.populations import estimate
from endpoints.arithmetic.rows import OutcomeRow
from endpoints.display import sources_of
from endpoints.figures.tables import landmarks, times
from protocol.schema import AnalysisPlan
from tests.arithmetic.build import with_times
from tests.endpoints.drawn import row

PLAN = AnalysisPlan()
WAITING = "no estimate after the longest follow-up"
FREE, GONE = "no limits where all are still free of the event", "no limits where all have had it"


def lasting(*follow_ups: tuple[int, bool]) -> list[OutcomeRow]:
    return [with_times(row(number), pfs=time, os=time) for number, time in enumerate(follow_ups)]


def note_and_cells(*follow_ups: tuple[int, bool]) -> tuple[str, dict[str, tuple[str, ...]]]:
    table = landmarks(estimate(lasting(*follow_ups), PLAN), PLAN)
    return table.note, {line[0].text: tuple(cell.text for cell in line[1:4]) for line in table.rows}


def test_after_the_longest_follow_up_a_landmark_has_no_estimate() -> None:
    note, cells = note_and_cells((50, True), (400, False), (380, True))
    assert cells["18 months"] == ("–", "–", "0")
    assert cells["12 months"][0] == "66.7 %"
    assert note == f"–: {WAITING}."


def test_where_all_have_had_the_event_the_estimate_is_nought_and_not_unknown() -> None:
    note, cells = note_and_cells((200, True), (300, True))
    assert cells["3 months"] == ("100.0 %", "–", "2")
    assert cells["12 months"] == cells["36 months"] == ("0.0 %", "–", "0")
    assert note == f"–: {FREE}; {GONE}."
    assert WAITING not in note


def test_without_a_dash_nothing_is_said_of_one() -> None:
    assert note_and_cells((50, True), (1500, False), (1400, True))[0] == ""


def test_the_sources_name_the_version_that_is_used() -> None:
    older, newer = sources_of(PLAN), sources_of(replace(PLAN, recist_version="1.1"))
    assert older.startswith("RECIST 1.0 (Therasse")
    assert "thresholds of the sensitivity analysis, RECIST 1.1 (Eisenhauer" in older
    assert newer.startswith("RECIST 1.1 (Eisenhauer") and "RECIST 1.0" not in newer


def test_a_table_of_times_says_where_the_response_begins_in_this_plan() -> None:
    figures = estimate(lasting((50, True)), PLAN)
    confirmed, any_response = times(figures, PLAN), times(figures, replace(PLAN, confirmation_required=False))
    assert "from the first assessment of the response that was confirmed" in confirmed.note
    assert "confirmed" not in any_response.note
