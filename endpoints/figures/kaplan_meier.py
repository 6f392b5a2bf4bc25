"""A survival curve: steps, band of limits, censor ticks, and the number at risk in a block of its own below."""

from __future__ import annotations

from typing import Any

from endpoints.arithmetic.results import CurveWords, TimeEndpoint
from endpoints.figures.style import ACCENT, INK, SOFT, Canvas, Spec, figure, heading, month_ticks, named
from values.shown import share

TICK = "M0,-1L0,1"
# Letters of the axis beside the plot.
BESIDE = 5
# Letters from the axis down to the numbers at risk.
FOOT = 6.6


def spec(curve: dict[str, Any], endpoint: TimeEndpoint, canvas: Canvas) -> Spec:
    """`curve` is one of the curves of populations.times."""
    words, steps = words_of(endpoint), steps_of(curve, canvas.days_per_month)
    ticks = month_ticks(curve["last"] / canvas.days_per_month, most_ticks(canvas))
    height = canvas.text * 23
    return figure(
        [
            *_half(curve, canvas.days_per_month),
            _curve(steps, canvas),
            *_band(steps, canvas),
            *_censored(curve, words, canvas),
            *_at_risk(curve, ticks, height, canvas),
        ],
        width=canvas.width,
        height=height,
        description=f"Kaplan-Meier curve: {endpoint.title.lower()}.",
        text=canvas.text,
        legends="horizontal",
        title=heading(canvas, counts(curve, words), median(curve, canvas.level)),
        encoding={"x": axis_of_months(words.since or canvas.origin, ticks), "y": axis_of_share(words)},
    )


def words_of(endpoint: TimeEndpoint) -> CurveWords:
    """The words of a figure that is drawn."""
    assert endpoint.curve is not None
    return endpoint.curve


def counts(curve: dict[str, Any], words: CurveWords) -> str:
    """Subjects, events, censored."""
    n, events = curve["n"], curve["events"]
    happened = words.events.removesuffix("s") if events == 1 else words.events
    return f"N = {n:,}; {events:,} {happened}; {n - events:,} {words.censored}"


def median(curve: dict[str, Any], level: str) -> str:
    """The median with its limits in words; NR: not reached."""
    middle, lower, upper = (value or "NR" for value in curve["median"]["months"])
    middle = "not reached" if middle == "NR" else f"{middle} months"
    return f"Median {middle} ({level} CI {lower} to {upper})"


def most_ticks(canvas: Canvas) -> int:
    """So many that the numbers at risk below them do not touch."""
    return max(3, int(canvas.plot(BESIDE) / (canvas.text * 3.2)) - 1) if canvas.text < 8 else 9


def steps_of(curve: dict[str, Any], days_per_month: float) -> list[Spec]:
    steps = curve["steps"]
    rows = [
        {"month": day / days_per_month, "survival": survival, "lower": lower, "upper": upper}
        | _words(survival, lower, upper)
        for day, survival, lower, upper in zip(
            steps["days"], steps["survival"], steps["lower"], steps["upper"], strict=True
        )
    ]
    # the curve holds until the last subject was seen
    return [*rows, rows[-1] | {"month": max(curve["last"] / days_per_month, rows[-1]["month"])}]


def _words(survival: float, lower: float | None, upper: float | None) -> dict[str, str]:
    """Rounded as in the tables. A curve that is still 1, or at 0, has no limits."""
    limits = "–"
    if lower is not None and upper is not None and 0 < survival < 1:
        limits = f"{share(100 * lower)} to {share(100 * upper)} %"
    return {"estimate": f"{share(100 * survival)} %", "limits": limits}


def axis_of_months(since: str, ticks: list[int]) -> Spec:
    return {
        "field": "month",
        "type": "quantitative",
        "scale": {"domain": [0, ticks[-1]], "nice": False},
        "title": f"Time since {since} (months)",
        "axis": {"values": ticks, "grid": False, "labelFlush": False, "labelOverlap": False},
    }


