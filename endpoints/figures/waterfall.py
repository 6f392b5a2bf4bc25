"""Best change of the sum of target lesions, one bar a subject, lines at +20 and -30 per cent."""

from __future__ import annotations

import math
from typing import Any

from endpoints.arithmetic.percentages import signed
from endpoints.figures.style import (
    INK,
    SMALLEST,
    Canvas,
    Spec,
    figure,
    heading,
    in_order,
    response_colour,
    response_shape,
    threshold,
    written,
)

# A bar that grows beyond this would press all others flat: it is broken, and its value stands above it.
BREAK_AT = 100.0
# Room above it for values that stand upright, and for those that lie, in per cent of change.
UPRIGHT, LYING = 52.0, 15.0
# Letters of the axis and of the lines' labels beside the plot.
BESIDE = 8
# The least width of a bar, in points, at which a subject's number can stand below it, and a mark at its foot.
FOR_LABELS, FOR_MARKS = 1.15 * SMALLEST, 0.45 * SMALLEST
# A bar of few is no wider than this, in points.
WIDEST = 28
# The least width of a bar over which its value lies.
FOR_VALUE = 40
# Width of a bar with its gap on a page where each has its label.
BAR = 12
GAP = "M-1,0.45L1,-0.45"


def spec(bars: list[dict[str, Any]], canvas: Canvas, *, of: int) -> Spec:
    """`bars` as populations.waterfall gives them, in their order; `of` how many subjects the population has."""
    rows = [_row(bar, canvas) for bar in bars]
    step, text = bar_width(len(rows), canvas), canvas.text
    present = {bar["response"] for bar in bars}
    height = text * 23
    return figure(
        [
            _bars(rows, present, step, canvas),
            *(layer for level in (20, -30) for layer in threshold(level)),
            *_breaks([row for row in rows if row["broken"]], step),
            *(_marks(rows, present, step, text) if step >= FOR_MARKS else _strips(rows, height, text)),
        ],
        width=canvas.width,
        height=height,
        description="Waterfall: best change of the sum of target lesions of each subject.",
        text=text,
        title=heading(canvas, shown_of(len(bars), of), *_broken(rows)),
        data={"values": rows},
        encoding={"x": _subjects(rows, labelled=step >= FOR_LABELS, page=canvas.width == "container")},
    )


def shown_of(shown: int, of: int) -> str:
    """Subjects in the figure, and in the population."""
    return f"N = {of:,}" if shown == of else f"{shown:,} of N = {of:,}"


def bar_width(count: int, canvas: Canvas) -> float:
    """Width of a bar with its gap, in points; a page gives each bar with a label its room."""
    return max(canvas.plot(BESIDE), least_width(count) if canvas.width == "container" else 0) / max(count, 1)


def least_width(count: int) -> int:
    """Pixels that the bars need on a page; with more of them than have a label they share what there is."""
    return BAR * count if count <= 80 else 0


def _row(bar: dict[str, Any], canvas: Canvas) -> dict[str, Any]:
    change = bar["change"]
    return bar | {
        "shown": min(change, BREAK_AT),
        "broken": change > BREAK_AT,
        "words": f"{signed(change)} %",
        "url": canvas.links.get(bar["ref"]),
    }


def _broken(rows: list[dict[str, Any]]) -> list[str]:
    broken = [row for row in rows if row["broken"]]
    if not broken:
        return []
    bars = "1 bar is" if len(broken) == 1 else f"{len(broken)} bars are"
    return [f"{bars} broken at +{BREAK_AT:.0f} %; the largest is {broken[0]['words']}"]


def _subjects(rows: list[dict[str, Any]], *, labelled: bool, page: bool) -> Spec:
    axis: Spec = {"title": "Subjects", "labels": False, "ticks": False, "domain": False, "orient": "bottom"}
    if labelled:
        axis |= {"labels": True, "labelAngle": -90, "labelOverlap": False, "labelLimit": 90}
        axis |= {} if page else {"labelFontSize": SMALLEST}
    return {
        "field": "label",
        "type": "nominal",
        "sort": None,
        "scale": {"domain": [row["label"] for row in rows], "paddingInner": 0.25 if labelled else 0.1},
        "axis": axis,
    }


