"""The tables as files for statisticians: plain values, one fact a column, fractions in per cent, times in days too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from endpoints.arithmetic.populations import CATEGORIES
from endpoints.arithmetic.results import KINDS, drawn_times, estimated_rates, main_times

Rows = Iterable[tuple[Any, ...]]
QUARTILES = ("0.25", "0.5", "0.75")


def response(figures: dict[str, Any], days_per_month: float) -> Rows:
    yield "response", "result", "n", "of", "percent", "lower_percent", "upper_percent"
    for kind in KINDS:
        by_kind = figures["response"][kind]
        for name in CATEGORIES:
            count, n = by_kind["counts"][name], by_kind["n"]
            yield kind, name, count, n, 100 * count / n if n else None, None, None
        for rate in estimated_rates(by_kind):
            yield kind, rate.short, *_rate(by_kind[rate.code])


def non_responders(figures: dict[str, Any], days_per_month: float) -> Rows:
    yield "subject", "best_response", "reason"
    for row in figures["response"]["non_responders"]:
        yield row["label"], row["response"], row["reason"]


def times(figures: dict[str, Any], days_per_month: float) -> Rows:
    """One row an endpoint and fraction of subjects with the event; an empty time is "not reached"."""
    units = ("days", "lower_days", "upper_days", "months", "lower_months", "upper_months")
    yield "endpoint", "subjects", "events", "censored", "fraction", *units
    for name, time in figures["times"].items():
        counts = time["n"], time["events"], time["n"] - time["events"]
        for fraction in QUARTILES:
            quantile = time["quartiles"][fraction]
            yield name, *counts, fraction, *quantile["days"], *quantile["months"]


def landmarks(figures: dict[str, Any], days_per_month: float) -> Rows:
    yield "endpoint", "month", "percent", "lower_percent", "upper_percent", "at_risk"
    for time in main_times(figures["times"]):
        for row in figures["times"][time.code]["landmarks"]:
            yield time.code, row["month"], *percents(row["survival"], row["lower"], row["upper"]), row["at_risk"]


def sensitivity(figures: dict[str, Any], days_per_month: float) -> Rows:
    yield (
        *("analysis", "responders", "of", "percent", "lower_percent", "upper_percent"),
        *("clinical_benefit", "benefit_of", "benefit_percent", "benefit_lower_percent", "benefit_upper_percent"),
        *("pfs_events", "median_days", "lower_days", "upper_days", "median_months", "lower_months", "upper_months"),
    )
    for row in figures["sensitivity"]:
        rates = (_rate(row[name]) if row[name] else (None,) * 5 for name in ("orr", "cbr"))
        pfs = row["pfs"]
        middle = (pfs["events"], *pfs["days"], *pfs["months"]) if pfs else (None,) * 7
        yield row["title"], *(cell for rate in rates for cell in rate), *middle


def at_risk(figures: dict[str, Any], days_per_month: float) -> Rows:
    yield "endpoint", "month", "at_risk"
    for time in drawn_times(figures["times"]):
        for row in figures["times"][time.code]["at_risk"]:
            yield time.code, row["month"], row["n"]


def curves(figures: dict[str, Any], days_per_month: float) -> Rows:
    """Each step of the curves, as they are drawn."""
    yield "endpoint", "day", "month", "percent", "lower_percent", "upper_percent"
    for name, time in figures["times"].items():
        steps = time["steps"]
        for day, at, *limits in zip(steps["days"], steps["survival"], steps["lower"], steps["upper"], strict=True):
            yield name, day, day / days_per_month, *percents(at, *(limits if at < 1 else (None, None)))


def waterfall(figures: dict[str, Any], days_per_month: float) -> Rows:
    """Also the subjects without a bar, with the reason."""
    yield "subject", "best_response", "best_change_percent", "why_none"
    for bar in figures["waterfall"]:
        yield bar["label"], bar["response"], bar["change"], None
    for group in figures["no_change"]:
        for subject in group["subjects"]:
            yield subject["label"], subject["response"], None, group["reason"]


def spider(figures: dict[str, Any], days_per_month: float) -> Rows:
    yield "subject", "best_response", "day", "change_percent", "new_lesion"
    for line in figures["spider"]:
        for day, change in line["points"]:
            yield line["label"], line["response"], day, change, "Y" if day in line["new_lesions"] else "N"


def swimmer(figures: dict[str, Any], days_per_month: float) -> Rows:
    """One row an event of a lane, in the order of its days."""
    yield "subject", "best_response", "day", "event"
    for lane in figures["swimmer"]:
        events = [*map(tuple, lane["responses"]), (lane["days"], "death" if lane["dead"] else "last known alive")]
        others = ((lane["treatment_end"], "end of treatment"), (lane["new_therapy"], "new anticancer therapy"))
        events += [(day, event) for day, event in others if day is not None]
        for day, event in sorted(events, key=lambda event: event[0]):
            yield lane["label"], lane["response"], day, event


FILES: dict[str, Callable[[dict[str, Any], float], Rows]] = {
    make.__name__: make
    for make in (
        *(response, non_responders, times, landmarks, sensitivity),
        *(at_risk, curves, waterfall, spider, swimmer),
    )
}


def _rate(rate: dict[str, Any]) -> tuple[Any, ...]:
    return rate["x"], rate["n"], rate["percent"], *percents(rate["lower"], rate["upper"])


def percents(*fractions: float | None) -> tuple[float | None, ...]:
    return tuple(None if value is None else 100 * value for value in fractions)
