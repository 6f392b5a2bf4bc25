"""Each sensitivity analysis once: its name, what it changes in the plan, and which results it touches."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from protocol.schema import AnalysisPlan

Touched = Literal["best", "benefit", "pfs"]


class Analysis(NamedTuple):
    """`title` says it in words; `changes` are the settings that it has other than the plan; what it does not touch is
    not computed again and stays empty."""

    title: str
    changes: dict[str, Any]
    touches: tuple[Touched, ...]


ANALYSES: dict[str, Analysis] = {
    "unconfirmed": Analysis(
        "Response without confirmation", {"confirmation_required": False}, touches=("best", "benefit")
    ),
    "derived": Analysis(
        "Response derived from the measurements", {"response_source": "derived"}, touches=("best", "benefit", "pfs")
    ),
    "recist_1.1": Analysis(
        "Thresholds of RECIST 1.1, derived from the measurements",
        {"response_source": "derived", "recist_version": "1.1"},
        touches=("best", "benefit", "pfs"),
    ),
    "accept_sd_between": Analysis(
        "Stable disease accepted between a response and its confirmation",
        {"accept_sd_between": True},
        touches=("best", "benefit"),
    ),
    "sticky_pr": Analysis(
        "A partial response that drifts back stays one until progression",
        {"pr_drift": "sticky_pr"},
        touches=("best", "benefit"),
    ),
    "nact_counted": Analysis(
        "Responses under new anticancer therapy count", {"nact_response": "counts"}, touches=("best", "benefit")
    ),
    "non_cr_non_pd": Analysis(
        "Non-CR/Non-PD counts for clinical benefit", {"benefit_non_cr_non_pd": True}, touches=("benefit",)
    ),
    "nact_censored": Analysis("Censored at new anticancer therapy", {"nact_censors": True}, touches=("pfs",)),
    "missed_censored": Analysis(
        "Censored after two or more missed assessments", {"missed_censors": True}, touches=("pfs",)
    ),
    "clinical_progression": Analysis(
        "Clinical progression counts as an event", {"clinical_pd_is_event": True}, touches=("pfs",)
    ),
}


@lru_cache(maxsize=64)
def varied(plan: AnalysisPlan, name: str) -> AnalysisPlan:
    """The plan of one sensitivity analysis."""
    return replace(plan, **ANALYSES[name].changes)
