"""What follows from one reported value: the value in SI, the limits that hold, the flag, the grade."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from laboratory.analytes import ANALYTES, Analyte
from laboratory.ctcae import Graded, Measured, grade
from laboratory.ranges import Flag, Limits, flag
from laboratory.units import exact
from values.numbers import Result


@dataclass(frozen=True)
class GradingSetting:
    """What a sample's results depend on beyond their own value: the version of CTCAE, fasting, albumin and baselines.

    `albumin` in g/L, `baselines` by analyte in its SI unit, `baseline_highs` their upper limits of normal.
    """

    version: str
    fasting: bool | None = None
    albumin: Fraction | None = None
    baselines: Mapping[str, Fraction] | None = None
    baseline_highs: Mapping[str, Fraction | None] | None = None
    albumin_is_limit: bool = False


@dataclass(frozen=True)
class GradedResult:
    """`value` and `limits` in the SI unit, exactly; `low` and `high` the limits in the unit of the report.

    `qualifier` is that of the report: "<" or ">" in front of the value, "" where it is one.
    """

    analyte: Analyte
    qualifier: str
    value: Fraction
    limits: Limits
    low: Fraction | None
    high: Fraction | None
    flag: Flag
    graded: Graded

    @property
    def why_no_flag(self) -> str:
        """Empty where there is one."""
        if self.flag:
            return ""
        if self.limits == Limits():
            return "the site's list has no limits of normal for it on the day of the sample"
        return "the limit leaves open whether it is within the limits of normal"


def outcome(code: str, result: Result, unit: str, limits: Limits, setting: GradingSetting) -> GradedResult:
    """`limits` in the SI unit. KeyError for an analyte or a unit that is not known."""
    analyte = ANALYTES[code]
    reported = analyte.unit(unit)
    in_si = exact(result.value) * reported.factor
    measured = Measured(
        in_si,
        reported,
        limits,
        (setting.baselines or {}).get(code),
        setting.albumin,
        setting.fasting,
        result.qualifier,
        setting.albumin_is_limit,
        (setting.baseline_highs or {}).get(code),
    )
    return GradedResult(
        analyte,
        result.qualifier,
        in_si,
        limits,
        None if limits.low is None else limits.low / reported.factor,
        None if limits.high is None else limits.high / reported.factor,
        flag(in_si, limits, result.qualifier),
        grade(setting.version, analyte, measured),
    )


def impossible(code: str, result: Result, unit: str) -> str:
    """Why nobody's blood can hold this; empty where it can."""
    analyte = ANALYTES[code]
    low, high = analyte.possible
    if result.qualifier == "<" and not result.value:
        return f"{analyte.label} below 0 cannot be."
    if low <= analyte.in_si(result.value, unit) <= high:
        return ""
    return f"{analyte.label} of {result} {analyte.unit(unit).label} cannot be.{_another(analyte, result, unit)}"


def unusual(code: str, result: Result, unit: str) -> str:
    """What to ask about a value far from what is common; empty where there is nothing to ask."""
    analyte = ANALYTES[code]
    low, high = analyte.usual
    if low <= analyte.in_si(result.value, unit) <= high:
        return ""
    other = _another(analyte, result, unit)
    return f"{analyte.label} {result} {analyte.unit(unit).label} is far from usual.{other or ' Is it right?'}"


def _another(analyte: Analyte, result: Result, unit: str) -> str:
    """The unit in which the same number would be usual: the most frequent mistake in a laboratory form."""
    low, high = analyte.usual
    factors = {other_unit.label: other_unit.factor for other_unit in analyte.units if other_unit.code != unit}
    fits = [label for label, factor in factors.items() if low <= exact(result.value) * factor <= high]
    return f" Was it reported in {' or '.join(fits)}?" if fits else ""
