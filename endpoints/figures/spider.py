"""Change of the sum of target lesions over time, one line a subject."""

from __future__ import annotations

from typing import Any

from endpoints.figures.style import INK, SOFT, Spec, Width, figure, month_step, response_colour, response_shape


def spec(
    lines: list[dict[str, Any]],
    *,
    days_per_month: float,
    links: dict[str, str] | None = None,
    width: Width = 900,
    every_point: bool = False,
) -> Spec:
    """`lines` as populations.spider gives them; each ends in the shape of the subject's best response.

    `every_point` marks each assessment, as is wanted where there is one line alone.
    """
    points = [
        {
            "label": line["label"],
            "response": line["response"],
            "month": day / days_per_month,
            "change": change,
            "url": (links or {}).get(line["ref"]),
        }
        for line in lines
        for day, change in line["points"]
    ]
    present = {line["response"] for line in lines}
    last = max((point["month"] for point in points), default=1.0)
    last_points = {point["label"]: point for point in points}
    marked = points if every_point else list(last_points.values())
    return figure(
        [*(_threshold(level) for level in (20, 0, -30)), _lines(present), _marks(marked, present, linked=bool(links))],
        width=width,
        height=330,
        description="Spider: change of the sum of target lesions of each subject over time.",
        data={"values": points},
        encoding={"x": _months(last)},
    )


def _months(last: float) -> Spec:
    step = month_step(last)
    return {
        "field": "month",
        "type": "quantitative",
        "scale": {"domain": [0, last * 1.02], "nice": False},
        "title": "Months since first dose",
        "axis": {"grid": False, "values": list(range(0, int(last) + 1, step)), "labelOverlap": "greedy"},
    }


def _change() -> Spec:
    return {"field": "change", "type": "quantitative", "axis": {"title": "Change from baseline, %"}}


def _lines(present: set[str]) -> Spec:
    return {
        "mark": {"type": "line", "strokeWidth": 1.3, "opacity": 0.75},
        "encoding": {"y": _change(), "detail": {"field": "label"}, "color": response_colour(present)},
    }


def _marks(points: list[Spec], present: set[str], *, linked: bool) -> Spec:
    """The points that say whose line it is."""
    encoding: Spec = {
        "y": _change(),
        "color": response_colour(present),
        "shape": response_shape(present),
        "tooltip": [
            {"field": "label", "title": "Subject"},
            {"field": "month", "format": ".1f", "title": "Month"},
            {"field": "change", "format": "+.1f", "title": "Change, %"},
            {"field": "response", "title": "Best response"},
        ],
    }
    if linked:
        encoding["href"] = {"field": "url"}
    return {
        "data": {"values": points},
        "mark": {"type": "point", "filled": True, "size": 50, "opacity": 1},
        "encoding": encoding,
    }


def _threshold(level: int) -> Spec:
    return {
        "data": {"values": [{"level": level}]},
        "mark": {"type": "rule", "strokeDash": [5, 3] if level else [], "color": INK if level < 0 else SOFT},
        "encoding": {"x": None, "y": {"field": "level", "type": "quantitative"}},
    }
