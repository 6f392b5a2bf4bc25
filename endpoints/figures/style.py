"""How every figure looks: one typeface, one palette; a response has a colour and a shape, never a colour alone.

A file has its size in print: a pixel of its specification is a point of paper (1/72 inch).
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from endpoints.arithmetic.populations import NOT_ASSESSED
from protocol.schema import AnalysisPlan
from values import numbers

Spec = dict[str, Any]
# Points of paper, or as wide as the element of the page that holds it.
Width = int | Literal["container"]
Links = Mapping[str, str]

INK, SOFT, LINE, ACCENT = "#17242e", "#4b5b68", "#cfd8df", "#0b5566"
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
# As wide as Arial, which stands for it where it is not installed.
FACE = "Arimo, Arial, Helvetica, Liberation Sans, sans-serif"
# What a journal sets a figure to: one column of 85 mm, two of 180 mm.
ONE_COLUMN, TWO_COLUMNS = 241, 510
# The smallest letters that a journal prints, in points.
SMALLEST = 7
ON_SCREEN = 11
# On a telephone a figure is as narrow as this.
NARROWEST = 300


def is_narrow(width: Width) -> bool:
    """Whether it is nearer to one column of a journal than to two."""
    return width != "container" and width < (ONE_COLUMN + TWO_COLUMNS) / 2


class Look(NamedTuple):
    """`dash` tells the lines of a spider apart in grey."""

    colour: str
    shape: str
    dash: tuple[int, ...] = (1, 0)


# Told apart by people who see no red or no green, and in grey by shape; growth points up, shrinkage down.
RESPONSES = {
    "CR": Look("#06382a", "diamond"),
    "PR": Look("#2f7fb8", "triangle-down", (6, 2)),
    "SD": Look("#bf8700", "square", (3, 2)),
    "NON-CR/NON-PD": Look("#6f4fa0", "circle", (8, 2, 2, 2)),
    "PD": Look("#9c1c15", "triangle-up"),
    "NE": Look("#75838e", "cross", (1, 2)),
    NOT_ASSESSED: Look("#aab4bc", "M-1,0L1,0", (1, 3)),
}
ABBREVIATIONS = {
    "CR": "complete response",
    "PR": "partial response",
    "SD": "stable disease",
    "PD": "progressive disease",
    "NE": "not evaluable",
}


# As people write it; the others are written as they are kept.
WRITTEN = {"NON-CR/NON-PD": "Non-CR/Non-PD"}


class Canvas(NamedTuple):
    """Where a figure stands. `about` names the population, `level` the confidence in words ("95 %"), `days_per_month`
    turns days into months; `links` leads from a subject's ref to its page; `letters` is their size where it is not the
    usual one; `origin` is day 1 in words."""

    width: Width
    about: str = ""
    level: str = "95 %"
    days_per_month: float = 30.4375
    links: Links = {}
    letters: float | None = None
    origin: str = "first dose"

    @property
    def text(self) -> float:
        """The size of letters, in points on paper and in pixels on a page."""
        if self.letters is not None:
            return self.letters
        if self.width == "container":
            return ON_SCREEN
        return SMALLEST if is_narrow(self.width) else SMALLEST + 1

    def plot(self, beside: float, *, least: int = NARROWEST) -> float:
        """How wide the plot is at least, with so many letters' widths of axis and labels beside it."""
        width = least if self.width == "container" else self.width
        return max(width - beside * self.text, 60)

    def lines(self, *sentences: str) -> list[str]:
        """Sentences broken so that none runs off the figure."""
        width = NARROWEST if self.width == "container" else self.width
        most = int(width / self.text * 1.85)
        return [line for sentence in sentences for line in textwrap.wrap(sentence, most, break_on_hyphens=False)]


def figure(
    layers: list[Spec],
    *,
    width: Width,
    height: float,
    description: str,
    text: float = ON_SCREEN,
    legends: Literal["vertical", "horizontal"] = "vertical",
    **more: Any,
) -> Spec:
    """A whole specification of layers over one pair of axes, `width` wide with all that stands around them."""
    return {
        "$schema": SCHEMA,
        "description": description,
        "width": width,
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "background": "white",
        "padding": {"left": 2, "top": 2, "bottom": 2, "right": text * 0.6},
        "layer": layers,
        "config": config(text, legends, width),
        **more,
    }


