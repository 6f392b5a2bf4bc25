"""The figures' specifications: what is drawn, for one subject, for many, and for those who see no colour."""

import json
from typing import Any

import pytest
import vl_convert

from endpoints.arithmetic.populations import estimate
from endpoints.arithmetic.rows import OutcomeRow, row_of
from endpoints.arithmetic.subject import derive
from endpoints.figures import FIGURES
from endpoints.figures.style import RESPONSES
from endpoints.figures.tables import TABLES, signed
from tests.endpoints.population import records
from trialsite.protocol.schema import AnalysisPlan

PLAN = AnalysisPlan()
MONTH = float(PLAN.days_per_month)


def figures(count: int) -> dict[str, Any]:
    return estimate([row(number) for number in range(count)], PLAN)


def row(number: int) -> OutcomeRow:
    return row_of(derive(records(f"subject:{number}", number), PLAN), f"101-{number:03}")


def spec(code: str, count: int, **links: str) -> dict[str, Any]:
    return FIGURES[code].draw(figures(count), PLAN, links, 600)


def values(drawn: dict[str, Any], mark: str) -> list[dict[str, Any]]:
    """The data of the first layer with this mark."""
    layer = next(layer for layer in drawn["layer"] if layer["mark"]["type"] == mark)
    found: list[dict[str, Any]] = (layer.get("data") or drawn["data"])["values"]
    return found


@pytest.mark.parametrize("count", [1, 2, 7, 60, 200])
@pytest.mark.parametrize("code", FIGURES)
def test_every_figure_can_be_drawn_without_a_warning(code: str, count: int, capfd: pytest.CaptureFixture[str]) -> None:
    # one subject alone may have nothing but a baseline
    if not FIGURES[code].is_there(figures(count)):
        pytest.skip("nothing to draw")
    svg = vl_convert.vegalite_to_svg(spec(code, count), show_warnings=True, allowed_base_urls=[])
    assert svg.startswith("<svg")
    assert "NaN" not in svg
    assert "WARN" not in capfd.readouterr().err


@pytest.mark.parametrize("code", FIGURES)
def test_nothing_is_drawn_of_nobody(code: str) -> None:
    assert not FIGURES[code].is_there(figures(0))


def test_the_curve_begins_at_one_and_holds_until_the_last_subject_was_seen() -> None:
    found = figures(14)
    steps = values(spec("os", 14), "line")
    assert (steps[0]["month"], steps[0]["survival"]) == (0, 1)
    assert steps[-1]["month"] == pytest.approx(found["times"]["os"]["last"] / MONTH)
    assert steps[-1]["survival"] == steps[-2]["survival"]


def test_a_curve_that_ends_at_zero_has_its_band_until_there() -> None:
    steps, band = values(spec("pfs", 4), "line"), values(spec("pfs", 4), "area")
    assert all(row["lower"] is not None for row in band)
    if steps[-1]["survival"] == 0:
        assert band[-1]["month"] == next(row["month"] for row in steps if row["survival"] == 0)


def test_each_censored_subject_has_a_tick_on_the_curve() -> None:
    found, ticks = figures(14)["times"]["os"], values(spec("os", 14), "tick")
    assert sum(tick["censored"] for tick in ticks) == found["n"] - found["events"]


def test_the_number_at_risk_stands_under_its_month() -> None:
    axis = spec("os", 14)["encoding"]["x"]["axis"]
    assert axis["values"][:3] == [0, 3, 6]
    at_risk = json.loads(axis["labelExpr"].split("(", 1)[1].rsplit(")", 1)[0])
    assert at_risk["0"] == 14


def test_the_waterfall_falls_and_shows_the_response_by_colour_and_shape() -> None:
    drawn = spec("waterfall", 14)
    changes = [bar["change"] for bar in values(drawn, "bar")]
    assert changes == sorted(changes, reverse=True)
    levels = [
        row["level"] for layer in drawn["layer"] if layer["mark"]["type"] == "rule" for row in layer["data"]["values"]
    ]
    assert levels == [20, -30]
    symbols = next(layer["encoding"] for layer in drawn["layer"] if layer["mark"]["type"] == "point")
    assert symbols["color"]["scale"]["domain"] == symbols["shape"]["scale"]["domain"]


def test_no_two_responses_share_a_colour_or_a_shape() -> None:
    assert len({look.colour for look in RESPONSES.values()}) == len(RESPONSES)
    assert len({look.shape for look in RESPONSES.values()}) == len(RESPONSES)


def test_every_lane_of_the_swimmer_ends_in_death_or_alive() -> None:
    found = figures(14)
    events = values(spec("swimmer", 14), "point")
    ends = [event["label"] for event in events if event["event"] in ("Death", "Alive")]
    assert sorted(ends) == sorted(lane["label"] for lane in found["swimmer"])
    assert sum(event["event"] == "Death" for event in events) == found["times"]["os"]["events"]


def test_bars_lead_to_their_subjects_on_the_page_and_nowhere_in_a_file() -> None:
    page = FIGURES["waterfall"].draw(figures(7), PLAN, {"subject:0": "/endpoints/subjects/1/"}, "container")
    assert "/endpoints/subjects/1/" in json.dumps(page)
    assert '"href"' not in json.dumps(spec("waterfall", 7))


def test_every_drawn_number_is_in_the_table_beside_the_figure() -> None:
    found = figures(14)
    table = TABLES["waterfall"](found, PLAN)
    assert [row[2].text for row in table.rows] == [signed(bar["change"]) for bar in found["waterfall"]]


def test_a_change_just_short_of_a_threshold_never_reads_as_the_threshold() -> None:
    assert signed(-29.99) == "−29.9"
    assert signed(-30.0) == "−30.0"
    assert signed(19.96) == "+19.9"


@pytest.mark.parametrize("make", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("count", [0, 1, 14])
def test_every_row_of_a_table_has_as_many_cells_as_it_has_columns(make: Any, count: int) -> None:
    table = make(figures(count), PLAN)
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert all("None" not in cell.text and "nan" not in cell.text for row in table.rows for cell in row)


@pytest.mark.parametrize("code", ["waterfall", "spider", "swimmer"])
def test_figures_subject_by_subject_are_left_out_where_they_could_not_be_read(code: str) -> None:
    found = estimate([row(number % 7) for number in range(1001)], PLAN)
    assert not FIGURES[code].is_there(found)
    assert FIGURES["pfs"].is_there(found)
