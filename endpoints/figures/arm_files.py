"""The tables by randomised group as files for statisticians: plain values, one fact a row or column."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from endpoints.arithmetic.results import KINDS, drawn_times, estimated_rates, main_times
from endpoints.figures.comparing import analyses_of, arms_of
from endpoints.figures.files import FILES, Rows, percents

GROUP = ("group_code", "group")
PAIR = (*GROUP, "reference_code", "reference")


def by_arm(figures: dict[str, Any], days_per_month: float) -> Rows:
    """Rates in per cent, medians in days and in months; an empty median is "not reached"."""
    yield *GROUP, "endpoint", "kind", "count", "of", "estimate", "lower", "upper", "unit"
    for group in figures["arms"]["groups"]:
        whose = group["code"], group["label"]
        yield *whose, "subjects", None, group["n"], None, None, None, None, None
        for kind in KINDS:
            for endpoint in estimated_rates(group["response"][kind]):
                rate = group["response"][kind][endpoint.code]
                limits = percents(rate["lower"], rate["upper"])
                yield *whose, endpoint.code, kind, rate["x"], rate["n"], rate["percent"], *limits, "percent"
        for time in drawn_times(group["times"]):
            curve = group["times"][time.code]
            for unit in ("days", "months"):
                yield *whose, time.code, "median", curve["events"], curve["n"], *curve["median"][unit], unit


def hazards(figures: dict[str, Any], days_per_month: float) -> Rows:
    yield (
        *(*PAIR, "endpoint", "analysis", "subjects", "events", "hazard_ratio", "lower", "upper", "why_no_ratio"),
        *("log_rank_z", "p", "sides", "why_no_p", "strata", "silent_strata", "silent_subjects"),
    )
    for whose, compared in _comparisons(figures):
        for time in main_times(compared["times"]):
            estimate = compared["times"][time.code]
            for how, analysis in analyses_of(estimate):
                ratio, test = analysis["ratio"] or {}, analysis["test"] or {}
                yield (
                    *(*whose, time.code, how, estimate["n"], estimate["events"]),
                    *(ratio.get("value"), ratio.get("lower"), ratio.get("upper"), analysis["no_ratio"]),
                    *(test.get("z"), test.get("p"), figures["arms"]["sides"], analysis["no_test"]),
                    *(analysis["strata"], analysis["silent_strata"], analysis["silent"]),
                )


def differences(figures: dict[str, Any], days_per_month: float) -> Rows:
    """In percentage points. `cmh` is the test by strata, `fisher` the exact one without."""
    yield (
        *(*PAIR, "endpoint", "n", "of", "reference_n", "reference_of", "difference", "lower", "upper"),
        *("why_no_difference", "cmh_z", "cmh_p", "why_no_cmh", "fisher_p", "why_no_fisher", "sides"),
    )
    for whose, compared in _comparisons(figures):
        for rate in estimated_rates(compared["rates"]):
            estimate = compared["rates"][rate.code]
            difference, strata = (
                estimate["difference"] or {},
                estimate["stratified"] or {"test": None, "no_test": "no strata"},
            )
            test, exact = strata["test"] or {}, estimate["unstratified"]["test"] or {}
            yield (
                *(*whose, rate.code, estimate["x"], estimate["n"], estimate["x_reference"], estimate["n_reference"]),
                *percents(*(difference.get(part) for part in ("value", "lower", "upper"))),
                *(estimate["no_difference"], test.get("z"), test.get("p"), strata["no_test"]),
                *(exact.get("p"), estimate["unstratified"]["no_test"], figures["arms"]["sides"]),
            )


def _comparisons(figures: dict[str, Any]) -> Iterator[tuple[tuple[str, str, str, str], dict[str, Any]]]:
    arms = figures["arms"]
    for compared in arms["comparisons"]:
        reference = arms["reference"]
        yield (compared["code"], compared["label"], reference["code"], reference["label"]), compared


def arm_at_risk(figures: dict[str, Any], days_per_month: float) -> Rows:
    yield *GROUP, "endpoint", "month", "at_risk"
    for group in figures["arms"]["groups"]:
        for time in drawn_times(group["times"]):
            for row in group["times"][time.code]["at_risk"]:
                yield group["code"], group["label"], time.code, row["month"], row["n"]


def arm_curves(figures: dict[str, Any], days_per_month: float) -> Rows:
    """Each step of the groups' curves, as they are drawn."""
    yield *GROUP, "endpoint", "day", "month", "percent", "lower_percent", "upper_percent"
    for group in figures["arms"]["groups"]:
        for time in drawn_times(group["times"]):
            steps = group["times"][time.code]["steps"]
            for day, at, *limits in zip(steps["days"], steps["survival"], steps["lower"], steps["upper"], strict=True):
                shown = percents(at, *(limits if at < 1 else (None, None)))
                yield group["code"], group["label"], time.code, day, day / days_per_month, *shown


Files = dict[str, Callable[[dict[str, Any], float], Rows]]
ARM_FILES: Files = {make.__name__: make for make in (by_arm, hazards, differences, arm_at_risk, arm_curves)}


def files_of(figures: dict[str, Any]) -> Files:
    """The tables of an estimate that are files."""
    return {**ARM_FILES, **FILES} if arms_of(figures) else FILES
