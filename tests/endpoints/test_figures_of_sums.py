"""Waterfall and spider: how the sums of lesions changed, subject by subject."""

from dataclasses import replace

import pytest

from endpoints.figures import FIGURES
from tests.endpoints.drawn import MONTH, PAPER, PLAN, bar, figures, layers, spec, svg, values, waterfall_of, words

# --- Waterfall


def test_the_waterfall_falls_and_shows_the_response_by_colour_and_shape() -> None:
    drawn = spec("waterfall", 14)
    changes = [bar["change"] for bar in values(drawn, "bar")]
    assert changes == sorted(changes, reverse=True)
    for layer in layers(drawn, "point"):
        assert layer["encoding"]["color"]["scale"]["domain"] == layer["encoding"]["shape"]["scale"]["domain"]


@pytest.mark.parametrize("code", ["waterfall", "spider"])
def test_the_lines_of_response_and_progression_are_named(code: str) -> None:
    drawn = spec(code, 14)
    levels = [entry["level"] for layer in layers(drawn, "rule") for entry in layer["data"]["values"]]
    assert [level for level in levels if level] == [20, -30]
    made = svg(drawn)
    assert ">+20 %</text>" in made
    assert ">−30 %</text>" in made


def test_a_mark_adds_nothing_to_its_bar() -> None:
    drawn = waterfall_of(60, 12, 0, -45)
    below, above = layers(drawn, "point")
    assert [entry["change"] for entry in below["data"]["values"]] == [60, 12]
    assert [entry["change"] for entry in above["data"]["values"]] == [0, -45]
    for layer in (below, above):
        assert layer["encoding"]["y"]["datum"] == 0
    assert below["mark"]["yOffset"] > 0 > above["mark"]["yOffset"]
    assert [entry["shown"] for entry in values(drawn, "bar")] == [60, 12, 0, -45]


def test_a_bar_that_dwarfs_the_rest_is_broken_and_its_value_written() -> None:
    drawn = waterfall_of(301.6, 60, -45)
    assert [entry["shown"] for entry in values(drawn, "bar")] == [100, 60, -45]
    assert "1 bar is broken at +100 %; the largest is +301.6 %" in words(drawn)
    assert ">+301.6 %</text>" in svg(drawn)
    assert values(drawn, "bar")[0]["words"] == "+301.6 %"


def test_no_bar_is_broken_where_none_dwarfs_the_rest() -> None:
    drawn = waterfall_of(100, 60, -45)
    assert "broken" not in words(drawn)
    assert layers(drawn, "bar")[0]["encoding"]["y"]["scale"]["domain"] == [-100, 100]


def test_bars_too_thin_for_marks_show_their_response_in_strips_below() -> None:
    bars = [bar(number, 90 - number / 6, "PD" if number < 500 else "PR") for number in range(1000)]
    drawn = FIGURES["waterfall"].draw(figures(7) | {"waterfall": bars, "n": 1000}, PAPER)
    assert layers(drawn, "point") == []
    strips = {entry["at"] for entry in values(drawn, "tick")}
    assert len(strips) == 2
    assert min(strips) > drawn["height"]
    made = svg(drawn)
    assert ">PD</text>" in made and ">PR</text>" in made


def test_who_is_in_no_figure_of_the_sums_is_counted_and_named_below_it() -> None:
    estimates = figures(14)
    for code in ("waterfall", "spider"):
        caption = FIGURES[code].caption(estimates, PLAN)
        assert (
            "Not in the figure: 2 of 14 subjects, of whom 2 not assessed after baseline (101-004, 101-011)" in caption
        )
        assert FIGURES[code].subjects(estimates) == "12 of N = 14"


def test_a_caption_says_where_new_therapy_ends_what_is_shown() -> None:
    estimates = figures(14)
    for code in ("waterfall", "spider"):
        ends, counts = (
            FIGURES[code].caption(estimates, replace(PLAN, nact_response=setting)) for setting in ("ends", "counts")
        )
        assert "to the first progression or new anticancer therapy." in ends
        assert "new anticancer therapy" not in counts


# --- Spider


def test_a_spider_begins_at_0_on_the_day_of_the_baseline_scan() -> None:
    first = {}
    for point in [point for layer in layers(spec("spider", 7), "line") for point in layer["data"]["values"]]:
        first.setdefault(point["label"], point)
    assert {point["change"] for point in first.values()} == {0}
    # six days before the first dose, which is day 1
    assert {round(point["month"] * MONTH) for point in first.values()} == {-6}
    left, right = spec("spider", 7)["encoding"]["x"]["scale"]["domain"]
    assert left < -6 / MONTH and right > max(point["month"] for point in first.values())


def test_a_new_lesion_stands_above_its_point_and_in_the_legend() -> None:
    line = {"ref": "a", "label": "a", "response": "PD", "points": [(-6, 0.0), (57, 10.0)], "new_lesions": [57]}
    drawn = FIGURES["spider"].draw(figures(7) | {"spider": [line]}, PAPER)
    mark = next(layer for layer in layers(drawn, "point") if "yOffset" in layer["mark"])
    assert [point["change"] for point in mark["data"]["values"]] == [10.0]
    assert mark["mark"]["yOffset"] <= -PAPER.text / 2
    assert ">New lesion</text>" in svg(drawn)


def test_a_line_that_leaves_the_plot_has_its_value_at_its_edge() -> None:
    line = {"ref": "a", "label": "a", "response": "PD", "points": [(-6, 0.0), (57, 301.6)], "new_lesions": []}
    drawn = FIGURES["spider"].draw(figures(7) | {"spider": [line]}, PAPER)
    assert "1 line leaves the plot; the largest change is +301.6 %" in words(drawn)
    assert ">+301.6 %</text>" in svg(drawn)


def test_lines_are_told_apart_in_grey_by_their_dash() -> None:
    dashes = [tuple(layer["mark"]["strokeDash"]) for layer in layers(spec("spider", 14), "line")]
    assert len(dashes) > 2
    assert len(set(dashes)) == len(dashes) - 1  # CR and PD: one falls to −100 %, the other grows
