"""How every figure looks: one face, one palette; a response has a colour and a shape, never a colour alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

Spec = dict[str, Any]
# Pixels, or as wide as the element of the page that holds it.
Width = int | Literal["container"]

INK, SOFT, LINE, ACCENT = "#17242e", "#4b5b68", "#cfd8df", "#0b5566"
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


class Look(NamedTuple):
    colour: str
    shape: str


# Told apart by people who see no red or no green, and in grey by lightness; growth points up, shrinkage down.
RESPONSES = {
    "CR": Look("#0a4f3c", "diamond"),
    "PR": Look("#2e86c1", "triangle-down"),
    "SD": Look("#c18a00", "square"),
    "NON-CR/NON-PD": Look("#7b5ea7", "circle"),
    "PD": Look("#b3261e", "triangle-up"),
    "NE": Look("#75838e", "cross"),
}


def figure(layers: list[Spec], *, width: Width, height: int, description: str, **more: Any) -> Spec:
    """A whole specification of layers over one pair of axes."""
    return {
        "$schema": SCHEMA,
        "description": description,
        "width": width,
        "height": height,
        "autosize": {"type": "fit-x" if width == "container" else "pad", "contains": "padding"},
        "background": "white",
        "padding": 6,
        "layer": layers,
        "config": CONFIG,
        **more,
    }


def response_colour(present: Iterable[str], *, title: str | None = "Best response", **legend: Any) -> Spec:
    names = in_order(present)
    return {
        "field": "response",
        "type": "nominal",
        "scale": {"domain": names, "range": [RESPONSES[name].colour for name in names]},
        "legend": {"title": title, "symbolType": "square", **legend},
    }


def response_shape(present: Iterable[str], *, title: str | None = "Best response", **legend: Any) -> Spec:
    names = in_order(present)
    return {
        "field": "response",
        "type": "nominal",
        "scale": {"domain": names, "range": [RESPONSES[name].shape for name in names]},
        "legend": {"title": title, **legend},
    }


def in_order(present: Iterable[str]) -> list[str]:
    found = set(present)
    return [name for name in RESPONSES if name in found]


def month_step(last: float) -> int:
    """Months between two ticks, so that some twenty of them fill the axis."""
    return next((step for step in (3, 6, 12, 24) if last / step <= 20), 60)


CONFIG: Spec = {
    "font": "Liberation Sans, Arial, Helvetica, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 11,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "domainColor": SOFT,
        "tickColor": SOFT,
        "gridColor": "#e8edf0",
        "titlePadding": 8,
    },
    "legend": {
        "orient": "top",
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": SOFT,
        "symbolSize": 70,
        "columnPadding": 12,
        # on a telephone the legends stand under each other, in rows of three
        "columns": {"expr": "width < 380 ? 3 : 6"},
        "layout": {"top": {"direction": "vertical", "anchor": "start"}},
    },
    "text": {"font": "Liberation Sans, Arial, Helvetica, sans-serif", "fontSize": 11, "color": INK},
}