def heading(canvas: Canvas, counted: str, *sentences: str) -> Spec:
    """What the figure says above itself: of whom it is, and how many; on a page, which may be narrow, line by line."""
    apart = not canvas.about or canvas.width == "container"
    whom = [canvas.about, counted] if apart else [f"{canvas.about}: {counted}"]
    return {
        "text": canvas.lines(*filter(None, whom), *sentences),
        "anchor": "start",
        # from the figure's own edge: long labels beside the plot leave less room than the lines were broken for
        "frame": "bounds",
        "fontSize": canvas.text,
        "fontWeight": "normal",
        "lineHeight": canvas.text * 1.3,
        "color": INK,
        "offset": canvas.text * 0.6,
    }


def response_colour(present: Iterable[str], *, title: str | None = "Best overall response", **legend: Any) -> Spec:
    return _by_response(present, [RESPONSES[name].colour for name in in_order(present)], title, legend)


def response_shape(present: Iterable[str], *, title: str | None = "Best overall response", **legend: Any) -> Spec:
    return _by_response(present, [RESPONSES[name].shape for name in in_order(present)], title, legend)


def _by_response(present: Iterable[str], looks: list[Any], title: str | None, legend: Spec) -> Spec:
    return {
        "field": "response",
        "type": "nominal",
        "scale": {"domain": in_order(present), "range": looks},
        "legend": {"title": title, "labelExpr": f"({json.dumps(WRITTEN)})[datum.label] || datum.label", **legend},
    }


def level_of(plan: AnalysisPlan) -> str:
    """Of confidence: 95 %."""
    return f"{numbers.written(plan.conf_level * 100)} %"


def written(response: str) -> str:
    return WRITTEN.get(response, response)


def in_order(present: Iterable[str]) -> list[str]:
    remaining = set(present)
    return [name for name in RESPONSES if name in remaining]


def abbreviations(present: Iterable[str]) -> str:
    """What the letters of the responses stand for."""
    return "; ".join(f"{name}: {ABBREVIATIONS[name]}" for name in in_order(present) if name in ABBREVIATIONS)


def named(name: str, look: Any, **legend: Any) -> Spec:
    """The encoding of a layer that has one sign alone, so that the legend explains it."""
    return {"datum": name, "scale": {"domain": [name], "range": [look]}, "legend": {"title": None, **legend}}


def month_step(last: float, most: int = 20) -> int:
    """Months between two ticks, so that `most` of them fill the axis at most."""
    return next((step for step in (3, 6, 12, 24) if last / step <= most), 60)


def month_ticks(last: float, most: int = 9) -> list[int]:
    """From 0 to one tick past the last day."""
    step = month_step(last, most)
    return list(range(0, (int(last // step) + 2) * step, step))


def threshold(level: int) -> list[Spec]:
    """A dashed line across the plot, with its level in words at its right end."""
    at = {"field": "level", "type": "quantitative"}
    words = f"{level:+} %".replace("-", "−")
    return [
        {
            "data": {"values": [{"level": level}]},
            "mark": {"type": "rule", "strokeDash": [5, 3], "color": INK},
            "encoding": {"x": None, "y": at},
        },
        {
            "data": {"values": [{"level": level, "words": words}]},
            "mark": {"type": "text", "align": "left", "dx": 4, "clip": False},
            "encoding": {"x": {"value": "width"}, "y": at, "text": {"field": "words"}},
        },
    ]


def columns_of(width: Width) -> Any:
    """Signs of a legend beside each other. On a page the width falls by the axis while the figure is laid out: where it
    passes the limit on its way, the heading would stand where the legend grows to."""
    if width == "container":
        return {"expr": "width < 420 ? 3 : 7"}
    return 3 if is_narrow(width) else 7


def config(text: float, legends: str, width: Width) -> Spec:
    return {
        "font": FACE,
        "view": {"stroke": None},
        "axis": {
            "labelColor": INK,
            "titleColor": INK,
            "labelFontSize": text,
            "titleFontSize": text,
            "titleFontWeight": "normal",
            "domainColor": SOFT,
            "tickColor": SOFT,
            "gridColor": "#e8edf0",
            "titlePadding": text * 0.6,
        },
        "legend": {
            "orient": "top",
            "labelFontSize": text,
            "titleFontSize": text,
            "titleFontWeight": "normal",
            "labelColor": INK,
            "titleColor": INK,
            "labelLimit": 0,
            "symbolSize": text * text * 0.6,
            "columnPadding": text,
            "rowPadding": 2,
            "offset": text,
            "columns": columns_of(width),
            "layout": {"top": {"direction": legends, "anchor": "start", "margin": text * 0.8}},
        },
        "text": {"font": FACE, "fontSize": text, "color": INK},
    }
