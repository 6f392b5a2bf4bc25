"""Who counts for the decision on a dose level, on both sides of each limit of the rule."""

from decimal import Decimal
from pathlib import Path

import pytest

import protocol
from cohorts.escalation.evaluability import evaluate
from protocol import load

RULE = load(Path(protocol.__file__).parent / "nct00426556.toml").dlt


@pytest.mark.parametrize(
    ("dlt", "observed", "percent", "evaluable", "why"),
    [
        (True, False, "10", True, "dose-limiting toxicity"),
        (True, None, None, True, "dose-limiting toxicity"),
        (False, True, "75", True, "75 % of the planned everolimus, without dose-limiting toxicity"),
        (False, True, "74.9", False, "74.9 % of the planned everolimus, less than 75 %"),
        (False, True, "100", True, "100 % of the planned everolimus, without dose-limiting toxicity"),
        (False, False, "100", False, "cycle 1 was not observed to its end"),
        (False, True, None, None, "how much everolimus was taken is not known"),
        (False, None, "100", None, "cycle 1 is not evaluated yet"),
        (None, True, "100", None, "cycle 1 is not evaluated yet"),
    ],
)
def test_the_rule_says_who_counts_and_why(
    dlt: bool | None, observed: bool | None, percent: str | None, evaluable: bool | None, why: str
) -> None:
    assert RULE is not None
    dose = Decimal(percent) if percent else None
    verdict = evaluate(RULE, dlt=dlt, cycle_observed=observed, dose_percent=dose)
    assert (verdict.evaluable, verdict.dlt, verdict.why) == (evaluable, bool(dlt), why)
