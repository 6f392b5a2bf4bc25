"""One lane a treated subject, from its origin to death or last contact: treatment, responses, what followed.

Marks of one lane never hide each other: where two would, the later one stands beside the earlier.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from endpoints.figures.style import (
    INK,
    RESPONSES,
    SMALLEST,
    SOFT,
    Canvas,
    Spec,
    figure,
    heading,
    is_narrow,
    month_ticks,
    response_colour,
    written,
)
from endpoints.figures.waterfall import shown_of

LANE = 1.24
# Letters of the labels beside the plot.
BESIDE = 11
# A letter of a label with its share of axis and margin, in sizes of a letter.
LETTER = 0.62
# Pixels that the lanes need on a page.
LEAST = 640
ROUNDING = 1e-9
# Letters of a label that takes half of one column of a journal.
LONG_LABEL = 22
# On one sheet of paper, with what stands above and below them.
MOST_LANES = 60


class Sign(NamedTuple):
    name: str
    shape: str
    fill: str = "transparent"


COMPLETE = Sign("First CR", RESPONSES["CR"].shape, RESPONSES["CR"].colour)
PARTIAL = Sign("First PR", RESPONSES["PR"].shape, RESPONSES["PR"].colour)
PROGRESSION = Sign("Progression", RESPONSES["PD"].shape, RESPONSES["PD"].colour)
ENDED = Sign("End of treatment", "M0,-1L0,1")
# No cross: where the end of treatment stands on the line of follow-up, the two are one.
THERAPY = Sign("New therapy", "square", "white")
DEATH = Sign("Death", "M-1,-1L1,1M-1,1L1,-1")
ALIVE = Sign("Alive", "circle", "white")
ONGOING = Sign("Treatment ongoing", "triangle-right", INK)
SIGNS = (COMPLETE, PARTIAL, PROGRESSION, ENDED, THERAPY, DEATH, ALIVE, ONGOING)


def spec(lanes: list[dict[str, Any]], canvas: Canvas, *, of: int, longest: int | None = None, sheet: str = "") -> Spec:
    """`lanes` as populations.swimmer gives them, in their order; `of` how many subjects the population has. Of several
    sheets each has the axis of the `longest` lane of all, in days, and says which `sheet` it is."""
    if canvas.width != "container":
        # with the smallest letters as many lanes as can be stand on a sheet
        canvas = canvas._replace(letters=SMALLEST)
    last = (longest or max((lane["days"] for lane in lanes), default=1)) / canvas.days_per_month
    beside = max([BESIDE, *(LETTER * len(name_of(lane)) for lane in lanes)])
    ticks = month_ticks(last, _most_ticks(canvas.plot(beside, least=LEAST), canvas))
    return figure(
        [
            *_bars([_lane(lane, canvas) for lane in lanes], ticks, canvas),
            *_signs([mark for lane in lanes for mark in marks(lane, ticks[-1], canvas, beside)], ticks, canvas),
        ],
        width=canvas.width,
        height=max(lane_height(canvas) * len(lanes), 4 * canvas.text),
        description=f"Swimmer: each subject from {canvas.origin} to death or last contact, treatment and responses.",
        text=canvas.text,
        title=heading(canvas, ", ".join(filter(None, [shown_of(len(lanes), of), sheet]))),
        encoding={"y": _subjects(lanes, canvas)},
    )


def _most_ticks(plot: float, canvas: Canvas) -> int:
    """So many that their numbers do not touch."""
    return min(9, max(3, int(plot / (canvas.text * 2.2)) - 1))


def lane_height(canvas: Canvas) -> float:
    return canvas.text * LANE


def _lane(lane: dict[str, Any], canvas: Canvas) -> Spec:
    month = canvas.days_per_month
    end = lane["days"] if lane["treatment_end"] is None else min(lane["treatment_end"], lane["days"])
    # Of a subject who was randomised and never treated there is the line alone.
    end = end if lane.get("treated", True) else 0
    return {
        "lane": name_of(lane),
        "label": lane["label"],
        "response": lane["response"],
        "treated": end / month,
        "followed": lane["days"] / month,
        "url": canvas.links.get(lane["ref"]),
    }


def name_of(lane: dict[str, Any]) -> str:
    """The subject with its best response beside it, for those who do not see the lane's colour."""
    return f"{lane['label']}  {written(lane['response'])}"


def events(lane: dict[str, Any]) -> list[tuple[int, Sign]]:
    """The days of a lane that have a mark, in order; how it ends is the last."""
    seen = [(day, COMPLETE if response == "CR" else PARTIAL) for day, response in lane["response_days"]]
    days = ((lane["progression_day"], PROGRESSION), (lane["treatment_end"], ENDED), (lane["new_therapy"], THERAPY))
    seen += [(day, sign) for day, sign in days if day is not None]
    seen.sort(key=lambda event: (event[0], SIGNS.index(event[1])))
    end = DEATH if lane["dead"] else ONGOING if lane["treatment_end"] is None else ALIVE
    return [*seen, (lane["days"], end)]


