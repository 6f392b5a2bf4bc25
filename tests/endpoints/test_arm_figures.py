"""Curves of randomised groups: told apart without colour, in print size, and true where a group has nothing to show."""

import json
from dataclasses import replace
from typing import Any

import pytest
import vl_convert

from endpoints import typeface
from endpoints.arithmetic.arms import Design, by_arm
from endpoints.arithmetic.populations import estimate
from endpoints.arithmetic.rows import OutcomeRow
from endpoints.figures import ARM_FIGURES, FIGURES, figures_of
from endpoints.figures.arm_tables import ARM_TABLES, points, tables_of
from endpoints.figures.comparing import p_equals
from endpoints.figures.style import ONE_COLUMN, SMALLEST, TWO_COLUMNS, Canvas
from endpoints.headlines import headlines
from protocol import Protocol
from protocol.plan import AnalysisPlan
from tests.arithmetic.build import with_times
from tests.arithmetic.test_arms import THIRD, protocol
from tests.endpoints.drawn import FONT_SIZE, layers, row, words
from tests.printed import overprinted, sheets
from tests.randomisation.two_arms import ARMS
from values.shown import p_value, ratio

TWO = protocol('primary_endpoint = "pfs"')
PAPER = Canvas(TWO_COLUMNS, "Randomised, all randomised", origin="randomisation")
CODES = ("WITH", "WITHOUT", "HALF")
STRATA = ("measurable_disease=yes, who_status=below 1", "measurable_disease=no, who_status=1 or more")


def _later(row: OutcomeRow) -> OutcomeRow:
    pfs = row.times.get("pfs")
    return with_times(row, pfs=pfs and (pfs[0] + 9 * CODES.index(row.arm), pfs[1]))


