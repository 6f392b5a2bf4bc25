"""Change of the sum of target lesions over time, one line a subject, from the day of the baseline scan."""

from __future__ import annotations

import itertools
from typing import Any

from endpoints.arithmetic.percentages import signed
from endpoints.figures.style import (
    INK,
    RESPONSES,
    SOFT,
    Canvas,
    Spec,
    figure,
    heading,
    in_order,
    month_ticks,
    named,
    response_colour,
    response_shape,
    threshold,
)
from endpoints.figures.waterfall import shown_of

# Lines that grow beyond this leave the plot at its upper edge, where their value stands.
MOST, ABOVE = 100.0, 25.0
# So many values of lines that leave the plot stand under each other; the heading counts them all.
MOST_WORDS = 5
CHANGE: Spec = {"field": "change", "type": "quantitative"}
NEW_LESION = "M0,-1L0,1M-0.87,-0.5L0.87,0.5M-0.87,0.5L0.87,-0.5"


def spec(lines: list[dict[str, Any]], canvas: Canvas, *, of: int | None = None, every_point: bool = False) -> Spec:
    """`lines` as populations.spider gives them; each ends in the shape of the subject's best response.

    `of` is how many subjects the population has; `every_point` marks each assessment, as is wanted where there is one
    line alone.
    """
    points = [_point(line, day, change, canvas) for line in lines for day, change in line["points"]]
    present = {line["response"] for line in lines}
    ends = list({point["label"]: point for point in points}.values())
    top = MOST + ABOVE if any(point["change"] > MOST for point in points) else MOST
    within = [point for point in (points if every_point else ends) if point["change"] <= top]
    leaving = [crossing for line in lines for crossing in _crossings(line, top, canvas)]
    return figure(
        [
            *_zero(),
            *(layer for level in (20, -30) for layer in threshold(level)),
            *_lines(points, present, top, canvas),
            _marks(within, present, canvas),
            *_new_lesions([point for point in points if point["new"] and point["change"] <= top], canvas),
            *_leaving(leaving, top, canvas),
        ],
        width=canvas.width,
        height=canvas.text * 23,
        description="Spider: change of the sum of target lesions of each subject over time.",
        text=canvas.text,
        legends="horizontal",
        title=heading(canvas, *_about(lines, of, canvas)) if of is not None else None,
        encoding={"x": _months(points, canvas)},
    )


def _point(line: dict[str, Any], day: int, change: float, canvas: Canvas) -> Spec:
    return {
        "label": line["label"],
        "response": line["response"],
        "month": day / canvas.days_per_month,
        "change": change,
        "words": f"{signed(change)} %",
        "new": day in line.get("new_lesions", ()),
        "url": canvas.links.get(line["ref"]),
    }


def _months(points: list[Spec], canvas: Canvas) -> Spec:
    months = [point["month"] for point in points]
    ticks = month_ticks(max(months, default=1.0))
    return {
        "field": "month",
        "type": "quantitative",
        "scale": {"domain": [min([0.0, *months]) * 1.15, ticks[-1]], "nice": False},
        "title": f"Time since {canvas.origin} (months)",
        "axis": {"grid": False, "values": ticks, "labelOverlap": "greedy"},
    }


def _change(top: float) -> Spec:
    return {
        "field": "change",
        "type": "quantitative",
        "scale": {"domain": [-100, top], "nice": False},
        "axis": {
            "title": "Change from baseline (%)",
            "values": [-100, -75, -50, -25, 0, 25, 50, 75, 100],
            "labelExpr": "replace(datum.label, '-', '−')",
        },
    }


def _zero() -> list[Spec]:
    y = {"field": "level", "type": "quantitative"}
    return [
        {
            "data": {"values": [{"level": 0}]},
            "mark": {"type": "rule", "color": SOFT},
            "encoding": {"x": None, "y": y},
        }
    ]


