"""One subject's whole course on one axis of time: visits, three lanes of doses, adverse events, how it ended. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from endpoints.figures.style import ACCENT, INK, RESPONSES, SOFT, Spec, Width, figure, in_order, month_step

ROW, MONTH = 22, 30
# Room for the names of lanes, in both figures: so a day stands at one place in both.
NAMES = 196
# Part of the axis that a bar must fill for its words to stand in it.
WIDE = 0.09
# From light to dark; the lane's name carries the grade as well.
GRADES = {"1": "#cfd8df", "2": "#e0b64d", "3": "#d2762c", "4": "#b3261e", "5": "#17242e"}
DOSES = {"as planned": "stroke", "reduced": "triangle-down", "omitted": "cross", "delayed": "triangle-right"}
INTERRUPTED, ENDED = "interrupted", "End of treatment"
DOSE = {"condition": {"test": f"datum.kind === '{INTERRUPTED}'", "value": "#e8edf0"}, "value": "#7fb2bf"}
VISITS = {"took place": "circle", "due": "square", "overdue": "triangle-up", "missed": "stroke"}


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasts, in days from the first dose. `kind` is the grade of an event, "" for a dose."""

    lane: str
    start: int
    end: int
    words: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something of one day. `kind` is a key of DOSES, of VISITS or of RESPONSES; `value` a sum in millimetres."""

    lane: str
    day: int
    words: str
    kind: str = ""
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn; `lanes` in the order from top to bottom, `ends` the days that cut through all of them."""

    lanes: Sequence[str]
    doses: Sequence[Span]
    infusions: Sequence[Moment]
    visits: Sequence[Moment]
    events: Sequence[Span]
    ends: Sequence[Moment]
    sums: Sequence[Moment]

    @property
    def days(self) -> tuple[int, int]:
        """The first day of all, and a month after treatment and the last assessment: years of contacts would press the
        treatment into a corner."""
        spans, moments = [*self.doses, *self.events], [*self.infusions, *self.visits, *self.ends, *self.sums]
        first = min([span.start for span in spans] + [moment.day for moment in moments], default=0)
        ended = [moment for moment in self.ends if moment.lane == ENDED]
        treated = [span.end for span in self.doses] + [moment.day for moment in (*self.infusions, *self.sums, *ended)]
        return first, max(treated, default=max((moment.day for moment in moments), default=0)) + MONTH


def spec(picture: Picture, *, days_per_month: float, width: Width = "container") -> Spec:
    """The lanes, one under the other."""
    month, x, last = days_per_month, _months(picture.days, days_per_month), picture.days[1]
    doses, events = _spans(picture.doses, month, last), _spans(picture.events, month, last)
    ends = _moments(picture.ends, month, last)
    # An event or a death after the axis ends would leave an empty lane.
    later = {event.lane for event in (*picture.events, *picture.ends)} - {row["lane"] for row in (*events, *ends)}
    lanes = [lane for lane in picture.lanes if lane not in later]
    return figure(
        [
            *_ends(ends, x),
            _bars(events, x, _grades(picture.events)),
            _bars(doses, x, DOSE),
            _words([row for row in doses if row["until"] - row["month"] > WIDE * last / month], x),
            _points(_moments(picture.infusions, month, last), x, DOSES),
            _points(_moments(picture.visits, month, last), x, VISITS),
        ],
        width=width,
        height=ROW * max(len(lanes), 1),
        description="Course of one subject: visits, doses of each drug, adverse events by grade, how it ended.",
        encoding={"y": _lanes(lanes)},
        resolve={"scale": {"shape": "independent"}, "legend": {"shape": "independent"}},
    )


def sums(picture: Picture, *, days_per_month: float, width: Width = "container") -> Spec:
    """The sum of target lesions on the same axis of time, each assessment in the shape of its overall response."""
    points = [
        {"month": moment.day / days_per_month, "sum": moment.value, "response": moment.kind, "words": moment.words}
        for moment in picture.sums
    ]
    x = _months(picture.days, days_per_month)
    y = {
        "field": "sum",
        "type": "quantitative",
        "axis": {"title": "Sum, mm", "minExtent": NAMES, "maxExtent": NAMES},
        "scale": {"zero": True},
    }
    names = in_order(point["response"] for point in points)
    looks = [RESPONSES[name] for name in names]
    encoding = {
        "x": x,
        "y": y,
        "shape": _scale("response", names, [look.shape for look in looks], "Overall response"),
        "color": _scale("response", names, [look.colour for look in looks], "Overall response"),
        "tooltip": [{"field": "words", "title": "Assessment"}, {"field": "sum", "title": "Sum, mm"}],
    }
    marks = {
        "transform": [{"filter": "datum.response !== ''"}],
        "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1},
        "encoding": encoding,
    }
    line = {
        "transform": [{"filter": "isValid(datum.sum)"}],
        "mark": {"type": "line", "color": ACCENT},
        "encoding": {"x": x, "y": y},
    }
    description = "Sum of the target lesions at each assessment, with its overall response."
    return figure([line, marks], width=width, height=200, description=description, data={"values": points})


