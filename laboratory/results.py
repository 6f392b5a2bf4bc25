"""What follows from one reported value: the value in SI, the limits that hold, the flag, the grade."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from laboratory.analytes import ANALYTES, Analyte
from laboratory.ctcae import Graded, Measured, grade
from laboratory.ranges import Flag, Limits, Range, flag
from laboratory.units import exact
from values.numbers import written


@dataclass(frozen=True)
class Setting:
    """What a sample's results depend on beyond their own value: the version of CTCAE, fasting, albumin and baselines.

    `albumin` in g/L, `baselines` by analyte in its SI unit.
    """

    version: str
    fasting: bool | None = None
    albumin: Fraction | None = None
    baselines: dict[str, Fraction] | None = None


@dataclass(frozen=True)
class Outcome:
    """`value` and `limits` in the SI unit, exactly; `low` and `high` the limits in the unit of the report."""

    analyte: Analyte
    value: Fraction
    limits: Limits
    low: Fraction | None
    high: Fraction | None
    flag: Flag
    graded: Graded


def outcome(code: str, value: Decimal, unit: str, held: Range | None, setting: Setting) -> Outcome:
    """KeyError for an analyte or a unit that is not known."""
    analyte = ANALYTES[code]
    reported = analyte.unit(unit)
    in_si = exact(value) * reported.factor
    limits = held.limits if held is not None else Limits()
    measured = Measured(in_si, reported, limits, (setting.baselines or {}).get(code), setting.albumin, setting.fasting)
    return Outcome(
        analyte,
        in_si,
        limits,
        None if limits.low is None else limits.low / reported.factor,
        None if limits.high is None else limits.high / reported.factor,
        flag(in_si, limits),
        grade(setting.version, analyte, measured),
    )


def plain(value: Decimal) -> str:
    """As it is typed: 59 for the 59.0000 of a column."""
    return written(value)


def impossible(code: str, value: Decimal, unit: str) -> str:
    """Why nobody's blood can hold this; empty where it can."""
    analyte = ANALYTES[code]
    low, high = analyte.possible
    if low <= analyte.in_si(value, unit) <= high:
        return ""
    return f"{analyte.label} of {plain(value)} {analyte.unit(unit).label} cannot be.{_another(analyte, value, unit)}"


def unusual(code: str, value: Decimal, unit: str) -> str:
    """What to ask about a value far from what is common; empty where there is nothing to ask."""
    analyte = ANALYTES[code]
    low, high = analyte.usual
    if low <= analyte.in_si(value, unit) <= high:
        return ""
    other = _another(analyte, value, unit)
    return f"{analyte.label} {plain(value)} {analyte.unit(unit).label} is far from usual.{other or ' Is it right?'}"


def _another(analyte: Analyte, value: Decimal, unit: str) -> str:
    """The unit in which the same number would be usual: the most frequent mistake in a laboratory form."""
    low, high = analyte.usual
    fits = [one.label for one in analyte.units if one.code != unit and low <= exact(value) * one.factor <= high]
    return f" Was it reported in {' or '.join(fits)}?" if fits else ""