def axis_of_share(words: CurveWords) -> Spec:
    return {
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {
            "values": [0, 0.25, 0.5, 0.75, 1],
            "labelExpr": "format(100 * datum.value, '.0f')",
            "title": f"{words.share} (%)",
        },
    }


def _half(curve: dict[str, Any], days_per_month: float) -> list[Spec]:
    """Dashed: from 50 % on the axis to the curve, and from there down to the median."""
    middle = curve["median"]["days"][0]
    end = curve["last"] if middle is None else middle
    rows = [{"month": 0, "until": end / days_per_month, "half": 0.5, "low": 0.5}]
    if middle is not None:
        rows.append({"month": middle / days_per_month, "until": middle / days_per_month, "half": 0.5, "low": 0})
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "rule", "strokeDash": [3, 3], "color": SOFT},
            "encoding": {"x2": {"field": "until"}, "y": {"field": "half"}, "y2": {"field": "low"}},
        }
    ]


def _band(steps: list[Spec], canvas: Canvas) -> list[Spec]:
    """Where the curve is at 0 it has no limits: the last ones hold until it gets there. Without limits, as where it is
    still 1, there is no band, and none in the legend."""
    limited = [row for row in steps if row["lower"] is not None and row["survival"] < 1]
    if not limited:
        return []
    end = next((row["month"] for row in steps if row["lower"] is None and row["survival"] < 1), limited[-1]["month"])
    name = f"{canvas.level} limits"
    return [
        {
            "data": {"values": [*limited, limited[-1] | {"month": end}]},
            "mark": {"type": "area", "interpolate": "step-after", "opacity": 0.18},
            "encoding": {
                "y": {"field": "lower"},
                "y2": {"field": "upper"},
                "fill": named(name, ACCENT, symbolType="square", symbolOpacity=0.25, symbolStrokeWidth=0),
            },
        }
    ]


def _curve(steps: list[Spec], canvas: Canvas) -> Spec:
    return {
        "data": {"values": steps},
        "mark": {"type": "line", "interpolate": "step-after", "color": ACCENT, "strokeWidth": canvas.text * 0.18},
        "encoding": {
            "y": {"field": "survival"},
            "strokeDash": named("Estimate", [1, 0], symbolType="stroke", symbolStrokeColor=ACCENT),
            "tooltip": [
                {"field": "month", "format": ".2f", "title": "Month"},
                {"field": "estimate", "title": "Estimate"},
                {"field": "limits", "title": f"{canvas.level} limits"},
            ],
        },
    }


def _censored(curve: dict[str, Any], words: CurveWords, canvas: Canvas) -> list[Spec]:
    censored = curve["censored"]
    rows = [
        {"month": day / canvas.days_per_month, "survival": height, "censored": count}
        for day, height, count in zip(censored["days"], censored["survival"], censored["count"], strict=True)
    ]
    name = words.censored.capitalize()
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "point", "size": canvas.text**2 * 0.7, "strokeWidth": 1.1, "color": INK, "opacity": 1},
            "encoding": {
                "y": {"field": "survival"},
                "shape": named(name, TICK, symbolStrokeColor=INK, symbolSize=canvas.text**2 * 0.7),
                "tooltip": [
                    {"field": "month", "format": ".2f", "title": "Month"},
                    {"field": "censored", "title": name},
                ],
            },
        }
    ] * bool(rows)


def _at_risk(curve: dict[str, Any], ticks: list[int], height: float, canvas: Canvas) -> list[Spec]:
    """Under the axis: a title, and each number under its tick."""
    numbers = {row["month"]: row["n"] for row in curve["at_risk"]}
    rows = [{"month": month, "n": f"{numbers.get(month, 0):,}"} for month in ticks]
    top = height + canvas.text * (FOOT - 1.7)
    return [
        {
            "data": {"values": [{}]},
            "mark": {"type": "text", "text": "Number at risk", "align": "left", "dx": -canvas.text * 0.6},
            "encoding": {"x": {"value": 0}, "y": {"value": top}},
        },
        {
            "data": {"values": rows},
            "mark": {"type": "text", "align": "center"},
            "encoding": {"y": {"value": top + canvas.text * 1.4}, "text": {"field": "n"}},
        },
    ]
