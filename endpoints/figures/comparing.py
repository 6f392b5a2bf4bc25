"""Randomised groups beside each other in words: hazard ratios, p values, reasons, and who is compared with whom."""

from __future__ import annotations

from typing import Any

from endpoints.arithmetic.results import NO_SUBJECTS
from values.shown import p_value
from values.shown import ratio as ratio_text

Arms = dict[str, Any]
CANNOT = "cannot be estimated"
ANALYSES = ("stratified", "unstratified")
PRIMARY = "primary endpoint"


def arms_of(figures: dict[str, Any]) -> Arms | None:
    """The groups of an estimate; None where it has none, as those have that are older than estimates by group."""
    return figures.get("arms")


def analyses_of(compared: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """(name, analysis) of one endpoint: by strata where there are strata, and without."""
    return [(name, compared[name]) for name in ANALYSES if compared[name]]


def leading(compared: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The analysis that the trial's plan puts first: by the strata of the randomisation, where there are any."""
    return analyses_of(compared)[0]


def against(arms: Arms, compared: dict[str, Any]) -> str:
    return f"{compared['label']} against {arms['reference']['label']}"


def is_primary(arms: Arms, name: str) -> bool:
    return bool(arms["primary"] == name)


def named(title: str, arms: Arms, name: str) -> str:
    """A title that says so where the endpoint is the primary one."""
    return f"{title} ({PRIMARY})" if is_primary(arms, name) else title


def p_equals(p: float) -> str:
    """As a sentence writes it: p = 0.0312, p < 0.0001."""
    text = p_value(p)
    return f"p {text[0]} {text[1:]}" if text[0] in "<>" else f"p = {text}"


def limits_of(ratio: dict[str, float]) -> str:
    return f"{ratio_text(ratio['lower'])} to {ratio_text(ratio['upper'])}"


def sentence(arms: Arms, compared: dict[str, Any], name: str, level: str) -> str:
    """What a figure says of a comparison: hazard ratio with limits and the log-rank test, or why there is none."""
    how, analysis = leading(compared["times"][name])
    ratio, test = analysis["ratio"], analysis["test"]
    hazard = (
        f"hazard ratio {ratio_text(ratio['value'])} ({level} CI {limits_of(ratio)})"
        if ratio
        else f"hazard ratio {CANNOT}: {analysis['no_ratio']}"
    )
    log_rank = f"log-rank {p_equals(test['p'])} ({arms['sides']})" if test else f"log-rank {CANNOT}"
    return f"{against(arms, compared)}: {hazard}; {log_rank}; {how}."


def nobody(figures: dict[str, Any]) -> str:
    return NO_SUBJECTS if not figures["n"] else "No subject of this analysis set was given a group by the list."
