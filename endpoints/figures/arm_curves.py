"""Survival curves of randomised groups in one picture, told apart by dash as well as colour, with who is at risk."""

from __future__ import annotations

from typing import Any

from endpoints.arithmetic.results import CurveWords, TimeEndpoint
from endpoints.figures.comparing import Arms, named, sentence
from endpoints.figures.kaplan_meier import (
    FOOT,
    TICK,
    axis_of_months,
    axis_of_share,
    counts,
    median,
    most_ticks,
    steps_of,
    words_of,
)
from endpoints.figures.style import ACCENT, INK, Canvas, Look, Spec, figure, heading, month_ticks

# More groups than looks begin anew, with a dash of their own no more.
LOOKS = (
    Look(ACCENT, ""),
    Look("#b34700", "", (6, 3)),
    Look("#6f4fa0", "", (2, 2)),
    Look("#17242e", "", (9, 3, 2, 3)),
)
# Letters from one line of the numbers at risk to the next.
LINE = 1.35


def spec(arms: Arms, endpoint: TimeEndpoint, canvas: Canvas) -> Spec:
    """`arms` are the groups of an estimate (arithmetic.arms.by_arm)."""
    words = words_of(endpoint)
    curves = {group["label"]: group["times"][endpoint.code] for group in arms["groups"]}
    last = max(curve["last"] for curve in curves.values()) / canvas.days_per_month
    ticks = month_ticks(last, most_ticks(canvas))
    height = canvas.text * 23
    return figure(
        [_lines(curves, canvas), *_censored(curves, words, canvas), *_at_risk(curves, ticks, height, canvas)],
        width=canvas.width,
        height=height,
        description=f"Kaplan-Meier curves by group: {endpoint.title.lower()}.",
        text=canvas.text,
        legends="horizontal",
        title=heading(canvas, counted(arms, endpoint), *sentences(arms, endpoint, canvas.level)),
        encoding={"x": axis_of_months(words.since or canvas.origin, ticks), "y": axis_of_share(words)},
    )


def number_of(arms: Arms, endpoint: TimeEndpoint) -> int:
    """How many subjects the curves show."""
    return sum(group["times"][endpoint.code]["n"] for group in arms["groups"])


def counted(arms: Arms, endpoint: TimeEndpoint) -> str:
    return f"{named(endpoint.title, arms, endpoint.code)}, N = {number_of(arms, endpoint):,}"


def sentences(arms: Arms, endpoint: TimeEndpoint, level: str) -> list[str]:
    """A line for each group, then one for each comparison."""
    of_groups = [
        f"{group['label']}: {counts(estimate, words_of(endpoint))}; {_small(median(estimate, level))}."
        for group in arms["groups"]
        for estimate in [group["times"][endpoint.code]]
    ]
    if endpoint.not_compared:
        return [*of_groups, endpoint.not_compared]
    return [*of_groups, *(sentence(arms, compared, endpoint.code, level) for compared in arms["comparisons"])]


def _small(text: str) -> str:
    return text[0].lower() + text[1:]


def _look(curves: dict[str, Any], name: str) -> list[Any]:
    return [getattr(LOOKS[place % len(LOOKS)], name) for place, _ in enumerate(curves)]


def _lines(curves: dict[str, Any], canvas: Canvas) -> Spec:
    rows = [
        row | {"group": label}
        for label, curve in curves.items()
        if curve["n"]
        for row in steps_of(curve, canvas.days_per_month)
    ]
    legend = {"title": None, "columns": 1, "symbolType": "stroke", "symbolSize": canvas.text**2 * 6}
    by_group = {"field": "group", "type": "nominal", "sort": None, "legend": legend}
    names = list(curves)
    return {
        "data": {"values": rows},
        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": canvas.text * 0.18},
        "encoding": {
            "y": {"field": "survival"},
            "color": by_group | {"scale": {"domain": names, "range": _look(curves, "colour")}},
            "strokeDash": by_group | {"scale": {"domain": names, "range": list(map(list, _look(curves, "dash")))}},
            "tooltip": [
                {"field": "group", "title": "Group"},
                {"field": "month", "format": ".2f", "title": "Month"},
                {"field": "estimate", "title": "Estimate"},
                {"field": "limits", "title": f"{canvas.level} limits"},
            ],
        },
    }


def _censored(curves: dict[str, Any], words: CurveWords, canvas: Canvas) -> list[Spec]:
    rows = [
        {"month": day / canvas.days_per_month, "survival": height, "censored": count, "group": label}
        for label, curve in curves.items()
        for day, height, count in zip(*(curve["censored"][name] for name in ("days", "survival", "count")), strict=True)
    ]
    mark = {"type": "point", "size": canvas.text**2 * 0.7, "strokeWidth": 1.1, "color": INK, "opacity": 1}
    tooltip = [
        {"field": "group", "title": "Group"},
        {"field": "month", "format": ".2f", "title": "Month"},
        {"field": "censored", "title": words.censored.capitalize()},
    ]
    encoding = {"y": {"field": "survival"}, "shape": {"value": TICK}, "tooltip": tooltip}
    return [{"data": {"values": rows}, "mark": mark, "encoding": encoding}] * bool(rows)


def _at_risk(curves: dict[str, Any], ticks: list[int], height: float, canvas: Canvas) -> list[Spec]:
    """Under the axis a title; then of each group its words, and below them each number under its tick."""
    top = height + canvas.text * (FOOT - 1.7)
    layers = [_words("Number at risk", top, canvas)]
    for place, (label, curve) in enumerate(curves.items()):
        line = top + canvas.text * LINE * (2 * place + 1)
        numbers = {row["month"]: row["n"] for row in curve["at_risk"]}
        rows = [{"month": month, "n": f"{numbers.get(month, 0):,}"} for month in ticks]
        layers += [
            _words(label, line, canvas),
            {
                "data": {"values": rows},
                "mark": {"type": "text", "align": "center"},
                "encoding": {"y": {"value": line + canvas.text * LINE}, "text": {"field": "n"}},
            },
        ]
    return layers


def _words(text: str, at: float, canvas: Canvas) -> Spec:
    return {
        "data": {"values": [{}]},
        "mark": {"type": "text", "text": text, "align": "left", "dx": -canvas.text * 0.6},
        "encoding": {"x": {"value": 0}, "y": {"value": at}},
    }
