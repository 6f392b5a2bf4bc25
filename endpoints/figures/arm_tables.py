"""The tables by randomised group: estimates beside each other, and the comparison with the reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from endpoints.arithmetic.results import (
    RateEndpoint,
    TimeEndpoint,
    drawn_times,
    estimated_rates,
    grouped_times,
    main_times,
)
from endpoints.figures.captions import NO_TEST_YET, how_compared
from endpoints.figures.comparing import (
    CANNOT,
    Arms,
    against,
    analyses_of,
    arms_of,
    limits_of,
    named,
)
from endpoints.figures.style import level_of
from endpoints.figures.tables import TABLES, Cell, FigureTable, limits, percent, reached
from protocol.schema import AnalysisPlan
from values.counts import counted
from values.shown import p_value
from values.shown import ratio as ratio_text

Row = tuple[Cell, ...]


def by_arm(figures: dict[str, Any], plan: AnalysisPlan) -> FigureTable:
    """Rates of the headline response and medians, a pair of columns for each group."""
    arms, kind = figures["arms"], figures["response"]["headline"]
    groups, level = arms["groups"], level_of(plan)
    rows = [
        _row("Subjects", ((Cell(f"{group['n']:,}", f"arm.{group['code']}.all"), Cell("")) for group in groups)),
        *(
            _row(f"{named(rate.label, arms, rate.code)}, {kind}", (_rate(group, kind, rate.code) for group in groups))
            for rate in estimated_rates(groups[0]["response"][kind])
        ),
        *(
            _row(f"{named(time.label, arms, time.code)}, median", (_median(group, time.code) for group in groups))
            for time in drawn_times(groups[0]["times"])
        ),
    ]
    columns = ("", *(head for group in groups for head in (group["label"], f"Estimate ({level} CI)")))
    return FigureTable("by_arm", "Results by randomised group", columns, tuple(rows), _whose(arms))


def _row(title: str, pairs: Iterator[tuple[Cell, Cell]]) -> Row:
    return (Cell(title), *(cell for pair in pairs for cell in pair))


def _rate(group: dict[str, Any], kind: str, name: str) -> tuple[Cell, Cell]:
    rate = group["response"][kind][name]
    estimate = f"{percent(rate['percent'])} % ({limits(rate)})" if rate["n"] else "–"
    return Cell(f"{rate['x']} of {rate['n']}", f"arm.{group['code']}.{kind}.{name}"), Cell(estimate)


def _median(group: dict[str, Any], name: str) -> tuple[Cell, Cell]:
    time = group["times"][name]
    middle, lower, upper = (reached(months) for months in time["median"]["months"])
    unit = "" if middle == reached(None) else " months"
    estimate = f"{middle}{unit} ({lower} to {upper})" if time["n"] else "–"
    return Cell(f"{time['events']} of {time['n']}", f"arm.{group['code']}.{name}.events"), Cell(estimate)


def _whose(arms: Arms) -> str:
    others = arms["elsewhere"]
    left_out = f" {others:,} of the subjects were given no group by a list, and are in none." if others else ""
    compared = "" if arms["reference"] else " The plan names no reference arm: groups are not compared."
    return (
        f"Each subject in the group that the list gave, whatever it received.{left_out}{compared} Exact limits "
        "of rates (Clopper-Pearson); Kaplan-Meier medians with their events; duration of response: responders only; "
        "follow-up: reverse Kaplan-Meier; NR: not reached."
    )


def hazards(figures: dict[str, Any], plan: AnalysisPlan) -> FigureTable:
    """Hazard ratio and log-rank test of the main times, by strata and without."""
    arms = figures["arms"]
    rows = [
        row
        for compared in arms["comparisons"]
        for time in main_times(compared["times"])
        for row in _hazards(arms, compared, time, several=len(arms["comparisons"]) > 1)
    ]
    columns = ("", "Analysis", "Subjects", "Events", "Hazard ratio", f"{level_of(plan)} CI", "p, log-rank")
    notes = (
        [how_compared(arms, plan), *_silences(arms), NO_TEST_YET, *_not_compared(arms)] if rows else [_uncompared(arms)]
    )
    return FigureTable(
        "hazards", f"Times to event compared{_pair(arms)}", columns, tuple(rows), " ".join(notes), words=(0, 1)
    )


def _not_compared(arms: Arms) -> Iterator[str]:
    """Of each time whose curves are drawn by group without a comparison, why."""
    return (time.not_compared for time in grouped_times(arms["groups"][0]["times"]) if time.not_compared)


def _pair(arms: Arms) -> str:
    (*others,) = arms["comparisons"]
    return f": {against(arms, others[0])}" if len(others) == 1 else ""


def _uncompared(arms: Arms) -> str:
    return "" if arms["reference"] else "The plan names no reference arm: groups are not compared."


def _hazards(arms: Arms, compared: dict[str, Any], time: TimeEndpoint, *, several: bool) -> Iterator[Row]:
    estimate, title = compared["times"][time.code], named(time.label, arms, time.code)
    if several:
        title = f"{title}: {against(arms, compared)}"
    for how, analysis in analyses_of(estimate):
        ratio, test = analysis["ratio"], analysis["test"]
        yield (
            Cell(title),
            Cell(how),
            Cell(str(estimate["n"]), f"compared.{compared['code']}.{time.code}.n"),
            Cell(str(estimate["events"]), f"compared.{compared['code']}.{time.code}.events"),
            Cell(ratio_text(ratio["value"]) if ratio else f"{CANNOT}: {analysis['no_ratio']}"),
            Cell(limits_of(ratio) if ratio else "–"),
            Cell(p_value(test["p"]) if test else f"{CANNOT}: {analysis['no_test']}"),
        )


def _silences(arms: Arms) -> Iterator[str]:
    """Which strata tell nothing of a difference, of each endpoint: nobody takes them for counted."""
    for compared in arms["comparisons"]:
        for time in main_times(compared["times"]):
            analysis = compared["times"][time.code]["stratified"]
            if analysis and analysis["silent"]:
                yield (
                    f"{time.brief}, {against(arms, compared)}: {analysis['silent_strata']} of {analysis['strata']} "
                    f"strata, with {counted(analysis['silent'], 'subject')}, had no event with both groups at risk and "
                    "tell nothing."
                )


def differences(figures: dict[str, Any], plan: AnalysisPlan) -> FigureTable:
    """Differences of the rates of the headline response, in percentage points."""
    arms, kind = figures["arms"], figures["response"]["headline"]
    several = len(arms["comparisons"]) > 1
    rows = [
        _difference(arms, compared, rate, kind, several=several)
        for compared in arms["comparisons"]
        for rate in estimated_rates(compared["rates"])
    ]
    columns = (
        *("", "Group", "Reference", "Difference, % points", f"{level_of(plan)} CI"),
        *("p, by strata", "p, exact"),
    )
    factors = " and ".join(arms["factors"])
    strata = f" By strata: Cochran-Mantel-Haenszel test by {factors}." if factors else ""
    sided = "one-sided for more of it" if plan.comparison_sides == "one-sided" else "two-sided"
    note = (
        f"Difference without strata, limits after Newcombe (1998).{strata} Exact: Fisher's test without strata. p "
        f"values are {sided}. {NO_TEST_YET}"
    )
    return FigureTable(
        "differences",
        f"Response rates compared{_pair(arms)}",
        columns,
        tuple(rows),
        note if rows else _uncompared(arms),
    )


def _difference(arms: Arms, compared: dict[str, Any], rate: RateEndpoint, kind: str, *, several: bool) -> Row:
    name = rate.code
    estimate, title = compared["rates"][name], f"{named(rate.label, arms, name)}, {kind}"
    difference, code, reference = estimate["difference"], compared["code"], arms["reference"]["code"]
    return (
        Cell(f"{title}: {against(arms, compared)}" if several else title),
        Cell(f"{estimate['x']} of {estimate['n']}", f"arm.{code}.{kind}.{name}"),
        Cell(f"{estimate['x_reference']} of {estimate['n_reference']}", f"arm.{reference}.{kind}.{name}"),
        Cell(points(difference["value"]) if difference else f"{CANNOT}: {estimate['no_difference']}"),
        Cell(f"{points(difference['lower'])} to {points(difference['upper'])}" if difference else "–"),
        *(Cell(_p(estimate[how])) for how in ("stratified", "unstratified")),
    )


def points(fraction: float) -> str:
    """Percentage points with their sign."""
    text = percent(abs(100 * fraction))
    return text if float(text) == 0 else f"{'+' if fraction > 0 else '−'}{text}"


def _p(analysis: dict[str, Any] | None) -> str:
    if analysis is None:
        return "no strata"
    return p_value(analysis["test"]["p"]) if analysis["test"] else f"{CANNOT}: {analysis['no_test']}"


def arm_at_risk(figures: dict[str, Any], plan: AnalysisPlan) -> FigureTable:
    """Number at risk every three months, of each curve of each group."""
    columns = [(group, time) for group in figures["arms"]["groups"] for time in drawn_times(group["times"])]
    counts = [{row["month"]: row["n"] for row in group["times"][time.code]["at_risk"]} for group, time in columns]
    months = sorted({month for at_risk in counts for month in at_risk})
    rows = [(Cell(str(month)), *(Cell(str(at_risk.get(month, 0))) for at_risk in counts)) for month in months]
    heads = (f"{time.brief}, {group['label']}" for group, time in columns)
    return FigureTable("arm_at_risk", "Number at risk by randomised group", ("Month", *heads), tuple(rows))


Tables = dict[str, Callable[[dict[str, Any], AnalysisPlan], FigureTable]]
ARM_TABLES: Tables = {make.__name__: make for make in (by_arm, hazards, differences, arm_at_risk)}


def tables_of(figures: dict[str, Any]) -> Tables:
    """The tables of an estimate: those by randomised group where it has some, and the others."""
    return {**ARM_TABLES, **TABLES} if arms_of(figures) else TABLES
