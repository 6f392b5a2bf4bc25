"""Reasons in words, for the people who read a result beside its records."""

from __future__ import annotations

from decimal import Decimal

from protocol.plan import Origin
from protocol.schema import AnalysisPlan
from values.numbers import written

from .baseline import Baseline
from .lesions import TargetSums
from .percentages import change_from, unsigned
from .records import Assessment, Response

RESPONSES: dict[Response, str] = {
    "CR": "complete response",
    "PR": "partial response",
    "SD": "stable disease",
    "NON-CR/NON-PD": "neither complete response nor progression",
    "PD": "progression",
    "NE": "not evaluable",
}
# Day 1 of all times, by the plan's origin.
ORIGINS: dict[Origin, str] = {"first_dose": "the first dose", "randomisation": "randomisation"}
_NON_TARGETS = {
    "CR": "non-target lesions gone",
    "NONCR": "non-target lesions persist",
    "PRESENT": "non-target lesions persist",
    "PD": "non-target lesions have unequivocally progressed",
    "NE": "non-target lesions not evaluated",
}


def assessment(
    baseline: Baseline | None,
    sums: TargetSums | None,
    target: Response | None,
    derived: Response,
    record: Assessment,
    plan: AnalysisPlan,
    *,
    after_complete: bool = False,
) -> str:
    """Why one assessment has its response: the sums, then what else decided, then whose response counts."""
    parts = [_target(baseline, sums, target)]
    if record.non_target:
        parts.append(_NON_TARGETS[record.non_target])
        if after_complete and record.non_target in ("NONCR", "PRESENT"):
            parts[-1] = "non-target lesions are there again after a complete response"
    elif baseline and baseline.non_target:
        parts.append("non-target lesions not recorded")
    if record.new_lesion == "Y":
        parts.append("a new lesion")
    elif record.new_lesion == "EQUIVOCAL":
        parts.append("an equivocal new lesion")
    text = f"{'; '.join(parts)}: {RESPONSES[derived]}."
    if plan.response_source == "investigator":
        sentences = (
            RESPONSES[record.investigator] if record.investigator else "no overall response recorded, so not evaluable"
        )
        text += f" By the investigator: {sentences}."
    return text


def _target(baseline: Baseline | None, sums: TargetSums | None, target: Response | None) -> str:
    if baseline is None:
        return "No valid baseline"
    if sums is None or target is None:
        return "No target lesion at baseline"
    total = f"Sum {written(sums.total)} mm"
    if sums.missing:
        total = f"Not assessed: {', '.join(sums.missing)}; sum of the others {written(sums.total)} mm"
    if target == "CR":
        return f"{total}, every target lesion gone"
    if target == "PD" and (sums.back or sums.nadir == 0):
        back = f"{', '.join(sums.back)} back" if sums.back else "back"
        return f"{total}, {back} after all target lesions were gone"
    if target in ("PD", "NE"):
        return f"{total}, {_change(sums.total, sums.nadir)} the smallest sum so far ({written(sums.nadir)} mm)"
    return f"{total}, {_change(sums.total, sums.baseline)} baseline ({written(sums.baseline)} mm)" + (
        f" and {_change(sums.total, sums.nadir)} the smallest sum so far ({written(sums.nadir)} mm)"
        if 0 < sums.nadir < sums.baseline
        else ""
    )


def _change(total: Decimal, reference: Decimal) -> str:
    if total == reference:
        return "equal to"
    if not reference:
        return "over"
    change = change_from(total, reference) or Decimal(0)
    return f"{unsigned(change)} % {'over' if total > reference else 'under'}"