def _change(top: float) -> Spec:
    return {
        "field": "shown",
        "type": "quantitative",
        "scale": {"domain": [-100, top], "nice": False},
        "axis": {
            "title": "Best change from baseline (%)",
            "values": [level for level in range(-100, 101, 25) if level <= top],
            "domain": False,
            "labelExpr": "replace(datum.label, '-', '−')",
        },
    }


def _top(rows: list[Spec], step: float) -> float:
    """The upper end of the axis, with room for the values of broken bars."""
    broken = sum(row["broken"] for row in rows)
    if broken:
        return BREAK_AT + (LYING if lies(broken, step) or step < FOR_LABELS else UPRIGHT)
    return max(25 * math.ceil(max((row["change"] for row in rows), default=0) / 25), 25)


def _bars(rows: list[Spec], present: set[str], step: float, canvas: Canvas) -> Spec:
    encoding: Spec = {
        "y": _change(_top(rows, step)) | {"stack": None},
        "color": response_colour(present),
        "tooltip": [
            {"field": "label", "title": "Subject"},
            {"field": "words", "title": "Best change"},
            {"field": "response", "title": "Best response"},
        ],
    }
    if canvas.links:
        encoding["href"] = {"field": "url"}
    wide = {"size": WIDEST} if step > WIDEST else {}
    return {"mark": {"type": "bar", **wide}, "encoding": encoding}


def _marks(rows: list[Spec], present: set[str], step: float, text: float) -> list[Spec]:
    """On the other side of the line of no change, so that a mark adds nothing to a bar."""
    size = min(step * 0.75, text * 0.7)
    sides = ((size, [row for row in rows if row["shown"] > 0]), (-size, [row for row in rows if row["shown"] <= 0]))
    return [
        {
            "data": {"values": side},
            "mark": {"type": "point", "filled": True, "size": size * size, "opacity": 1, "yOffset": offset},
            "encoding": {
                "y": {"datum": 0, "type": "quantitative"},
                "color": response_colour(present),
                "shape": response_shape(present),
            },
        }
        for offset, side in sides
        if side
    ]


def _strips(rows: list[Spec], height: float, text: float) -> list[Spec]:
    """Where the bars are too thin for marks: below them a strip for each response, so that no colour is needed."""
    names = in_order(row["response"] for row in rows)
    lane = {name: height + text * (2.6 + 1.3 * place) for place, name in enumerate(names)}
    at = {"field": "at", "type": "quantitative", "scale": None, "axis": None}
    rows = [{"label": row["label"], "at": lane[row["response"]]} for row in rows]
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "tick", "orient": "vertical", "size": text, "thickness": 0.7, "color": INK, "clip": False},
            "encoding": {"y": at},
        },
        {
            "data": {"values": [{"name": written(name), "at": lane[name]} for name in names]},
            "mark": {"type": "text", "align": "right", "dx": -4, "clip": False},
            "encoding": {"x": {"value": 0}, "y": at, "text": {"field": "name"}},
        },
    ]


def lies(broken: int, step: float) -> bool:
    """Whether the values of broken bars lie above them: of one alone there is room beside it."""
    return broken == 1 or step >= FOR_VALUE


def _breaks(rows: list[Spec], step: float) -> list[Spec]:
    """A white gap across the bar, and its value above: of several bars upright, where they are wide enough for it."""
    if not rows:
        return []
    width = min(step, WIDEST)
    gap = {"type": "point", "shape": GAP, "size": width * width, "stroke": "white", "strokeWidth": 2, "opacity": 1}
    layers: list[Spec] = [
        {"data": {"values": rows}, "mark": gap, "encoding": {"y": {"datum": BREAK_AT * 0.9, "type": "quantitative"}}}
    ]
    if lies(len(rows), step) or step >= FOR_LABELS:
        way = {"dx": -width * 0.4, "dy": -SMALLEST} if lies(len(rows), step) else {"angle": 270, "dx": 4}
        layers.append(
            {
                "data": {"values": rows},
                "mark": {"type": "text", "align": "left", "clip": False, **way},
                "encoding": {"y": {"datum": BREAK_AT, "type": "quantitative"}, "text": {"field": "words"}},
            }
        )
    return layers
