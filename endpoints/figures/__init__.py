"""What a sponsor looks at: figures and tables of an estimate, as Vega-Lite specifications and cells. Pure.

One specification serves the page (width "container", bars and lanes that lead to their subjects) and every file, which
has its size in print.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from endpoints.arithmetic.populations import MOST_DRAWN
from endpoints.arithmetic.results import NO_SUBJECTS, TIMES, TimeEndpoint
from endpoints.figures import arm_curves, captions, kaplan_meier, spider, swimmer, waterfall
from endpoints.figures.comparing import arms_of, nobody
from endpoints.figures.kaplan_meier import words_of
from endpoints.figures.style import Canvas, Links, Spec
from protocol.schema import AnalysisPlan

__all__ = ["ARM_FIGURES", "FIGURES", "Figure", "Links", "figures_of"]

Figures = dict[str, Any]


class Figure(NamedTuple):
    """`draw(figures, canvas)` gives the specification, `caption(figures, plan)` what stands under it,
    `counted(figures)` how many subjects it shows, `nothing(figures)` why there is nothing to draw where that is none.

    `part` is where its data stand in an estimate, `table` the table that says the same in words, `least` the width in
    pixels that so many subjects need on a page, `sheet` how many of them fit on one sheet of paper (0: all).
    """

    code: str
    title: str
    table: str
    part: str
    draw: Callable[[Figures, Canvas], Spec]
    caption: Callable[[Figures, AnalysisPlan], str]
    counted: Callable[[Figures], int]
    nothing: Callable[[Figures], str]
    least: Callable[[int], int] = lambda count: 0
    sheet: int = 0

    def is_there(self, figures: Figures) -> bool:
        return bool(self.counted(figures))

    def subjects(self, figures: Figures) -> str:
        """How many subjects the figure shows, in the words of its title."""
        shown = self.counted(figures)
        return waterfall.shown_of(shown, shown if self.part == "times" else figures["n"])

    def sheets(self, figures: Figures) -> Iterator[Figures]:
        """The figure's data in as many parts of about one size as it needs sheets of paper."""
        rows = figures[self.part]
        count = -(-len(rows) // self.sheet) if self.sheet else 1
        if count < 2:
            yield figures
            return
        size = -(-len(rows) // count)
        for number in range(count):
            of_all = {"longest": max(row["days"] for row in rows), "sheet": f"part {number + 1} of {count}"}
            yield figures | {self.part: rows[number * size : (number + 1) * size], "of_all": of_all}


def _curve(endpoint: TimeEndpoint) -> Figure:
    return Figure(
        endpoint.code,
        endpoint.title,
        "at_risk",
        "times",
        lambda figures, canvas: kaplan_meier.spec(figures["times"][endpoint.code], endpoint, canvas),
        lambda figures, plan: captions.curve(endpoint, plan),
        lambda figures: figures["times"][endpoint.code]["n"],
        lambda figures: words_of(endpoint).nobody if figures["n"] else NO_SUBJECTS,
    )


def _no_sums(figures: Figures) -> str:
    why = f"No subject has a change of the sum of target lesions to show. {captions.left_out(figures)}"
    return _too_many(figures) or why


def _too_many(figures: Figures) -> str:
    if not figures["n"]:
        return NO_SUBJECTS
    if not figures["drawn"]:
        return f"With more than {MOST_DRAWN:,} subjects this figure could not be read and is left out."
    return ""


def _draw_swimmer(figures: Figures, canvas: Canvas) -> Spec:
    return swimmer.spec(figures["swimmer"], canvas, of=figures["n"], **figures.get("of_all", {}))


CURVES = {time.code: _curve(time) for time in TIMES if time.curve}
BY_SUBJECT: dict[str, Figure] = {
    figure.code: figure
    for figure in (
        Figure(
            "waterfall",
            "Best change of the sum of target lesions",
            "waterfall",
            "waterfall",
            lambda figures, canvas: waterfall.spec(figures["waterfall"], canvas, of=figures["n"]),
            captions.waterfall,
            lambda figures: len(figures["waterfall"]),
            _no_sums,
            least=waterfall.least_width,
        ),
        Figure(
            "spider",
            "Change of the sum of target lesions over time",
            "spider",
            "spider",
            lambda figures, canvas: spider.spec(figures["spider"], canvas, of=figures["n"]),
            captions.spider,
            lambda figures: len(figures["spider"]),
            _no_sums,
        ),
        Figure(
            "swimmer",
            "Course of each subject",
            "swimmer",
            "swimmer",
            _draw_swimmer,
            captions.swimmer,
            lambda figures: len(figures["swimmer"]),
            lambda figures: _too_many(figures) or "No subject was treated.",
            least=lambda count: swimmer.LEAST,
            sheet=swimmer.MOST_LANES,
        ),
    )
}


FIGURES = {**CURVES, **BY_SUBJECT}


def _curves_of_arms(endpoint: TimeEndpoint) -> Figure:
    def shown(figures: Figures) -> int:
        arms = arms_of(figures)
        return arm_curves.number_of(arms, endpoint) if arms else 0

    return Figure(
        f"{endpoint.code}_arms",
        f"{endpoint.title} by randomised group",
        "arm_at_risk",
        "times",
        lambda figures, canvas: arm_curves.spec(figures["arms"], endpoint, canvas),
        lambda figures, plan: captions.curves_of_arms(endpoint, figures["arms"], plan),
        shown,
        lambda figures: _nobody_of_arms(endpoint, figures),
    )


def _nobody_of_arms(endpoint: TimeEndpoint, figures: Figures) -> str:
    words = words_of(endpoint).nobody
    return words if figures["n"] and words != NO_SUBJECTS else nobody(figures)


ARM_CURVES = {time.code: _curves_of_arms(time) for time in TIMES if time.curve and not time.reverses}
ARM_FIGURES = {figure.code: figure for figure in ARM_CURVES.values()}


def figures_of(figures: Figures) -> dict[str, Figure]:
    """The figures of an estimate in the order of their numbers: those by randomised group first, where it has some."""
    return {figure.code: figure for figure in (*curves_of_arms(figures), *curves_of(figures), *BY_SUBJECT.values())}


def curves_of(figures: Figures) -> list[Figure]:
    """The curve of each time that was estimated: an estimate of an earlier release lacks what came later."""
    return [figure for code, figure in CURVES.items() if code in figures["times"]]


def curves_of_arms(figures: Figures) -> list[Figure]:
    """The same by randomised group; none where the estimate has no groups."""
    arms = arms_of(figures)
    return [figure for code, figure in ARM_CURVES.items() if code in arms["groups"][0]["times"]] if arms else []
