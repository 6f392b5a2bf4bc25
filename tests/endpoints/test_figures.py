"""The figures' specifications: what is drawn, for one subject, for many, and for those who see no colour."""

import json
import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import vl_convert

from endpoints import typeface
from endpoints.arithmetic.percentages import signed
from endpoints.arithmetic.populations import estimate
from endpoints.arithmetic.records import Dated
from endpoints.arithmetic.rows import OutcomeRow, row_of
from endpoints.arithmetic.subject import derive
from endpoints.figures import FIGURES, swimmer
from endpoints.figures.style import ONE_COLUMN, RESPONSES, SMALLEST, TWO_COLUMNS, Canvas
from endpoints.figures.swimmer import ALIVE, DEATH, ENDED, ONGOING, PROGRESSION, THERAPY
from endpoints.figures.tables import TABLES, percent
from protocol.schema import AnalysisPlan
from tests.arithmetic.build import DERIVED, subject, with_times
from tests.arithmetic.build import scan as scan_of
from tests.endpoints.population import day, records
from tests.printed import overprinted, sheets

PLAN = AnalysisPlan()
MONTH = float(PLAN.days_per_month)
PAPER = Canvas(TWO_COLUMNS, "Phase II, all treated", days_per_month=MONTH)
CURVES = ("pfs", "os", "dor", "follow_up")
FONT_SIZE = re.compile(r'font-size="([0-9.]+)px"')


def figures(count: int) -> dict[str, Any]:
    return estimate([row(number) for number in range(count)], PLAN)


def row(number: int) -> OutcomeRow:
    return row_of(derive(records(f"subject:{number}", number), PLAN), f"101-{number:03}")


def spec(code: str, count: int, canvas: Canvas = PAPER) -> dict[str, Any]:
    return FIGURES[code].draw(figures(count), canvas)


def layers(drawn: dict[str, Any], mark: str) -> list[dict[str, Any]]:
    return [layer for layer in drawn["layer"] if layer["mark"]["type"] == mark]


def values(drawn: dict[str, Any], mark: str) -> list[dict[str, Any]]:
    """The data of the first layer with this mark."""
    layer = layers(drawn, mark)[0]
    found: list[dict[str, Any]] = (layer.get("data") or drawn["data"])["values"]
    return found


def words(drawn: dict[str, Any]) -> str:
    """What stands above the figure."""
    return " ".join(drawn["title"]["text"])


def bar(number: int, change: float, response: str = "SD") -> dict[str, Any]:
    return {"ref": f"subject:{number}", "label": f"101-{number:03}", "change": change, "response": response}


def waterfall_of(*changes: float, canvas: Canvas = PAPER) -> dict[str, Any]:
    bars = [bar(number, change) for number, change in enumerate(changes)]
    return FIGURES["waterfall"].draw(figures(7) | {"waterfall": bars, "n": len(bars)}, canvas)


def svg(drawn: dict[str, Any]) -> str:
    typeface.make_known()
    made: str = vl_convert.vegalite_to_svg(drawn, show_warnings=True, allowed_base_urls=[])
    return made


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
    found = figures(60)
    drawn = FIGURES[code].draw(found, PAPER)
    assert words(drawn).startswith("Phase II, all treated: ")
    assert FIGURES[code].subjects(found) in words(drawn)


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
    found = estimate([row(number % 7) for number in range(1001)], PLAN)
    assert not FIGURES[code].is_there(found)
    assert "more than 1,000 subjects" in FIGURES[code].nothing(found)
    assert FIGURES["pfs"].is_there(found)


@pytest.mark.parametrize("code", ["waterfall", "spider", "swimmer"])
def test_a_thousand_subjects_can_be_drawn(code: str) -> None:
    found = estimate([replace(row(number % 7), label=f"{number:04}") for number in range(1000)], PLAN)
    drawn = FIGURES[code].draw(found, PAPER)
    assert "0999" in json.dumps(drawn) or code != "swimmer"
    made = svg(drawn)
    assert min(float(size) for size in FONT_SIZE.findall(made)) >= SMALLEST


def test_no_two_responses_share_a_colour_or_a_shape() -> None:
    assert len({look.colour for look in RESPONSES.values()}) == len(RESPONSES)
    assert len({look.shape for look in RESPONSES.values()}) == len(RESPONSES)


def test_not_assessed_and_not_evaluable_look_different_and_are_named_apart() -> None:
    unseen = row(4)
    seen = replace(row(5), cbor="NE", bor="NE", label="101-999")
    found = estimate([unseen, seen], PLAN)
    colours = values(FIGURES["swimmer"].draw(found, PAPER), "bar")
    assert {lane["label"]: lane["response"] for lane in colours} == {"101-004": "not assessed", "101-999": "NE"}
    assert RESPONSES["NE"] != RESPONSES["not assessed"]
    table = {cells[0].text: cells[1].text for cells in TABLES["swimmer"](found, PLAN).rows}
    assert table == {"101-004": "not assessed", "101-999": "NE"}


