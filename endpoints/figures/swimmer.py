"""One lane a treated subject, from first dose to death or last contact: responses, progression, death."""

from __future__ import annotations

import json
from typing import Any

from endpoints.figures.style import INK, RESPONSES, Spec, Width, figure, in_order, month_step, response_colour

LANE = 13
DEATH, ALIVE = "Death", "Alive"
MARKS = {DEATH: "M-1,-1L1,1M-1,1L1,-1", ALIVE: "triangle-right"}


def spec(
    lanes: list[dict[str, Any]], *, days_per_month: float, links: dict[str, str] | None = None, width: Width = 900
) -> Spec:
    """`lanes` as populations.swimmer gives them, in their order; `links` leads from a subject's ref to its page."""
    rows = [_lane(lane, days_per_month) | {"url": (links or {}).get(lane["ref"])} for lane in lanes]
    events = [event for lane in lanes for event in _events(lane, days_per_month)]
    last = max((row["months"] for row in rows), default=1.0)
    return figure(
        [_bars(rows, last, linked=bool(links)), _events_layer(events, last)],
        width=width,
        height=max(LANE * len(rows), 60),
        description="Swimmer: each subject from first dose to death or last contact, with the responses on the way.",
        encoding={"y": _subjects(rows)},
        resolve={"scale": {"color": "independent"}, "legend": {"color": "independent"}},
    )


def _lane(lane: dict[str, Any], month: float) -> Spec:
    return {"label": lane["label"], "response": lane["response"], "months": lane["days"] / month}


def _events(lane: dict[str, Any], month: float) -> list[Spec]:
    """The assessments with a response, then how the lane ends."""
    seen = [
        {"label": lane["label"], "month": day / month, "event": response}
        for day, response in lane["responses"]
        if response in ("CR", "PR", "PD")
    ]
    if lane["progression_day"] and not any(row["event"] == "PD" for row in seen):
        seen.append({"label": lane["label"], "month": lane["progression_day"] / month, "event": "PD"})
    end = DEATH if lane["dead"] else ALIVE
    return [*seen, {"label": lane["label"], "month": lane["days"] / month, "event": end}]


def _subjects(rows: list[Spec]) -> Spec:
    # the best response stands beside the subject, for those who do not see the lane's colour
    responses = json.dumps({row["label"]: row["response"] for row in rows})
    return {
        "field": "label",
        "type": "nominal",
        "sort": None,
        "scale": {"domain": [row["label"] for row in rows], "padding": 0.15},
        "axis": {
            "title": None,
            "labelExpr": f"datum.label + '  ' + ({responses})[datum.label]",
            "labelFontSize": 10,
            "labelLimit": 220,
            "labelOverlap": False,
            "ticks": False,
            "domain": False,
        },
    }


def _months(field: str, last: float) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [0, last * 1.03], "nice": False},
        "title": "Months since first dose",
        "axis": {"values": list(range(0, int(last) + 1, month_step(last))), "labelOverlap": "greedy"},
    }


def _bars(rows: list[Spec], last: float, *, linked: bool) -> Spec:
    encoding: Spec = {
        "x": _months("months", last),
        "color": response_colour({row["response"] for row in rows}),
        "tooltip": [
            {"field": "label", "title": "Subject"},
            {"field": "months", "format": ".1f", "title": "Months followed"},
            {"field": "response", "title": "Best response"},
        ],
    }
    if linked:
        encoding["href"] = {"field": "url"}
    return {"data": {"values": rows}, "mark": {"type": "bar", "opacity": 0.45}, "encoding": encoding}


def _events_layer(events: list[Spec], last: float) -> Spec:
    found = {event["event"] for event in events}
    names = [*in_order(found), *(name for name in MARKS if name in found)]
    shapes = [RESPONSES[name].shape if name in RESPONSES else MARKS[name] for name in names]
    colours = [RESPONSES[name].colour if name in RESPONSES else INK for name in names]
    return {
        "data": {"values": events},
        "mark": {"type": "point", "size": 46, "opacity": 1, "strokeWidth": 1.6, "filled": False},
        "encoding": {
            "x": _months("month", last),
            "shape": {
                "field": "event",
                "type": "nominal",
                "scale": {"domain": names, "range": shapes},
                "legend": {"title": "On the way", "symbolStrokeColor": INK},
            },
            "color": {
                "field": "event",
                "type": "nominal",
                "scale": {"domain": names, "range": colours},
                "legend": None,
            },
            "tooltip": [
                {"field": "label", "title": "Subject"},
                {"field": "event", "title": "Event"},
                {"field": "month", "format": ".1f", "title": "Month"},
            ],
        },
    }
