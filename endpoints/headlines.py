"""The numbers that the endpoints page opens with, each under the name that leads to its subjects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from endpoints.arithmetic.arms import ENDPOINTS
from endpoints.figures.arm_tables import points
from endpoints.figures.captions import level_of
from endpoints.figures.comparing import (
    CANNOT,
    PRIMARY,
    against,
    arms_of,
    leading,
    limits_of,
    named,
    p_equals,
    two_decimals,
)
from endpoints.figures.tables import limits, percent, reached
from protocol.schema import AnalysisPlan
from values.counts import counted

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
        for name in ENDPOINTS:
            how, analysis = leading(compared["times"][name])
            ratio, test = analysis["ratio"], analysis["test"]
            value = two_decimals(ratio["value"]) if ratio else "–"
            shown = f"{level_of(plan)} CI {limits_of(ratio)}" if ratio else f"{CANNOT}: {analysis['no_ratio']}"
            tested = f"log-rank {p_equals(test['p'])}, {plan.comparison_sides}" if test else f"log-rank {CANNOT}"
            note = f"{against(arms, compared)}; {shown}; {tested}; {how}"
            yield Headline(named(f"{name.upper()}, hazard ratio", arms, name), value, note, _behind(compared, name))
        rate = compared["rates"]["orr"]
        value, shown = "–", f"{CANNOT}: {rate['no_difference']}"
        if difference := rate["difference"]:
            value = f"{points(difference['value'])} points"
            shown = f"{level_of(plan)} CI {points(difference['lower'])} to {points(difference['upper'])}"
        label = named("ORR, difference", arms, "orr")
        yield Headline(label, value, f"{against(arms, compared)}; {shown}", _behind(compared, "orr"))


def _behind(compared: dict[str, Any], name: str) -> str:
    return f"compared.{compared['code']}.{name}.{'n' if name != 'orr' else 'all'}"


def _rates(figures: dict[str, Any], plan: AnalysisPlan, whose: str) -> Iterator[Headline]:
    kind = figures["response"]["headline"]
    rates = figures["response"][kind]
    for name in ("orr", "dcr", "cbr"):
        value = "–" if rates[name]["percent"] is None else f"{percent(rates[name]['percent'])} %"
        note = f"{rates[name]['x']} of {rates[name]['n']}; {level_of(plan)} CI {limits(rates[name])}"
        yield Headline(_label(f"{name.upper()}, {kind}", name, plan, whose), value, note, f"{kind}.{name}")


def _medians(figures: dict[str, Any], plan: AnalysisPlan, whose: str) -> Iterator[Headline]:
    for name, label in (("pfs", "Median PFS"), ("os", "Median OS")):
        found = figures["times"][name]
        middle, lower, upper = (reached(value) for value in found["median"]["months"])
        value = "–" if not found["n"] else middle if middle == "NR" else f"{middle} mo"
        counts = f"{counted(found['events'], 'event')}; {level_of(plan)} CI {lower} to {upper}"
        yield Headline(
            _label(label, name, plan, whose), value, counts if found["n"] else "no subjects", f"{name}.events"
        )


def _label(label: str, name: str, plan: AnalysisPlan, whose: str) -> str:
    """Of one group the primary endpoint is the estimate, of several their comparison."""
    if whose:
        return f"{label}, {whose}"
    return f"{label} ({PRIMARY})" if plan.primary_endpoint == name else label
