"""The curves: time, limits, who is censored and the number at risk."""

from dataclasses import replace
from itertools import pairwise

import pytest

from endpoints.arithmetic.populations import estimate
from endpoints.figures import FIGURES
from endpoints.figures.style import ONE_COLUMN, SMALLEST, TWO_COLUMNS
from tests.arithmetic.build import with_times
from tests.endpoints.drawn import CURVES, MONTH, PAPER, PLAN, figures, layers, row, spec, svg, values, words


def test_the_curve_begins_at_one_and_holds_until_the_last_subject_was_seen() -> None:
    estimates = figures(14)
    steps = values(spec("os", 14), "line")
    assert (steps[0]["month"], steps[0]["survival"]) == (0, 1)
    assert steps[-1]["month"] == pytest.approx(estimates["times"]["os"]["last"] / MONTH)
    assert steps[-1]["survival"] == steps[-2]["survival"]


def test_a_curve_that_ends_at_zero_has_its_band_until_there() -> None:
    progressed = [with_times(row(number), pfs=(50 + 10 * number, True)) for number in range(4)]
    drawn = FIGURES["pfs"].draw(estimate(progressed, PLAN), PAPER)
    steps, band = values(drawn, "line"), values(drawn, "area")
    assert steps[-1]["survival"] == 0
    assert all(row["lower"] is not None for row in band)
    assert band[-1]["month"] == next(row["month"] for row in steps if row["survival"] == 0)


@pytest.mark.parametrize("code", CURVES)
@pytest.mark.parametrize("width", [ONE_COLUMN, TWO_COLUMNS])
def test_time_runs_from_0_to_one_tick_past_the_last_subject(code: str, width: int) -> None:
    curve = figures(60)["times"][code]
    x = spec(code, 60, PAPER._replace(width=width))["encoding"]["x"]
    ticks, last = x["axis"]["values"], curve["last"] / MONTH
    assert x["scale"]["domain"] == [0, ticks[-1]]
    assert ticks[0] == 0
    assert ticks[-2] <= last < ticks[-1]
    assert len({later - earlier for earlier, later in pairwise(ticks)}) == 1


@pytest.mark.parametrize("code", CURVES)
def test_both_axes_of_a_curve_have_a_title_with_its_unit(code: str) -> None:
    axes = spec(code, 60)["encoding"]
    origin = "response" if code == "dor" else "first dose"
    assert axes["x"]["title"] == f"Time since {origin} (months)"
    assert axes["y"]["axis"]["title"].endswith("(%)")


def test_a_curve_says_its_subjects_events_and_median_with_limits() -> None:
    curve = figures(14)["times"]["pfs"]
    middle, lower, upper = (value or "NR" for value in curve["median"]["months"])
    assert words(spec("pfs", 14)) == (
        f"Phase II, all treated: N = 14; {curve['events']} events; {14 - curve['events']} censored "
        f"Median {middle} months (95 % CI {lower} to {upper})"
    )


def test_a_median_that_is_not_reached_is_said_so() -> None:
    alive = [with_times(row(number), os=(100 + number, False)) for number in range(5)]
    estimates = estimate(alive, PLAN)
    drawn = FIGURES["os"].draw(estimates, PAPER)
    assert words(drawn) == "Phase II, all treated: N = 5; 0 deaths; 5 censored Median not reached (95 % CI NR to NR)"
    assert values(drawn, "line")[-1]["survival"] == 1
    svg(drawn)


def test_what_a_curve_says_under_the_pointer_is_rounded_as_in_the_tables() -> None:
    # 12.35 is a little less in binary: a browser would say 12.3
    steps = {"days": [0, 30], "survival": [1.0, 0.1235], "lower": [1.0, 0.0235], "upper": [1.0, 0.25]}
    estimates = figures(14)
    estimates["times"]["pfs"] |= {"steps": steps}
    tooltips = values(FIGURES["pfs"].draw(estimates, PAPER), "line")
    assert [(step["estimate"], step["limits"]) for step in tooltips[:2]] == [
        ("100.0 %", "–"),
        ("12.4 %", "2.4 to 25.0 %"),
    ]


@pytest.mark.parametrize("code", CURVES)
def test_the_legend_names_the_estimate_the_band_and_the_ticks(code: str) -> None:
    drawn = svg(spec(code, 60))
    censored = "Died" if code == "follow_up" else "Censored"
    for name in ("Estimate", "95 % limits", censored):
        assert f">{name}</text>" in drawn


@pytest.mark.parametrize("event", [False, True])
def test_a_band_that_is_not_there_is_not_in_the_legend(event: bool) -> None:
    # of one subject, and where all are censored, no limits exist
    drawn = FIGURES["os"].draw(estimate([with_times(row(1), os=(100, event))], PLAN), PAPER)
    assert not layers(drawn, "area")
    assert ">95 % limits</text>" not in svg(drawn)


def test_each_censored_subject_has_a_tick_on_the_curve() -> None:
    curve, ticks = figures(14)["times"]["os"], values(spec("os", 14), "point")
    assert sum(tick["censored"] for tick in ticks) == curve["n"] - curve["events"]


@pytest.mark.parametrize("code", CURVES)
@pytest.mark.parametrize("width", [ONE_COLUMN, TWO_COLUMNS])
def test_the_number_at_risk_stands_below_the_axis_under_each_tick(code: str, width: int) -> None:
    curve, canvas = figures(60)["times"][code], PAPER._replace(width=width)
    drawn = spec(code, 60, canvas)
    title, numbers = layers(drawn, "text")
    assert title["mark"]["text"] == "Number at risk"
    assert [entry["month"] for entry in numbers["data"]["values"]] == drawn["encoding"]["x"]["axis"]["values"]
    at_risk = {entry["month"]: entry["n"] for entry in curve["at_risk"]}
    assert [int(entry["n"]) for entry in numbers["data"]["values"][:-1]] == [
        at_risk[entry["month"]] for entry in numbers["data"]["values"][:-1]
    ]
    # past the last subject there is nobody
    assert numbers["data"]["values"][-1]["n"] == "0"
    # below the labels and the title of the axis, the numbers below their own title
    assert title["encoding"]["y"]["value"] > drawn["height"] + 3 * canvas.text
    assert numbers["encoding"]["y"]["value"] > title["encoding"]["y"]["value"] + canvas.text


def test_numbers_at_risk_of_thousands_do_not_touch_in_one_column() -> None:
    rows = [
        with_times(replace(row(number % 7), ref=str(number)), os=(30 + number % 1500, False)) for number in range(3000)
    ]
    canvas = PAPER._replace(width=ONE_COLUMN)
    drawn = FIGURES["os"].draw(estimate(rows, PLAN), canvas)
    ticks = drawn["encoding"]["x"]["axis"]["values"]
    apart = canvas.plot(5) / (len(ticks) - 1)
    widest = max(len(entry["n"]) for entry in layers(drawn, "text")[1]["data"]["values"])
    assert widest == len("3,000")
    assert apart > widest * 0.5 * SMALLEST + 2
