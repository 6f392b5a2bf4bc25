"""The numbers that the endpoints page opens with, each under the name that leads to its subjects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from endpoints.arithmetic.results import RateEndpoint, estimated_rates, main_times
from endpoints.figures.arm_tables import points
from endpoints.figures.comparing import (
    CANNOT,
    PRIMARY,
    against,
    arms_of,
    leading,
    limits_of,
    named,
    p_equals,
)
from endpoints.figures.style import level_of
from endpoints.figures.tables import limits, percent, reached
from protocol.schema import AnalysisPlan
from values.counts import counted
from values.shown import ratio as ratio_text

ALL_ARMS = "all groups together"


class Headline(NamedTuple):
    label: str
    value: str
    note: str
    which: str


def headlines(figures: dict[str, Any], plan: AnalysisPlan) -> list[Headline]:
    """The numbers that the page opens with; of randomised groups first their comparison."""
    arms = arms_of(figures)
    if arms is None:
        return [*_rates(figures, plan, ""), *_medians(figures, plan, "")]
    return [*_comparisons(arms, plan), *_rates(figures, plan, ALL_ARMS), *_medians(figures, plan, ALL_ARMS)]


def _comparisons(arms: dict[str, Any], plan: AnalysisPlan) -> Iterator[Headline]:
    for compared in arms["comparisons"]:
        for time in main_times(compared["times"]):
            how, analysis = leading(compared["times"][time.code])
            ratio, test = analysis["ratio"], analysis["test"]
            value = ratio_text(ratio["value"]) if ratio else "–"
            shown = f"{level_of(plan)} CI {limits_of(ratio)}" if ratio else f"{CANNOT}: {analysis['no_ratio']}"
            tested = f"log-rank {p_equals(test['p'])}, {plan.comparison_sides}" if test else f"log-rank {CANNOT}"
            note = f"{against(arms, compared)}; {shown}; {tested}; {how}"
            label = named(f"{time.brief}, hazard ratio", arms, time.code)
            yield Headline(label, value, note, _behind(compared, f"{time.code}.n"))
        for rate in estimated_rates(compared["rates"]):
            if rate.compared_first:
                yield _difference(arms, compared, rate, plan)


def _difference(arms: dict[str, Any], compared: dict[str, Any], rate: RateEndpoint, plan: AnalysisPlan) -> Headline:
    estimate = compared["rates"][rate.code]
    value, shown = "–", f"{CANNOT}: {estimate['no_difference']}"
    if difference := estimate["difference"]:
        value = f"{points(difference['value'])} points"
        shown = f"{level_of(plan)} CI {points(difference['lower'])} to {points(difference['upper'])}"
    label = named(f"{rate.short}, difference", arms, rate.code)
    return Headline(label, value, f"{against(arms, compared)}; {shown}", _behind(compared, f"{rate.code}.all"))


def _behind(compared: dict[str, Any], number: str) -> str:
    return f"compared.{compared['code']}.{number}"


def _rates(figures: dict[str, Any], plan: AnalysisPlan, whose: str) -> Iterator[Headline]:
    kind = figures["response"]["headline"]
    rates = figures["response"][kind]
    for rate in estimated_rates(rates):
        estimate = rates[rate.code]
        value = "–" if estimate["percent"] is None else f"{percent(estimate['percent'])} %"
        note = f"{estimate['x']} of {estimate['n']}; {level_of(plan)} CI {limits(estimate)}"
        label = _label(f"{rate.short}, {kind}", rate.code, plan, whose)
        yield Headline(label, value, note, f"{kind}.{rate.code}")


def _medians(figures: dict[str, Any], plan: AnalysisPlan, whose: str) -> Iterator[Headline]:
    for time in main_times(figures["times"]):
        curve = figures["times"][time.code]
        middle, lower, upper = (reached(value) for value in curve["median"]["months"])
        value = "–" if not curve["n"] else middle if middle == "NR" else f"{middle} mo"
        counts = f"{counted(curve['events'], 'event')}; {level_of(plan)} CI {lower} to {upper}"
        label = _label(f"Median {time.brief}", time.code, plan, whose)
        yield Headline(label, value, counts if curve["n"] else "no subjects", f"{time.code}.events")


def _label(label: str, name: str, plan: AnalysisPlan, whose: str) -> str:
    """Of one group the primary endpoint is the estimate, of several their comparison."""
    if whose:
        return f"{label}, {whose}"
    return f"{label} ({PRIMARY})" if plan.primary_endpoint == name else label
