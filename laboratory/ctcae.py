"""Grades of laboratory values by the Common Terminology Criteria for Adverse Events (sources: laboratory.criteria).

The grade is the highest whose cut the value has passed, so that no value falls between two grades or has two. The
criteria state most cuts in two units which are not exactly the same: a value is graded by the column of the unit in
which it was reported. A cut stated as an amount counts only outside of the laboratory's own limits, where the scale
begins at a limit: what is normal at a laboratory is no adverse event there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from laboratory.analytes import Analyte
from laboratory.criteria import SCALES
from laboratory.ranges import Limits
from laboratory.scales import Cut, Scale, Side
from laboratory.units import Unit

Bound = Literal["", "AT LEAST", "AT MOST"]
# A number, and on which side of it: (0.1, -1) is just below 0.1.
Point = tuple[Fraction, int]
NO_LIMITS = Limits()


@dataclass(frozen=True)
class Measured:
    """A value with what its grade depends on. All amounts are in the analyte's SI unit, albumin in g/L.

    `qualifier` is "<" or ">" where the value is a limit of the method; `albumin_is_limit` says so of the albumin.
    `baseline_high` is the upper limit of normal on the day of the baseline, by which that was normal or not.
    """

    value: Fraction
    unit: Unit
    limits: Limits = NO_LIMITS
    baseline: Fraction | None = None
    albumin: Fraction | None = None
    fasting: bool | None = None
    qualifier: str = ""
    albumin_is_limit: bool = False
    baseline_high: Fraction | None = None


@dataclass(frozen=True)
class Graded:
    """`grade` 0 to 4; None where the criteria cannot be applied, and `why`, in words.

    `bound` is "AT LEAST" or "AT MOST" where the value is a limit and what was measured may have other grades too.
    """

    grade: int | None
    term: str = ""
    bound: Bound = ""
    why: str = ""


@dataclass(frozen=True)
class OnScale:
    """The grade of one term, None with the reason where it cannot be told."""

    term: str
    grade: int | None
    why: str = ""


def grade(version: str, analyte: Analyte, measured: Measured) -> Graded:
    """The grade of a value, of a limit the grade of what lies just beyond it. ValueError for an unknown version; None
    as grade for an analyte without criteria, and for a limit that leaves open whether there is a toxicity."""
    if version not in SCALES:
        raise ValueError(f"CTCAE version {version} is not known; known: {', '.join(SCALES)}")
    scales = SCALES[version].get(analyte.code, ())
    if not scales:
        return Graded(None, why=f"CTCAE {version} has no criteria for it")
    here = [_on(scale, measured, version, _point(measured)) for scale in scales]
    graded = _worst(here)
    if not measured.qualifier or graded.grade is None:
        return graded
    end = (analyte.possible[0 if measured.qualifier == "<" else 1], 0)
    return _bounded(graded, here, [_on(scale, measured, version, end) for scale in scales])


def side_of(analyte: str, term: str) -> Side | Literal[""]:
    """On which side of normal a term of an analyte lies, in whichever version; "" for one that none has."""
    every = (scale for scales in SCALES.values() for scale in scales.get(analyte, ()))
    return next((scale.side for scale in every if scale.term == term), "")


def _worst(grades: list[OnScale]) -> Graded:
    abnormal = [verdict for verdict in grades if verdict.grade]
    if abnormal:
        worst = max(abnormal, key=lambda verdict: verdict.grade or 0)
        return Graded(worst.grade, worst.term)
    open_ones = [verdict.why for verdict in grades if verdict.grade is None]
    return Graded(None, why=open_ones[0]) if open_ones else Graded(0)


def _bounded(graded: Graded, here: list[OnScale], at_other_end: list[OnScale]) -> Graded:
    """The grade at a limit, beside all that lie between it and the farthest value that can be."""
    if any(verdict.grade is None for verdict in (*here, *at_other_end)):
        return Graded(None, why=next(verdict.why for verdict in (*here, *at_other_end) if verdict.grade is None))
    spans = [sorted((at.grade or 0, end.grade or 0)) for at, end in zip(here, at_other_end, strict=True)]
    lowest, highest = (max(span[side] for span in spans) for side in (0, 1))
    if lowest == highest:
        return graded
    if graded.grade and graded.grade in (lowest, highest):
        return replace(graded, bound="AT LEAST" if graded.grade == lowest else "AT MOST")
    return Graded(None, why=f"the limit leaves open which grade it has, {lowest} to {highest}")


def _on(scale: Scale, measured: Measured, version: str, point: Point) -> OnScale:
    limit = measured.limits.low if scale.side == "low" else measured.limits.high
    if scale.corrected and measured.albumin_is_limit:
        return OnScale(scale.term, None, "it is corrected for albumin, of which only a limit is known")
    value = (_corrected(point[0], measured), point[1]) if scale.corrected else point
    if scale.by_treatment:
        if limit is not None and not _beyond(scale.side, value, limit):
            return OnScale(scale.term, 0)
        why = f"CTCAE {version} grades {scale.term.lower()} by its treatment"
        return OnScale(scale.term, None, why if limit is not None else f"{why}, and no limit of normal is known")
    grades = [_by(cuts, scale, measured, value) for cuts in _cuts_of(scale, measured)]
    if any(verdict.grade != grades[0].grade for verdict in grades):
        return OnScale(scale.term, None, "the upper limit of normal on the day of its baseline is not known")
    return grades[0]


def _cuts_of(scale: Scale, measured: Measured) -> Iterator[tuple[Cut, ...]]:
    """The cuts that hold; both those of a normal and of an abnormal baseline where it cannot be told which it was."""
    abnormal = _is_abnormal(measured) if scale.from_baseline else False
    if abnormal is not True:
        yield scale.cuts
    if abnormal is not False:
        yield scale.from_baseline


def _by(cuts: tuple[Cut, ...], scale: Scale, measured: Measured, value: Point) -> OnScale:
    limit = measured.limits.low if scale.side == "low" else measured.limits.high
    begins_at_limit = any(cut.of == "limit" for cut in cuts)
    states = [(cut.grade, _passed(cut, scale.side, value, limit, measured, begins_at_limit)) for cut in cuts]
    passed = max((of for of, state in states if state), default=0)
    if passed and measured.fasting is False and passed < scale.fasting_below:
        why = f"{scale.term.lower()} under grade {scale.fasting_below} is graded in fasting samples alone"
        return OnScale(scale.term, None, why)
    if any(state is None and of > passed for of, state in states):
        side = "lower" if scale.side == "low" else "upper"
        return OnScale(scale.term, None, f"the {side} limit of normal is not known")
    return OnScale(scale.term, passed)


def _point(measured: Measured) -> Point:
    """Where the value lies: below a limit is just below it, with -1 behind the number."""
    return measured.value, {"<": -1, "": 0, ">": 1}[measured.qualifier]


def _passed(cut: Cut, side: Side, value: Point, limit: Fraction | None, measured: Measured, gated: bool) -> bool | None:
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
        return value > (start + cut.amounts[""], 0)
    return _beyond(side, value, cut.amounts[""] * limit, cut.inclusive)


def _beyond(side: Side, value: Point, bound: Fraction, inclusive: bool = False) -> bool:
    if inclusive and value == (bound, 0):
        return True
    return value < (bound, 0) if side == "low" else value > (bound, 0)


def _is_abnormal(measured: Measured) -> bool | None:
    """Whether the baseline was above the limit of its own day; None where that limit is not known."""
    if measured.baseline is None:
        return False
    return None if measured.baseline_high is None else measured.baseline > measured.baseline_high


def corrected_calcium(measured: Measured) -> Fraction:
    """Total calcium as it would be at an albumin of 40 g/L, where albumin is lower (remark of CTCAE v3.0):

    plus 0.8 mg/dL for each g/dL, or 0.02 mmol/L for each g/L, that albumin lacks. In mmol/L.
    """
    return _corrected(measured.value, measured)


def _corrected(value: Fraction, measured: Measured) -> Fraction:
    if measured.albumin is None or measured.albumin >= 40:
        return value
    lacking = 40 - measured.albumin
    if measured.unit.column == "mg/dL":
        return value + Fraction("0.08") * lacking * measured.unit.factor
    return value + Fraction("0.02") * lacking