def _months(days: tuple[int, int], month: float, field: str = "month") -> Spec:
    first, last = days[0] / month, max(days[1] / month, 1.0)
    values = list(range(0, int(last) + 1, month_step(last)))
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [min(first, 0) - 0.2, last * 1.03], "nice": False},
        "title": "Months since first dose",
        "axis": {"values": values, "labelOverlap": "greedy"},
    }


def _lanes(names: Sequence[str]) -> Spec:
    axis = {
        "title": None,
        "labelLimit": NAMES - 6,
        "minExtent": NAMES,
        "maxExtent": NAMES,
        "ticks": False,
        "domain": False,
        "grid": True,
        "labelOverlap": False,
    }
    return {"field": "lane", "type": "nominal", "sort": None, "scale": {"domain": list(names)}, "axis": axis}


def _spans(spans: Sequence[Span], month: float, last: int) -> list[Spec]:
    return [
        {
            "lane": span.lane,
            "month": span.start / month,
            # A day is a day wide, so that what lasted one is seen.
            "until": min(span.end + 1, last) / month,
            "words": span.words,
            "kind": span.kind,
        }
        for span in spans
        if span.start < last
    ]


def _moments(moments: Sequence[Moment], month: float, last: int) -> list[Spec]:
    return [
        {"lane": moment.lane, "month": moment.day / month, "words": moment.words, "kind": moment.kind}
        for moment in moments
        if moment.day <= last
    ]


def _grades(spans: Sequence[Span]) -> Spec:
    present = sorted({span.kind for span in spans})
    return _scale("kind", present, [GRADES.get(grade, SOFT) for grade in present], "Grade")


def _scale(field: str, domain: list[str], looks: list[str], title: str) -> Spec:
    return {
        "field": field,
        "type": "nominal",
        "scale": {"domain": domain, "range": looks},
        "legend": {"title": title} if domain else None,
    }


def _bars(rows: list[Spec], x: Spec, colour: Spec) -> Spec:
    encoding = {"x": x, "x2": {"field": "until"}, "color": colour, "tooltip": [{"field": "words", "title": "What"}]}
    return {"data": {"values": rows}, "mark": {"type": "bar", "height": 12}, "encoding": encoding}


def _words(rows: list[Spec], x: Spec) -> Spec:
    """What was given, on its bar."""
    mark = {"type": "text", "align": "left", "dx": 3, "fontSize": 10, "color": INK}
    return {"data": {"values": rows}, "mark": mark, "encoding": {"x": x, "text": {"field": "kind"}}}


def _points(rows: list[Spec], x: Spec, shapes: dict[str, str]) -> Spec:
    present = [kind for kind in shapes if any(row["kind"] == kind for row in rows)]
    title = "Infusion" if shapes is DOSES else "Visit"
    encoding: dict[str, Any] = {
        "x": x,
        "shape": _scale("kind", present, [shapes[kind] for kind in present], title),
        "tooltip": [{"field": "words", "title": "What"}],
    }
    mark = {"type": "point", "size": 40, "strokeWidth": 1.5, "color": INK, "opacity": 1}
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def _ends(rows: list[Spec], x: Spec) -> list[Spec]:
    """Each in a lane of its own, whose name says what it is: two near each other would overprint their words."""
    tooltip = [{"field": "lane", "title": "What"}, {"field": "words", "title": "Details"}]
    rule = {"mark": {"type": "rule", "color": SOFT, "strokeDash": [4, 3]}, "encoding": {"x": x, "y": None}}
    sign = {
        "mark": {"type": "point", "shape": "diamond", "filled": True, "size": 70, "color": INK, "opacity": 1},
        "encoding": {"x": x, "tooltip": tooltip},
    }
    return [{"data": {"values": rows}, **layer} for layer in (rule, sign)]