def test_bars_lead_to_their_subjects_on_the_page_and_nowhere_in_a_file() -> None:
    links = {"subject:0": "/endpoints/subjects/1/"}
    page = spec("waterfall", 7, PAPER._replace(width="container", links=links))
    assert "/endpoints/subjects/1/" in json.dumps(page)
    assert '"href"' not in json.dumps(spec("waterfall", 7))


# --- Curves


def test_the_curve_begins_at_one_and_holds_until_the_last_subject_was_seen() -> None:
    found = figures(14)
    steps = values(spec("os", 14), "line")
    assert (steps[0]["month"], steps[0]["survival"]) == (0, 1)
    assert steps[-1]["month"] == pytest.approx(found["times"]["os"]["last"] / MONTH)
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
    found = figures(60)["times"][code]
    x = spec(code, 60, PAPER._replace(width=width))["encoding"]["x"]
    ticks, last = x["axis"]["values"], found["last"] / MONTH
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
    found = figures(14)["times"]["pfs"]
    middle, lower, upper = (value or "NR" for value in found["median"]["months"])
    assert words(spec("pfs", 14)) == (
        f"Phase II, all treated: N = 14; {found['events']} events; {14 - found['events']} censored "
        f"Median {middle} months (95 % CI {lower} to {upper})"
    )


def test_a_median_that_is_not_reached_is_said_so() -> None:
    alive = [with_times(row(number), os=(100 + number, False)) for number in range(5)]
    found = estimate(alive, PLAN)
    drawn = FIGURES["os"].draw(found, PAPER)
    assert words(drawn) == "Phase II, all treated: N = 5; 0 deaths; 5 censored Median not reached (95 % CI NR to NR)"
    assert values(drawn, "line")[-1]["survival"] == 1
    svg(drawn)


def test_what_a_curve_says_under_the_pointer_is_rounded_as_in_the_tables() -> None:
    # 12.35 is a little less in binary: a browser would say 12.3
    steps = {"days": [0, 30], "survival": [1.0, 0.1235], "lower": [1.0, 0.0235], "upper": [1.0, 0.25]}
    found = figures(14)
    found["times"]["pfs"] |= {"steps": steps}
    told = values(FIGURES["pfs"].draw(found, PAPER), "line")
    assert [(step["estimate"], step["limits"]) for step in told[:2]] == [("100.0 %", "–"), ("12.4 %", "2.4 to 25.0 %")]


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
    found, ticks = figures(14)["times"]["os"], values(spec("os", 14), "point")
    assert sum(tick["censored"] for tick in ticks) == found["n"] - found["events"]


@pytest.mark.parametrize("code", CURVES)
@pytest.mark.parametrize("width", [ONE_COLUMN, TWO_COLUMNS])
def test_the_number_at_risk_stands_below_the_axis_under_each_tick(code: str, width: int) -> None:
    found, canvas = figures(60)["times"][code], PAPER._replace(width=width)
    drawn = spec(code, 60, canvas)
    title, numbers = layers(drawn, "text")
    assert title["mark"]["text"] == "Number at risk"
    assert [entry["month"] for entry in numbers["data"]["values"]] == drawn["encoding"]["x"]["axis"]["values"]
    at_risk = {entry["month"]: entry["n"] for entry in found["at_risk"]}
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
    found = figures(14)
    for code in ("waterfall", "spider"):
        caption = FIGURES[code].caption(found, PLAN)
        assert (
            "Not in the figure: 2 of 14 subjects, of whom 2 not assessed after baseline (101-004, 101-011)" in caption
        )
        assert FIGURES[code].subjects(found) == "12 of N = 14"