def subjects(count: int, groups: int = 2) -> list[OutcomeRow]:
    """Of so many groups, those of one slower than those of the next, in two strata."""
    made = (
        replace(row(number), arm=CODES[number % groups], stratum=STRATA[number // groups % 2])
        for number in range(count)
    )
    return [_later(each) for each in made]


def figures(rows: list[OutcomeRow], of: Protocol = TWO) -> dict[str, Any]:
    """As they come back from the database, which keeps no order of keys."""
    design = Design.of(of, of.population("BOTH"))
    assert design is not None
    made = estimate(rows, of.analysis) | {"arms": by_arm(rows, design, of.analysis)}
    estimates: dict[str, Any] = json.loads(json.dumps(made, sort_keys=True))
    return estimates


def pdf(spec: dict[str, Any]) -> bytes:
    typeface.make_known()
    made: bytes = vl_convert.vegalite_to_pdf(spec, allowed_base_urls=[])
    return made


@pytest.mark.parametrize("groups", [2, 3])
def test_each_group_has_a_colour_and_a_dash_of_its_own(groups: int) -> None:
    of = TWO if groups == 2 else protocol(arms=(*ARMS, THIRD))
    drawn = ARM_FIGURES["pfs_arms"].draw(figures(subjects(30, groups), of), PAPER)
    encoding = layers(drawn, "line")[0]["encoding"]
    for channel in ("color", "strokeDash"):
        scale = encoding[channel]["scale"]
        assert len(scale["domain"]) == len({str(look) for look in scale["range"]}) == groups


@pytest.mark.parametrize("width", [ONE_COLUMN, TWO_COLUMNS])
@pytest.mark.parametrize("code", ARM_FIGURES)
@pytest.mark.parametrize("groups", [2, 3])
def test_in_print_no_letter_is_too_small_and_none_hides_another(code: str, width: int, groups: int) -> None:
    of = TWO if groups == 2 else protocol(arms=(*ARMS, THIRD))
    spec = ARM_FIGURES[code].draw(figures(subjects(60, groups), of), PAPER._replace(width=width))
    typeface.make_known()
    svg = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    assert min(map(float, FONT_SIZE.findall(svg))) >= SMALLEST
    (page,) = sheets(pdf(spec))
    assert not overprinted(page)
    assert page.width <= width + 1


def test_the_heading_has_each_group_the_hazard_ratio_and_the_log_rank_test() -> None:
    heading = words(ARM_FIGURES["pfs_arms"].draw(figures(subjects(40)), PAPER))
    assert "Progression-free survival (primary endpoint), N = 40" in heading
    assert "With everolimus: N = 20; " in heading
    assert "With everolimus against Without everolimus: hazard ratio " in heading
    assert "log-rank p " in heading
    assert "(primary endpoint)" not in words(ARM_FIGURES["os_arms"].draw(figures(subjects(40)), PAPER))
    assert "Responders are no randomised groups" in words(ARM_FIGURES["dor_arms"].draw(figures(subjects(40)), PAPER))


def test_the_numbers_at_risk_stand_by_group() -> None:
    estimates = figures(subjects(40))
    drawn = ARM_FIGURES["os_arms"].draw(estimates, PAPER)
    texts = [layer for layer in layers(drawn, "text") if "text" in layer["mark"]]
    assert [layer["mark"]["text"] for layer in texts] == ["Number at risk", "With everolimus", "Without everolimus"]
    blocks = [layer["data"]["values"] for layer in layers(drawn, "text") if "text" not in layer["mark"]]
    for block, group in zip(blocks, estimates["arms"]["groups"], strict=True):
        counted = {each["month"]: each["n"] for each in group["times"]["os"]["at_risk"]}
        assert [(each["month"], each["n"]) for each in block] == [
            (each["month"], str(counted.get(each["month"], 0))) for each in block
        ]
        assert block[0]["n"] == "20"


def test_a_group_of_nobody_has_no_curve_and_the_heading_says_why_there_is_no_ratio() -> None:
    rows = [replace(of_subject, arm="WITH") for of_subject in subjects(12)]
    drawn = ARM_FIGURES["pfs_arms"].draw(figures(rows), PAPER)
    assert {each["group"] for each in layers(drawn, "line")[0]["data"]["values"]} == {"With everolimus"}
    assert "hazard ratio cannot be estimated: no subject in Without everolimus; log-rank cannot be estimated" in words(
        drawn
    )
    assert pdf(drawn)


def test_all_events_in_one_group_have_a_reason_in_every_place() -> None:
    rows = [
        with_times(of_subject, pfs=(50 + place, of_subject.arm == "WITH"))
        for place, of_subject in enumerate(subjects(12))
    ]
    estimates = figures(rows)
    why = "cannot be estimated: all 6 events are in With everolimus"
    assert why in words(ARM_FIGURES["pfs_arms"].draw(estimates, PAPER))
    assert ARM_TABLES["hazards"](estimates, TWO.analysis).rows[0][4].text == why
    first = headlines(estimates, TWO.analysis)[0]
    assert (first.label, first.value) == ("PFS, hazard ratio (primary endpoint)", "–")
    assert why in first.note
    assert "log-rank p " in first.note


def test_without_a_subject_there_is_nothing_to_draw_and_the_reason_stands_there() -> None:
    for figure in ARM_FIGURES.values():
        assert not figure.is_there(figures([]))
        assert figure.nothing(figures([])) == "No subject of this population counts in this analysis set."
    others = [replace(of_subject, arm="") for of_subject in subjects(5)]
    assert (
        ARM_FIGURES["os_arms"].nothing(figures(others))
        == "No subject of this analysis set was given a group by the list."
    )
    assert "5 of the subjects were given no group by a list" in ARM_TABLES["by_arm"](figures(others), TWO.analysis).note


def test_an_estimate_without_groups_has_the_figures_and_tables_that_it_had() -> None:
    plain = estimate(subjects(5), TWO.analysis)
    assert figures_of(plain) == FIGURES
    assert not set(tables_of(plain)) & set(ARM_TABLES)
    assert list(figures_of(figures(subjects(5))))[:3] == ["pfs_arms", "os_arms", "dor_arms"]


def test_of_three_groups_each_comparison_is_named() -> None:
    of = protocol(arms=(*ARMS, THIRD))
    table = ARM_TABLES["hazards"](figures(subjects(30, 3), of), of.analysis)
    assert len(table.rows) == 8
    assert [cells[0].text for cells in table.rows][::4] == [
        "Progression-free survival: With everolimus against Without everolimus",
        "Progression-free survival: Half the dose against Without everolimus",
    ]


def test_groups_of_one_label_are_told_apart_by_their_codes() -> None:
    of = protocol(arms=(ARMS[0], ARMS[1].replace('"Without everolimus"', '"With everolimus"')))
    labels = [group["label"] for group in figures(subjects(4), of)["arms"]["groups"]]
    assert labels == ["With everolimus (WITH)", "With everolimus (WITHOUT)"]


def test_strata_that_tell_nothing_are_counted_below_the_table() -> None:
    rows = [
        replace(of_subject, stratum="alone" if place == 0 else of_subject.stratum)
        for place, of_subject in enumerate(subjects(30))
    ]
    note = ARM_TABLES["hazards"](figures(rows), TWO.analysis).note
    assert "PFS, With everolimus against Without everolimus: 1 of 3 strata, with 1 subject, had no event" in note


@pytest.mark.parametrize(
    ("p", "text", "equals"),
    [
        (0.03124, "0.0312", "p = 0.0312"),
        (0.04995, "0.0500", "p = 0.0500"),
        (0.0001, "0.0001", "p = 0.0001"),
        (0.00009, "<0.0001", "p < 0.0001"),
        (1.0, ">0.9999", "p > 0.9999"),
        (1e-300, "<0.0001", "p < 0.0001"),
    ],
)
def test_a_p_value_has_four_decimals_or_says_on_which_side_it_lies(p: float, text: str, equals: str) -> None:
    assert (p_value(p), p_equals(p)) == (text, equals)


@pytest.mark.parametrize(
    ("value", "text"), [(0.705, "0.71"), (1.0, "1.00"), (0.004, "<0.01"), (12.345, "12.35"), (1234.5, "1,234.50")]
)
def test_a_hazard_ratio_has_two_decimals_and_is_never_nothing(value: float, text: str) -> None:
    assert ratio(value) == text


@pytest.mark.parametrize(("fraction", "text"), [(0.125, "+12.5"), (-0.125, "−12.5"), (0.0, "0.0"), (-0.0002, "0.0")])
def test_percentage_points_have_their_sign(fraction: float, text: str) -> None:
    assert points(fraction) == text


@pytest.mark.parametrize(
    ("primary", "labels"),
    [("orr", ["ORR, confirmed (primary endpoint)"]), ("pfs", ["Median PFS (primary endpoint)"]), (None, [])],
)
def test_of_a_trial_of_one_group_the_primary_endpoint_is_the_estimate(primary: Any, labels: list[str]) -> None:
    plan = replace(AnalysisPlan(), primary_endpoint=primary)
    shown = headlines(estimate(subjects(5), plan), plan)
    assert [each.label for each in shown if "primary" in each.label] == labels
    of_groups = headlines(figures(subjects(8)), TWO.analysis)
    assert [each.label for each in of_groups if "primary" in each.label] == ["PFS, hazard ratio (primary endpoint)"]