def _lines(points: list[Spec], present: set[str], top: float, canvas: Canvas) -> list[Spec]:
    """A layer for each response: a dash of its own in the encoding would run around the signs of the legend too."""
    return [
        {
            "data": {"values": [point for point in points if point["response"] == response]},
            "mark": {
                "type": "line",
                "color": RESPONSES[response].colour,
                "strokeDash": list(RESPONSES[response].dash),
                "strokeWidth": canvas.text * 0.12,
                "opacity": 0.85,
                "clip": True,
            },
            "encoding": {"y": _change(top), "detail": {"field": "label"}},
        }
        for response in in_order(present)
    ]


def _marks(points: list[Spec], present: set[str], canvas: Canvas) -> Spec:
    """The points that say whose line it is."""
    encoding: Spec = {
        "y": CHANGE,
        "color": response_colour(present),
        "shape": response_shape(present),
        "tooltip": _words(),
    }
    if canvas.links:
        encoding["href"] = {"field": "url"}
    return {
        "data": {"values": points},
        "mark": {"type": "point", "filled": True, "size": canvas.text**2 * 0.45, "opacity": 1},
        "encoding": encoding,
    }


def _words() -> list[Spec]:
    return [
        {"field": "label", "title": "Subject"},
        {"field": "month", "format": ".1f", "title": "Month"},
        {"field": "words", "title": "Change"},
        {"field": "response", "title": "Best response"},
    ]


def _new_lesions(points: list[Spec], canvas: Canvas) -> list[Spec]:
    """Above the point, whose own shape stays to be seen."""
    sign = named("New lesion", 1, symbolType=NEW_LESION, symbolStrokeColor=INK)
    return [
        {
            "data": {"values": points},
            "mark": {
                "type": "point",
                "size": canvas.text**2 * 0.4,
                "strokeWidth": 1,
                "color": INK,
                "shape": NEW_LESION,
                "yOffset": -canvas.text * 0.75,
            },
            "encoding": {"y": CHANGE, "opacity": sign, "tooltip": _words()},
        }
    ] * bool(points)


def _crossings(line: dict[str, Any], top: float, canvas: Canvas) -> list[Spec]:
    """Where a line leaves the plot at its upper edge, with the value that it goes to."""
    pairs = itertools.pairwise(line["points"])
    return [
        _point(line, day, to, canvas)
        | {"month": (before + (day - before) * (top - from_) / (to - from_)) / canvas.days_per_month}
        for (before, from_), (day, to) in pairs
        if from_ <= top < to
    ]


def _leaving(crossings: list[Spec], top: float, canvas: Canvas) -> list[Spec]:
    """The values that lie above the plot, each beside its line; of several that leave close by under each other."""
    crossings = sorted(crossings, key=lambda crossing: crossing["month"])[:MOST_WORDS]
    # what stands under the words keeps the lines of others from striking them through
    under = {"stroke": "white", "strokeWidth": canvas.text * 0.4}
    return [
        {
            "data": {"values": [crossing]},
            "mark": {
                "type": "text",
                "align": "left",
                "baseline": "top",
                "dx": canvas.text * 0.4,
                "dy": place * canvas.text * 1.2,
                **halo,
            },
            "encoding": {"y": {"datum": top, "type": "quantitative"}, "text": {"field": "words"}, "tooltip": _words()},
        }
        for halo in (under, {})
        for place, crossing in enumerate(crossings)
    ]


def _about(lines: list[dict[str, Any]], of: int, canvas: Canvas) -> list[str]:
    above = [max(change for _, change in line["points"]) for line in lines]
    above = [change for change in above if change > MOST + ABOVE]
    shown = [shown_of(len(lines), of)]
    if above:
        lines_leave = "1 line leaves" if len(above) == 1 else f"{len(above)} lines leave"
        shown.append(f"{lines_leave} the plot; the largest change is {signed(max(above))} %")
    return shown
