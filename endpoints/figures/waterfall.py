"""Best change of the sum of target lesions, one bar a subject, lines at +20 and -30 per cent."""

from __future__ import annotations

from typing import Any

from endpoints.figures.style import INK, SOFT, Spec, Width, figure, response_colour, response_shape

# With more bars than this no label can be read.
MOST_LABELS = 80


def spec(bars: list[dict[str, Any]], *, links: dict[str, str] | None = None, width: Width = 900) -> Spec:
    """`bars` as populations.waterfall gives them, in their order; `links` leads from a subject's ref to its page."""
    rows = [bar | {"url": (links or {}).get(bar["ref"]), "symbol_at": _beyond(bar["change"])} for bar in bars]
    present = {bar["response"] for bar in bars}
    return figure(
        [_bars(present, linked=bool(links)), _symbols(present), *(_threshold(level) for level in (20, -30))],
        width=width,
        height=340,
        description="Waterfall: best change of the sum of target lesions of each subject.",
        data={"values": rows},
        encoding={"x": _subjects(rows)},
    )


def _beyond(change: float) -> float:
    """Where the symbol stands: outside the bar's end."""
    return change + (3.5 if change > 0 else -3.5)


def _subjects(rows: list[dict[str, Any]]) -> Spec:
    axis: Spec = {"title": "Subjects", "labels": False, "ticks": False, "domain": False, "orient": "bottom"}
    if len(rows) <= MOST_LABELS:
        axis |= {"labels": True, "labelAngle": -90, "labelFontSize": 9, "labelOverlap": False}
    return {
        "field": "label",
        "type": "nominal",
        "sort": None,
        "scale": {"domain": [row["label"] for row in rows], "paddingInner": 0.25},
        "axis": axis,
    }


def _bars(present: set[str], *, linked: bool) -> Spec:
    encoding: Spec = {
        "y": _change("change"),
        "color": response_colour(present),
        "tooltip": [
            {"field": "label", "title": "Subject"},
            {"field": "change", "format": "+.1f", "title": "Best change, %"},
            {"field": "response", "title": "Best response"},
        ],
    }
    if linked:
        encoding["href"] = {"field": "url"}
    return {"mark": {"type": "bar"}, "encoding": encoding}


def _symbols(present: set[str]) -> Spec:
    return {
        "mark": {"type": "point", "filled": True, "size": 34, "opacity": 1},
        "encoding": {
            "y": _change("symbol_at"),
            "color": response_colour(present),
            "shape": response_shape(present),
        },
    }


def _change(field: str) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"nice": True},
        "axis": {"title": "Best change from baseline, %"},
    }


def _threshold(level: int) -> Spec:
    return {
        "data": {"values": [{"level": level}]},
        "mark": {"type": "rule", "strokeDash": [5, 3], "color": INK if level < 0 else SOFT},
        "encoding": {"x": None, "y": {"field": "level", "type": "quantitative"}},
    }
