"""What the laboratories of the hospitals report: their units, their limits of normal, and how they round."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from demonstration.design import HOSPITALS, Hospital
from laboratory.analytes import ANALYTES

VALID_FROM = date(2006, 1, 1)
CHANGED_ON = date(2009, 1, 1)


@dataclass(frozen=True)
class ReferenceLine:
    """A line of a hospital's list; `low` and `high` in `unit`, None where there is no limit on that side."""

    analyte: str
    unit: str
    low: Decimal | None
    high: Decimal | None
    sex: str = ""
    valid_from: date = VALID_FROM
    valid_to: date | None = None


# By analyte: unit, limits of normal ("-": none). Where women and men differ, the women's; the men's follow in MEN.
SI = {
    "HGB": "g/L 120 160",
    "WBC": "10^9/L 4.0 10.0",
    "NEUT": "10^9/L 1.8 7.5",
    "LYM": "10^9/L 1.0 4.0",
    "PLAT": "10^9/L 150 400",
    "SODIUM": "mmol/L 135 145",
    "K": "mmol/L 3.5 5.1",
    "CA": "mmol/L 2.15 2.55",
    "MG": "mmol/L 0.70 1.05",
    "PHOS": "mmol/L 0.80 1.45",
    "CREAT": "umol/L 45 95",
    "UREA": "mmol/L 2.5 7.8",
    "BILI": "umol/L - 20",
    "AST": "U/L - 35",
    "ALT": "U/L - 35",
    "ALP": "U/L 35 120",
    "GGT": "U/L - 40",
    "ALB": "g/L 35 50",
    "GLUC": "mmol/L 3.9 6.1",
    "CHOL": "mmol/L - 5.2",
    "TRIG": "mmol/L - 1.7",
    "LDH": "U/L 125 250",
    "INR": "RATIO 0.8 1.2",
}
CONVENTIONAL = {
    "HGB": "g/dL 12.0 16.0",
    "WBC": "10^3/uL 4.0 10.5",
    "NEUT": "10^3/uL 1.8 7.7",
    "LYM": "10^3/uL 1.0 4.0",
    "PLAT": "10^3/uL 150 400",
    "CA": "mg/dL 8.6 10.2",
    "MG": "mg/dL 1.7 2.5",
    "PHOS": "mg/dL 2.5 4.5",
    "CREAT": "mg/dL 0.5 1.1",
    "UREA": "mg/dL_N 7 22",
    "BILI": "mg/dL - 1.2",
    "ALB": "g/dL 3.5 5.0",
    "GLUC": "mg/dL 70 110",
    "CHOL": "mg/dL - 200",
    "TRIG": "mg/dL - 150",
}
MEN = {"HGB": ("135 175", "13.5 17.5"), "CREAT": ("60 110", "0.6 1.3")}
IN_GRAMS_PER_DECILITRE = {"HGB": CONVENTIONAL["HGB"]}
IN_PART = {code: CONVENTIONAL[code] for code in ("HGB", "CREAT", "GLUC", "CHOL", "TRIG", "BILI")}
# What each hospital's list has instead of SI units.
OWN = {
    "101": IN_GRAMS_PER_DECILITRE,
    "102": IN_PART,
    "103": CONVENTIONAL,
    "104": CONVENTIONAL,
    "105": {},
    "106": CONVENTIONAL,
}
# A new machine: from CHANGED_ON on the limits are these.
CHANGED = {"105": {"GLUC": "mmol/L 4.0 6.0", "PLAT": "10^9/L 140 400"}, "103": {"LYM": "10^3/uL 0.9 3.8"}}
# What a hospital's machine cannot tell any more, below and above, in the unit of its list ("-": it can).
MEASURED = {
    "101": {"TRIG": "- 10.00"},
    "102": {"BILI": "0.30 -"},
    "103": {"ALT": "10 -"},
}
# Digits after the point, where it is not one.
PLACES = {
    **dict.fromkeys(("PLAT", "SODIUM", "AST", "ALT", "ALP", "GGT", "LDH"), 0),
    **dict.fromkeys(("g/L", "umol/L"), 0),
    **dict.fromkeys(("CA mmol/L", "MG mmol/L", "PHOS mmol/L", "CREAT mg/dL", "BILI mg/dL", "TRIG mmol/L"), 2),
    **dict.fromkeys(("UREA mg/dL N", "GLUC mg/dL", "CHOL mg/dL", "TRIG mg/dL"), 0),
    **dict.fromkeys(("NEUT", "LYM"), 2),
}


def lines(hospital: Hospital) -> list[ReferenceLine]:
    """The whole list of a hospital's laboratory."""
    table = SI | OWN[hospital.code]
    return [line for code, text in table.items() for line in _lines(hospital, code, text)]


def _lines(hospital: Hospital, code: str, text: str) -> Iterator[ReferenceLine]:
    changed = CHANGED.get(hospital.code, {}).get(code)
    if code in MEN:
        unit, of_men = text.split()[0], MEN[code]
        yield _line(code, text, sex="F")
        yield _line(code, f"{unit} {of_men[text == CONVENTIONAL[code]]}", sex="M")
    elif changed:
        yield _line(code, text, valid_to=CHANGED_ON - timedelta(1))
        yield _line(code, changed, valid_from=CHANGED_ON)
    else:
        yield _line(code, text)


def _line(code: str, text: str, **options: object) -> ReferenceLine:
    unit, *limits = text.split()
    low, high = (None if limit == "-" else Decimal(limit) for limit in limits)
    return ReferenceLine(code, unit.replace("_", " "), low, high, **options)  # type: ignore[arg-type]


LISTS = {hospital.code: lines(hospital) for hospital in HOSPITALS}


def line_of(hospital: Hospital, analyte: str, on: date) -> ReferenceLine:
    """The line that holds for a woman on that day."""
    return next(
        line
        for line in LISTS[hospital.code]
        if line.analyte == analyte
        and line.sex in ("", "F")
        and line.valid_from <= on
        and (line.valid_to is None or on <= line.valid_to)
    )


def reported(analyte: str, value: float | Decimal | Fraction, unit: str) -> Decimal:
    """An amount in the analyte's SI unit as a laboratory prints it in `unit`."""
    known = ANALYTES[analyte]
    places = next((PLACES[key] for key in (f"{analyte} {unit}", analyte, unit) if key in PLACES), 1)
    exact = known.converted(Fraction(value), known.si.code, unit)
    scaled = Decimal(exact.numerator) / Decimal(exact.denominator)
    return scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def printed(hospital: Hospital, analyte: str, value: Decimal) -> str:
    """A reported value as it stands on the paper: <0.30 or >10.00 where the machine measures no further."""
    limits = MEASURED.get(hospital.code, {}).get(analyte, "- -").split()
    low, high = (None if limit == "-" else Decimal(limit) for limit in limits)
    if low is not None and value < low:
        return f"<{low:f}"
    return f">{high:f}" if high is not None and value > high else f"{value:f}"


def in_unit(analyte: str, value: Decimal, unit: str, to: str) -> Decimal:
    """A printed value in another unit, with the two digits that a form takes."""
    exact = ANALYTES[analyte].converted(value, unit, to)
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.01")).normalize()


def outside(line: ReferenceLine, value: Decimal) -> bool:
    """Whether a value in the line's own unit lies outside of its limits."""
    return bool((line.low is not None and value < line.low) or (line.high is not None and value > line.high))
