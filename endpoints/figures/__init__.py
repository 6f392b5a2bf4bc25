"""What a sponsor looks at: an estimate's figures in, Vega-Lite specifications and tables out. Pure.

One specification serves the page (width "container", bars and lanes that lead to their subjects) and every file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from endpoints.figures import kaplan_meier, spider, swimmer, waterfall
from endpoints.figures.style import Spec, Width
from endpoints.figures.tables import percent, reached
from trialsite.protocol.schema import AnalysisPlan

__all__ = ["FIGURES", "Figure", "Links"]

Links = dict[str, str]


class Figure(NamedTuple):
    """`draw(figures, plan, links, width)` gives the specification, `caption(figures, plan)` what stands under it.

    `least` is the width in pixels that a bar, lane or point needs; `table` the table that says the same in words.
    """

    code: str
    title: str
    table: str
    part: str
    draw: Callable[[dict[str, Any], AnalysisPlan, Links, Width], Spec]
    caption: Callable[[dict[str, Any], AnalysisPlan], str]
    least: int = 0

    def is_there(self, figures: dict[str, Any]) -> bool:
        found = figures["times"][self.code]["n"] if self.part == "times" else figures[self.part]
        return bool(found)


def _curve(code: str, name: str) -> Figure:
    def draw(figures: dict[str, Any], plan: AnalysisPlan, links: Links, width: Width) -> Spec:
        month = float(plan.days_per_month)
        return kaplan_meier.spec(figures["times"][code], name=name, days_per_month=month, width=width)

    def caption(figures: dict[str, Any], plan: AnalysisPlan) -> str:
        found = figures["times"][code]
        middle, lower, upper = (reached(value) for value in found["median"]["months"])
        level = percent(float(plan.conf_level) * 100).removesuffix(".0")
        return (
            f"Median {middle} months ({level} % CI {lower} to {upper}); {found['events']} events in {found['n']} "
            f"subjects. Shaded: pointwise {level} % limits, {plan.conf_type} scale. Ticks: censored. NR: not reached. "
            "Below the months: number at risk."
        )

    return Figure(code, name, "at_risk", "times", draw, caption)


FIGURES: dict[str, Figure] = {
    figure.code: figure
    for figure in (
        _curve("pfs", "Progression-free survival"),
        _curve("os", "Overall survival"),
        Figure(
            "waterfall",
            "Waterfall: best change of the sum of target lesions",
            "waterfall",
            "waterfall",
            lambda figures, plan, links, width: waterfall.spec(figures["waterfall"], links=links, width=width),
            lambda figures, plan: (
                f"{len(figures['waterfall'])} of {figures['n']} subjects with a complete sum after baseline. Lines at "
                "+20 and −30 %. Colour and shape: best overall response, which also rests on other lesions and on "
                "confirmation."
            ),
            least=11,
        ),
        Figure(
            "spider",
            "Spider: the sum of target lesions over time",
            "spider",
            "spider",
            lambda figures, plan, links, width: spider.spec(
                figures["spider"], days_per_month=float(plan.days_per_month), links=links, width=width
            ),
            lambda figures, plan: "From 0 at first dose to the first progression. Lines at +20 and −30 % of baseline.",
        ),
        Figure(
            "swimmer",
            "Swimmer: each subject from first dose to death or last contact",
            "swimmer",
            "swimmer",
            lambda figures, plan, links, width: swimmer.spec(
                figures["swimmer"], days_per_month=float(plan.days_per_month), links=links, width=width
            ),
            lambda figures, plan: (
                "Colour and letters beside the subject: best overall response. Symbols: assessments with CR, PR or "
                "PD, and how the lane ends."
            ),
        ),
    )
}