def marks(lane: dict[str, Any], last: float, canvas: Canvas, beside: float = BESIDE) -> list[Spec]:
    """The marks of a lane; `nudge` is how many widths of a mark each stands to the right of its day. `beside` is how
    many letters' widths the labels take."""
    width = mark_width(canvas)
    a_month = canvas.plot(beside, least=LEAST) / last
    rows: list[Spec] = []
    taken = float("-inf")
    for day, sign in events(lane):
        at = day / canvas.days_per_month * a_month
        # what ends a lane stands behind its end
        needed = max(at + (width * 0.6 if sign in (DEATH, ALIVE, ONGOING) else 0), taken + width)
        # in quarters, for each of them is a layer of its own
        nudge = math.ceil((needed - at) / width * 4 - ROUNDING) / 4
        taken = at + nudge * width
        mark = {"lane": name_of(lane), "label": lane["label"], "event": sign.name}
        rows.append({**mark, "day": day, "month": day / canvas.days_per_month, "nudge": nudge})
    return rows


def mark_width(canvas: Canvas) -> float:
    return canvas.text * 0.8


def _subjects(lanes: list[dict[str, Any]], canvas: Canvas) -> Spec:
    return {
        "field": "lane",
        "type": "nominal",
        "sort": None,
        "scale": {"domain": [name_of(lane) for lane in lanes], "padding": 0.15},
        "axis": {
            "title": "Subject, best overall response",
            "labelLimit": canvas.text * 16,
            "labelOverlap": False,
            "ticks": False,
            "domain": False,
        },
    }


def _months(field: str, ticks: list[int], canvas: Canvas) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [0, ticks[-1]], "nice": False},
        "title": f"Time since {canvas.origin} (months)",
        "axis": {"values": ticks, "labelOverlap": "greedy"},
    }


def _bars(rows: list[Spec], ticks: list[int], canvas: Canvas) -> list[Spec]:
    """On treatment a lane is thick, afterwards it is a line."""
    encoding: Spec = {
        "color": response_colour({row["response"] for row in rows}, symbolType="square", symbolOpacity=0.6),
        "tooltip": [
            {"field": "label", "title": "Subject"},
            {"field": "treated", "format": ".1f", "title": "Months on treatment"},
            {"field": "followed", "format": ".1f", "title": "Months followed"},
            {"field": "response", "title": "Best response"},
        ],
    }
    if canvas.links:
        encoding["href"] = {"field": "url"}
    line = {"type": "rule", "color": SOFT}
    return [
        {
            "data": {"values": rows},
            "mark": line,
            "encoding": {"x": _months("treated", ticks, canvas), "x2": {"field": "followed"}},
        },
        {
            "data": {"values": rows},
            "mark": {"type": "bar", "opacity": 0.55, "height": {"band": 0.8}},
            "encoding": {"x": _months("treated", ticks, canvas), **encoding},
        },
    ]


def _signs(rows: list[Spec], ticks: list[int], canvas: Canvas) -> list[Spec]:
    """A layer for each nudge."""
    present = [sign for sign in SIGNS if any(row["event"] == sign.name for row in rows)]
    groups: dict[float, list[Spec]] = {}
    for row in rows:
        groups.setdefault(row["nudge"], []).append(row)
    # in one column of a journal long labels leave no room for two signs side by side
    longest = max((len(row["lane"]) for row in rows), default=0)
    columns = 4 if not is_narrow(canvas.width) else 1 if longest > LONG_LABEL else 2
    legend = {"title": None, "columns": columns}
    return [_sign_layer(groups[nudge], nudge, present, ticks, canvas, legend) for nudge in sorted(groups)]


def _sign_layer(
    rows: list[Spec], nudge: float, present: list[Sign], ticks: list[int], canvas: Canvas, legend: Spec
) -> Spec:
    width = mark_width(canvas)
    return {
        "data": {"values": rows},
        "mark": {
            "type": "point",
            "size": width * width * 0.75,
            "opacity": 1,
            "strokeWidth": canvas.text * 0.12,
            "xOffset": nudge * width,
            "clip": False,
        },
        "encoding": {
            "x": _months("month", ticks, canvas),
            "shape": _by_event(present, [sign.shape for sign in present], legend),
            "fill": _by_event(present, [sign.fill for sign in present], legend),
            "stroke": _by_event(present, [INK for _ in present], legend),
            "tooltip": [
                {"field": "label", "title": "Subject"},
                {"field": "event", "title": "Event"},
                {"field": "day", "title": "Day"},
                {"field": "month", "format": ".1f", "title": "Month"},
            ],
        },
    }


def _by_event(present: list[Sign], looks: list[str], legend: Spec) -> Spec:
    scale = {"domain": [sign.name for sign in present], "range": looks}
    return {"field": "event", "type": "nominal", "scale": scale, "legend": legend}
