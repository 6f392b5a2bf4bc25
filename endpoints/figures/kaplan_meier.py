"""A survival curve: steps, band of limits, censor ticks, and the number at risk under the months."""

from __future__ import annotations

import json
from typing import Any

from endpoints.figures.style import ACCENT, INK, SOFT, Spec, Width, figure, month_step


def spec(found: dict[str, Any], *, name: str, days_per_month: float, width: Width = 680) -> Spec:
    """`found` is one of the curves of populations.times; `name` what the curve shows."""
    steps = _steps(found, days_per_month)
    last = max(found["last"] / days_per_month, 1.0)
    ticks = [row["month"] for row in found["at_risk"] if row["month"] % month_step(last) == 0]
    return figure(
        [
            _half(),
            _band(steps),
            _curve(steps),
            _censored(found, days_per_month),
            _at_risk_words(),
        ],
        width=width,
        height=300,
        description=f"Kaplan-Meier curve of {name}.",
        encoding={"x": _months(found, ticks, last), "y": _share()},
    )


def _steps(found: dict[str, Any], days_per_month: float) -> list[Spec]:
    steps = found["steps"]
    rows = [
        {"month": day / days_per_month, "survival": survival, "lower": lower, "upper": upper}
        for day, survival, lower, upper in zip(
            steps["days"], steps["survival"], steps["lower"], steps["upper"], strict=True
        )
    ]
    # the curve holds until the last subject was seen
    return [*rows, rows[-1] | {"month": max(found["last"] / days_per_month, rows[-1]["month"])}]


def _months(found: dict[str, Any], ticks: list[int], last: float) -> Spec:
    at_risk = json.dumps({str(row["month"]): row["n"] for row in found["at_risk"]})
    return {
        "field": "month",
        "type": "quantitative",
        "scale": {"domain": [0, last], "nice": False},
        "title": "Months since first dose",
        "axis": {
            "values": ticks or [0],
            "grid": False,
            # the number at risk is the second line of each label: never away from its month, on no width
            "labelExpr": f"[datum.label, ({at_risk})[datum.label]]",
            "labelOverlap": "greedy",
            "labelSeparation": 4,
            "labelFlush": False,
            "labelLineHeight": 13,
        },
    }


def _share() -> Spec:
    return {
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {"format": ".0%", "values": [0, 0.25, 0.5, 0.75, 1], "title": None},
    }


def _half() -> Spec:
    return {
        "data": {"values": [{"half": 0.5}]},
        "mark": {"type": "rule", "strokeDash": [3, 3], "color": SOFT},
        "encoding": {"x": None, "y": {"field": "half"}},
    }


def _band(steps: list[Spec]) -> Spec:
    """Where the curve is at 0 it has no limits: the last ones hold until it gets there."""
    limited = [row for row in steps if row["lower"] is not None]
    end = next((row["month"] for row in steps if row["lower"] is None), limited[-1]["month"])
    return {
        "data": {"values": [*limited, limited[-1] | {"month": end}]},
        "mark": {"type": "area", "interpolate": "step-after", "color": ACCENT, "opacity": 0.15},
        "encoding": {"y": {"field": "lower"}, "y2": {"field": "upper"}},
    }


def _curve(steps: list[Spec]) -> Spec:
    return {
        "data": {"values": steps},
        "mark": {"type": "line", "interpolate": "step-after", "color": ACCENT, "strokeWidth": 2},
        "encoding": {
            "y": {"field": "survival"},
            "tooltip": [
                {"field": "month", "format": ".2f", "title": "Month"},
                {"field": "survival", "format": ".1%", "title": "Estimate"},
                {"field": "lower", "format": ".1%", "title": "Lower limit"},
                {"field": "upper", "format": ".1%", "title": "Upper limit"},
            ],
        },
    }


def _censored(found: dict[str, Any], days_per_month: float) -> Spec:
    censored = found["censored"]
    rows = [
        {"month": day / days_per_month, "survival": height, "censored": count}
        for day, height, count in zip(censored["days"], censored["survival"], censored["count"], strict=True)
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "tick", "orient": "vertical", "size": 10, "thickness": 1.2, "color": INK},
        "encoding": {
            "y": {"field": "survival"},
            "tooltip": [
                {"field": "month", "format": ".2f", "title": "Month"},
                {"field": "censored", "title": "Censored"},
            ],
        },
    }


def _at_risk_words() -> Spec:
    return {
        "data": {"values": [{}]},
        "mark": {"type": "text", "text": "At risk", "align": "right", "baseline": "middle", "clip": False},
        "encoding": {"x": {"value": -14}, "y": {"value": {"expr": "height + 28"}}},
    }