def test_a_caption_says_where_new_therapy_ends_what_is_shown() -> None:
    found = figures(14)
    for code in ("waterfall", "spider"):
        ends, counts = (
            FIGURES[code].caption(found, replace(PLAN, nact_response=setting)) for setting in ("ends", "counts")
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


# --- Swimmer


def lane(**more: Any) -> dict[str, Any]:
    return {
        "ref": "subject:1",
        "label": "101-001",
        "response": "PR",
        "days": 300,
        "dead": False,
        "progression_day": None,
        "responses": [],
        "response_days": [],
        "treatment_end": None,
        "new_therapy": None,
    } | more


def test_every_lane_of_the_swimmer_ends_in_death_or_alive() -> None:
    found = figures(14)
    ends = [swimmer.events(entry)[-1] for entry in found["swimmer"]]
    assert [day for day, _ in ends] == [entry["days"] for entry in found["swimmer"]]
    assert {sign for _, sign in ends} <= {DEATH, ALIVE, ONGOING}
    assert sum(sign == DEATH for _, sign in ends) == found["times"]["os"]["events"]


def test_a_lane_shows_the_end_of_treatment_new_therapy_response_and_progression() -> None:
    full = lane(
        response_days=[(57, "PR"), (113, "CR")], progression_day=200, treatment_end=210, new_therapy=240, dead=True
    )
    names = [sign.name for _, sign in swimmer.events(full)]
    assert names == ["First PR", "First CR", "Progression", "End of treatment", "New therapy", "Death"]
    made = svg(swimmer.spec([full], PAPER, of=1))
    assert all(f">{name}</text>" in made for name in names)


def test_treatment_that_goes_on_ends_in_an_arrow_and_a_lane_without_treatment_does_not() -> None:
    assert swimmer.events(lane())[-1][1] == ONGOING
    assert swimmer.events(lane(treatment_end=100))[-1][1] == ALIVE
    assert ONGOING.shape == "triangle-right"


@pytest.mark.parametrize("width", [ONE_COLUMN, TWO_COLUMNS, "container"])
def test_no_mark_hides_another(width: Any) -> None:
    crowded = lane(
        response_days=[(290, "CR")], progression_day=300, treatment_end=300, new_therapy=300, days=300, dead=True
    )
    canvas = PAPER._replace(width=width, **({"letters": SMALLEST} if width != "container" else {}))
    marks = swimmer.marks(crowded, 60, canvas)
    assert [mark["event"] for mark in marks][1:] == [sign.name for sign in (PROGRESSION, ENDED, THERAPY, DEATH)]
    one_month = canvas.plot(swimmer.BESIDE, least=swimmer.LEAST) / 60
    size = swimmer.mark_width(canvas)
    places = [mark["month"] * one_month + mark["nudge"] * size for mark in marks]
    assert all(later - earlier >= size - 0.01 for earlier, later in pairwise(places))


def test_no_sign_turns_into_another_on_the_line_of_follow_up() -> None:
    # an upright tick with the line through it is a cross, so no sign is one
    assert [sign.shape for sign in swimmer.SIGNS if sign.shape == "M0,-1L0,1"] == [ENDED.shape]
    assert not [sign.name for sign in swimmer.SIGNS if "M0,-1L0,1M" in sign.shape or sign.shape == "cross"]


@pytest.mark.parametrize("code", FIGURES)
def test_long_labels_push_no_letter_off_a_figure_in_one_column(code: str) -> None:
    rows = [replace(row(number), label=f"HOSPITALXM-{number:03}") for number in range(14)]
    rows[4] = replace(rows[4], treatment_end_day=60, new_therapy_day=60)
    canvas = PAPER._replace(
        width=ONE_COLUMN, about="Phase II (10 mg daily), subjects with measurable disease at baseline"
    )
    typeface.make_known()
    (page,) = sheets(vl_convert.vegalite_to_pdf(FIGURES[code].draw(estimate(rows, PLAN), canvas), allowed_base_urls=[]))
    assert all(letter["x0"] > -0.5 and letter["x1"] <= page.width + 0.5 for letter in page.chars)
    assert overprinted(page) == []


def test_a_mark_that_is_alone_stands_on_its_day() -> None:
    first, _, last = swimmer.marks(lane(response_days=[(57, "PR")], progression_day=200), 24, PAPER)
    assert first["nudge"] == 0
    assert 0 < last["nudge"] < 1


def test_a_swimmer_of_more_lanes_than_fit_on_a_sheet_is_parted_with_one_axis() -> None:
    found = figures(200)
    parts = list(FIGURES["swimmer"].sheets(found))
    sizes = [len(part["swimmer"]) for part in parts]
    assert sizes == [50, 50, 50, 50]
    drawn = [FIGURES["swimmer"].draw(part, PAPER) for part in parts]
    ends = {
        layer["encoding"]["x"]["scale"]["domain"][1]
        for part in drawn
        for layer in part["layer"]
        if "scale" in layer["encoding"]["x"]
    }
    assert len(ends) == 1
    assert "part 2 of 4" in words(drawn[1])
    assert next(FIGURES["swimmer"].sheets(figures(55))) == figures(55)


def test_an_end_of_treatment_in_the_record_stands_in_the_lane() -> None:
    ended = replace(records("subject:1", 0), treatment_end=Dated(day(150), "end_of_treatment:1"))
    found = estimate([row_of(derive(ended, PLAN), "101-001")], PLAN)
    assert (150, ENDED) in swimmer.events(found["swimmer"][0])


# --- Tables beside the figures


def test_every_drawn_number_is_in_the_table_beside_the_figure() -> None:
    found = figures(14)
    table = TABLES["waterfall"](found, PLAN)
    drawn = [signed(bar["change"]) for bar in found["waterfall"]]
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
    found = estimate([replace(row(0), cbor="NON-CR/NON-PD", bor="NON-CR/NON-PD")], PLAN)
    drawn = svg(FIGURES[code].draw(found, PAPER))
    assert ">Non-CR/Non-PD</text>" in drawn
    assert ">NON-CR/NON-PD</text>" not in drawn
    assert TABLES[code](found, PLAN).rows[0][1].text == "Non-CR/Non-PD"
