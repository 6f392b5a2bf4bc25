"""The swimmer: a lane for each subject, and what happened on it."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import vl_convert

from endpoints import typeface
from endpoints.arithmetic.populations import estimate
from endpoints.arithmetic.records import Dated
from endpoints.arithmetic.rows import row_of
from endpoints.arithmetic.subject import derive
from endpoints.figures import FIGURES, swimmer
from endpoints.figures.style import ONE_COLUMN, SMALLEST, TWO_COLUMNS
from endpoints.figures.swimmer import ALIVE, DEATH, ENDED, ONGOING, PROGRESSION, THERAPY
from tests.endpoints.drawn import PAPER, PLAN, figures, row, svg, words
from tests.endpoints.population import day, records
from tests.printed import overprinted, sheets


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
    estimates = figures(14)
    ends = [swimmer.events(entry)[-1] for entry in estimates["swimmer"]]
    assert [day for day, _ in ends] == [entry["days"] for entry in estimates["swimmer"]]
    assert {sign for _, sign in ends} <= {DEATH, ALIVE, ONGOING}
    assert sum(sign == DEATH for _, sign in ends) == estimates["times"]["os"]["events"]


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
    estimates = figures(200)
    parts = list(FIGURES["swimmer"].sheets(estimates))
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
    estimates = estimate([row_of(derive(ended, PLAN), "101-001")], PLAN)
    assert (150, ENDED) in swimmer.events(estimates["swimmer"][0])
