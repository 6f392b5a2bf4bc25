"""The figures in general: what is drawn, for one subject, for many, and for those who see no colour."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from endpoints import typeface
from endpoints.arithmetic.percentages import signed
from endpoints.arithmetic.populations import estimate
from endpoints.arithmetic.subject import derive
from endpoints.figures import FIGURES
from endpoints.figures.style import ONE_COLUMN, RESPONSES, SMALLEST, TWO_COLUMNS
from endpoints.figures.tables import TABLES, percent
from tests.arithmetic.build import DERIVED, subject
from tests.arithmetic.build import scan as scan_of
from tests.endpoints.drawn import FONT_SIZE, PAPER, PLAN, figures, row, spec, svg, values, words

# --- Every figure


@pytest.mark.parametrize("width", [ONE_COLUMN, TWO_COLUMNS])
@pytest.mark.parametrize("count", [1, 2, 7, 60, 200])
@pytest.mark.parametrize("code", FIGURES)
def test_every_figure_can_be_drawn_without_a_warning_in_its_size(
    code: str, count: int, width: int, capfd: pytest.CaptureFixture[str]
) -> None:
    if not FIGURES[code].is_there(figures(count)):
        pytest.skip("nothing to draw: one subject alone may have nothing but a baseline")
    drawn = svg(spec(code, count, PAPER._replace(width=width)))
    assert drawn.startswith("<svg")
    assert f'width="{width}"' in drawn
    assert "NaN" not in drawn
    assert "WARN" not in capfd.readouterr().err


@pytest.mark.parametrize("width", [ONE_COLUMN, TWO_COLUMNS])
@pytest.mark.parametrize("code", FIGURES)
def test_no_letter_is_smaller_than_a_journal_prints_and_all_are_of_one_face(code: str, width: int) -> None:
    drawn = svg(spec(code, 60, PAPER._replace(width=width)))
    assert min(float(size) for size in FONT_SIZE.findall(drawn)) >= SMALLEST
    assert {face.split(",")[0] for face in re.findall(r'font-family="([^"]+)"', drawn)} == {typeface.NAME}


@pytest.mark.parametrize("code", FIGURES)
def test_each_figure_says_of_whom_it_is_and_how_many(code: str) -> None:
    estimates = figures(60)
    drawn = FIGURES[code].draw(estimates, PAPER)
    assert words(drawn).startswith("Phase II, all treated: ")
    assert FIGURES[code].subjects(estimates) in words(drawn)


def test_a_long_name_of_a_population_is_broken_and_runs_off_no_figure() -> None:
    name = "Phase I, everolimus 30 mg weekly with weekly paclitaxel and trastuzumab, after taxanes, all treated"
    lines = spec("pfs", 14, PAPER._replace(width=ONE_COLUMN, about=name))["title"]["text"]
    assert len(lines) > 2
    assert max(map(len, lines)) * 0.56 * SMALLEST < ONE_COLUMN


@pytest.mark.parametrize("code", FIGURES)
def test_nothing_is_drawn_of_nobody_and_the_figure_says_why(code: str) -> None:
    assert not FIGURES[code].is_there(figures(0))
    assert FIGURES[code].nothing(figures(0)) == "No subject of this population counts in this analysis set."


def test_an_empty_figure_says_what_its_subjects_lack() -> None:
    unseen = estimate([row(4), row(11)], PLAN)
    assert "no duration of response" in FIGURES["dor"].nothing(unseen)
    for code in ("waterfall", "spider"):
        assert not FIGURES[code].is_there(unseen)
        assert "2 not assessed after baseline (101-004, 101-011)" in FIGURES[code].nothing(unseen)
    assert FIGURES["swimmer"].is_there(unseen)


@pytest.mark.parametrize("code", ["waterfall", "spider", "swimmer"])
def test_figures_subject_by_subject_are_left_out_where_they_could_not_be_read(code: str) -> None:
    estimates = estimate([row(number % 7) for number in range(1001)], PLAN)
    assert not FIGURES[code].is_there(estimates)
    assert "more than 1,000 subjects" in FIGURES[code].nothing(estimates)
    assert FIGURES["pfs"].is_there(estimates)


@pytest.mark.parametrize("code", ["waterfall", "spider", "swimmer"])
def test_a_thousand_subjects_can_be_drawn(code: str) -> None:
    estimates = estimate([replace(row(number % 7), label=f"{number:04}") for number in range(1000)], PLAN)
    drawn = FIGURES[code].draw(estimates, PAPER)
    assert "0999" in json.dumps(drawn) or code != "swimmer"
    made = svg(drawn)
    assert min(float(size) for size in FONT_SIZE.findall(made)) >= SMALLEST


def test_no_two_responses_share_a_colour_or_a_shape() -> None:
    assert len({look.colour for look in RESPONSES.values()}) == len(RESPONSES)
    assert len({look.shape for look in RESPONSES.values()}) == len(RESPONSES)


def test_not_assessed_and_not_evaluable_look_different_and_are_named_apart() -> None:
    unseen = row(4)
    seen = replace(row(5), cbor="NE", bor="NE", label="101-999")
    estimates = estimate([unseen, seen], PLAN)
    colours = values(FIGURES["swimmer"].draw(estimates, PAPER), "bar")
    assert {lane["label"]: lane["response"] for lane in colours} == {"101-004": "not assessed", "101-999": "NE"}
    assert RESPONSES["NE"] != RESPONSES["not assessed"]
    table = {cells[0].text: cells[1].text for cells in TABLES["swimmer"](estimates, PLAN).rows}
    assert table == {"101-004": "not assessed", "101-999": "NE"}


def test_bars_lead_to_their_subjects_on_the_page_and_nowhere_in_a_file() -> None:
    links = {"subject:0": "/endpoints/subjects/1/"}
    page = spec("waterfall", 7, PAPER._replace(width="container", links=links))
    assert "/endpoints/subjects/1/" in json.dumps(page)
    assert '"href"' not in json.dumps(spec("waterfall", 7))


# --- Tables beside the figures


def test_every_drawn_number_is_in_the_table_beside_the_figure() -> None:
    estimates = figures(14)
    table = TABLES["waterfall"](estimates, PLAN)
    drawn = [signed(bar["change"]) for bar in estimates["waterfall"]]
    assert [row[2].text for row in table.rows] == [*drawn, "–", "–"]
    assert [entry["words"] for entry in values(spec("waterfall", 14), "bar")] == [f"{change} %" for change in drawn]


def test_a_change_just_short_of_a_threshold_never_reads_as_the_threshold() -> None:
    assert [signed(change) for change in (-29.99, -29.9999, 19.96)] == ["−29.99", "−29.9999", "+19.96"]
    assert [signed(change) for change in (-30.0, 20, -29.94, 0, -0.04)] == ["−30.0", "+20.0", "−29.9", "0.0", "0.0"]


def test_halves_are_rounded_away_from_nought_in_cells_and_reasons_alike() -> None:
    assert [signed(change) for change in (-31.25, 31.25, 0.05, -0.05)] == ["−31.3", "+31.3", "+0.1", "−0.1"]
    assert (percent(6.25), percent(12.35), percent(None)) == ("6.3", "12.4", "–")
    scan = derive(subject(scan_of(57, {"T1": "55"}), baseline={"T1": "80"}), DERIVED).assessments[0]
    assert signed(scan.change or 0) == "−31.3" and "31.3 % under baseline" in scan.reason


@pytest.mark.parametrize("make", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("count", [0, 1, 14])
def test_every_row_of_a_table_has_as_many_cells_as_it_has_columns(make: Any, count: int) -> None:
    table = make(figures(count), PLAN)
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert all("None" not in cell.text and "nan" not in cell.text for row in table.rows for cell in row)


def test_on_a_page_each_thing_a_heading_says_has_its_line() -> None:
    lines = spec("pfs", 60, PAPER._replace(width="container"))["title"]["text"]
    assert lines[0] == "Phase II, all treated"
    assert lines[1].startswith("N = 60; ")
    assert lines[2].startswith("Median ")


@pytest.mark.parametrize("code", ["waterfall", "spider", "swimmer"])
def test_a_response_that_is_kept_in_capitals_is_written_as_people_do(code: str) -> None:
    estimates = estimate([replace(row(0), cbor="NON-CR/NON-PD", bor="NON-CR/NON-PD")], PLAN)
    drawn = svg(FIGURES[code].draw(estimates, PAPER))
    assert ">Non-CR/Non-PD</text>" in drawn
    assert ">NON-CR/NON-PD</text>" not in drawn
    assert TABLES[code](estimates, PLAN).rows[0][1].text == "Non-CR/Non-PD"
