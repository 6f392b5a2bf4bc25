"""Figures of a made-up population, and what is looked for in them."""

import re
from typing import Any

import vl_convert

from endpoints import typeface
from endpoints.arithmetic.populations import estimate
from endpoints.arithmetic.rows import OutcomeRow, row_of
from endpoints.arithmetic.subject import derive
from endpoints.figures import FIGURES
from endpoints.figures.style import TWO_COLUMNS, Canvas
from protocol.schema import AnalysisPlan
from tests.endpoints.population import records

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
    rows: list[dict[str, Any]] = (layer.get("data") or drawn["data"])["values"]
    return rows


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
