"""Grades of laboratory values by the Common Terminology Criteria for Adverse Events (sources: laboratory.criteria).

The grade is the highest whose cut the value has passed, so that no value falls between two grades or has two. The
criteria state most cuts in two units which are not exactly the same: a value is graded by the column of the unit in
which it was reported. A cut stated as an amount counts only outside of the laboratory's own limits, where the scale
begins at a limit: what is normal at a laboratory is no adverse event there.
"""

from dataclasses import dataclass
from fractions import Fraction

from laboratory.analytes import Analyte
from laboratory.criteria import SCALES
from laboratory.ranges import Limits
from laboratory.scales import Cut, Scale, Side
from laboratory.units import Unit

NO_LIMITS = Limits()


@dataclass(frozen=True)
class Measured:
    """A value with what its grade depends on. All amounts are in the analyte's SI unit, albumin in g/L."""

    value: Fraction
    unit: Unit
    limits: Limits = NO_LIMITS
    baseline: Fraction | None = None
    albumin: Fraction | None = None
    fasting: bool | None = None


@dataclass(frozen=True)
class Graded:
    """`grade` 0 to 4; None where the criteria cannot be applied (a limit is missing, not fasting, by treatment)."""

    grade: int | None
    term: str = ""


def grade(version: str, analyte: Analyte, measured: Measured) -> Graded:
    """The grade of a value. ValueError for an unknown version; None as grade for an analyte without criteria."""
    if version not in SCALES:
        raise ValueError(f"CTCAE version {version} is not known; known: {', '.join(SCALES)}")
    scales = SCALES[version].get(analyte.code, ())
    found = [Graded(_grade_on(scale, measured), scale.term) for scale in scales]
    if not found:
        return Graded(None)
    abnormal = [one for one in found if one.grade]
    if abnormal:
        return max(abnormal, key=lambda one: one.grade or 0)
    return Graded(None) if any(one.grade is None for one in found) else Graded(0)


def _grade_on(scale: Scale, measured: Measured) -> int | None:
    limit = measured.limits.low if scale.side == "low" else measured.limits.high
    value = corrected_calcium(measured) if scale.corrected else measured.value
    if scale.by_treatment:
        return 0 if limit is not None and not _beyond(scale.side, value, limit) else None
    cuts = scale.from_baseline if scale.from_baseline and _is_abnormal(measured) else scale.cuts
    begins_at_limit = any(cut.of == "limit" for cut in cuts)
    states = [(cut.grade, _passed(cut, scale.side, value, limit, measured, begins_at_limit)) for cut in cuts]
    passed = max((of for of, state in states if state), default=0)
    if passed and measured.fasting is False and passed < scale.fasting_below:
        return None
    return None if any(state is None and of > passed for of, state in states) else passed


def _passed(
    cut: Cut, side: Side, value: Fraction, limit: Fraction | None, measured: Measured, gated: bool
) -> bool | None:
    """None where it cannot be told."""
    if cut.of == "amount":
        is_normal = gated and limit is not None and not _beyond(side, value, limit)
        bound = cut.amounts[measured.unit.column] / measured.unit.to_scale * measured.unit.factor
        return False if is_normal else _beyond(side, value, bound, cut.inclusive)
    if cut.of == "baseline":
        base = measured.baseline
        return False if base is None else _beyond(side, value, cut.amounts[""] * base, cut.inclusive)
    if limit is None:
        return None
    if cut.of == "over":
        start = max(limit, measured.baseline or limit)
        return value > start + cut.amounts[""]
    return _beyond(side, value, cut.amounts[""] * limit, cut.inclusive)


def _beyond(side: Side, value: Fraction, bound: Fraction, inclusive: bool = False) -> bool:
    if inclusive and value == bound:
        return True
    return value < bound if side == "low" else value > bound


def _is_abnormal(measured: Measured) -> bool:
    base, high = measured.baseline, measured.limits.high
    return base is not None and high is not None and base > high


def corrected_calcium(measured: Measured) -> Fraction:
    """Total calcium as it would be at an albumin of 40 g/L, where albumin is lower (remark of CTCAE v3.0):

    plus 0.8 mg/dL for each g/dL, or 0.02 mmol/L for each g/L, that albumin lacks. In mmol/L.
    """
    if measured.albumin is None or measured.albumin >= 40:
        return measured.value
    lacking = 40 - measured.albumin
    if measured.unit.column == "mg/dL":
        return measured.value + Fraction("0.08") * lacking * measured.unit.factor
    return measured.value + Fraction("0.02") * lacking
