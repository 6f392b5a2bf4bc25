"""Units of laboratory values: exact conversion between SI and conventional units.

Every factor is a fraction, so that a value which was converted and converted back is the value again, and no rounding
moves it over a limit. Molar masses in g/mol are sums of the standard atomic weights (Prohaska T et al., Pure Appl Chem
2022; 94: 573); haemoglobin is counted per iron, triglycerides as triolein. They give the factors that are printed for
clinicians (Young DS, Ann Intern Med 1987; 106: 114) to the digits that are printed there.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CALCIUM, MAGNESIUM, PHOSPHORUS = "40.078", "24.305", "30.974"
CREATININE, UREA, NITROGEN_OF_UREA, BILIRUBIN = "113.12", "60.056", "28.014", "584.67"
GLUCOSE, CHOLESTEROL, TRIOLEIN = "180.156", "386.66", "885.43"
HAEMOGLOBIN_PER_IRON = "16114.5"
MOST_DECIMALS = 6
# Of a result or a limit in another unit, as people read it.
SHOWN_DECIMALS = 4


@dataclass(frozen=True)
class Unit:
    """A unit in which an analyte is reported. `factor` times a value in it is the value in the analyte's SI unit.

    `code` is the CDISC submission value, `label` what people read. `scale` is the unit of the column of CTCAE by which
    a value in this unit is graded, and `to_scale` times the value is the value in that unit.
    """

    code: str
    label: str
    factor: Fraction = Fraction(1)
    scale: str = ""
    to_scale: Fraction = Fraction(1)

    @property
    def column(self) -> str:
        return self.scale or self.code


# How laboratories write a unit, by its code: UCUM, CDISC, and what is printed in France, Germany and the United States.
# Each is exactly the unit. Compared as `plain` writes them: without blanks, in small letters, µ as u, raised with ^.
SPELLINGS: dict[str, tuple[str, ...]] = {
    "10^9/L": (
        *("10*9/l", "10e9/l", "e9/l", "109/l", "10**9/l", "giga/l", "gpt/l", "/nl", "1/nl"),
        *("10*9cells/l", "10^9cells/l", "bill/l"),
    ),
    "10^3/uL": (
        *("10*3/ul", "10e3/ul", "e3/ul", "103/ul", "10**3/ul", "k/ul", "thou/ul", "thousand/ul", "tsd/ul", "tsd./ul"),
        *("10^3/mm3", "10*3/mm3", "10e3/mm3", "103/mm3", "k/mm3", "thou/mm3", "tsd/mm3", "10^3/mm^3", "10*3/mm^3"),
        *("10*3cells/ul", "10^3cells/ul", "1000/ul", "1000/mm3"),
    ),
    "/uL": (
        *("1/ul", "cells/ul", "cell/ul", "{cells}/ul", "/mm3", "/mm^3", "1/mm3", "cells/mm3", "/cmm", "cells/cmm"),
        *("10^6/l", "10*6/l", "10e6/l", "106/l", "mill/l", "/cumm"),
    ),
    "U/L": (
        *(
            "iu/l",
            "[iu]/l",
            "ui/l",
            "ie/l",
            "unit/l",
            "units/l",
            "u/ltr",
            "mu/ml",
            "miu/ml",
            "m[iu]/ml",
            "{u}/l",
            "e/l",
        ),
    ),
    "ukat/L": ("mckat/l", "mikrokat/l", "microkat/l", "nkat/ml"),
    "umol/L": ("mcmol/l", "micromol/l", "mikromol/l", "umol/dm3", "nmol/ml"),
    "mmol/L": ("mmol/dm3", "millimol/l", "umol/ml"),
    "mEq/L": ("mval/l", "meq/dm3"),
    "g/L": ("gm/l", "gram/l", "grams/l", "mg/ml"),
    "g/dL": ("gm/dl", "g%", "g/100ml", "gram/dl", "grams/dl"),
    "mg/dL": ("mg%", "mg/100ml", "mgs/dl", "mgm/dl"),
    "mg/dL N": ("mg/dln", "mgn/dl", "mg/dlurean"),
    "RATIO": ("1", "{inr}", "{ratio}", "inr", ""),
}
CELLS = "10^9/L"
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
POWER = re.compile(r"([⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
TIMES = re.compile(r"^[x×·]?(?=10|e[0-9])")


def plain(spelling: str) -> str:
    """A unit as spellings are compared."""
    raised = POWER.sub(r"^\1", spelling).translate(SUPERSCRIPTS)
    small = re.sub(r"\s+", "", raised).casefold().replace("\u03bc", "u")
    return TIMES.sub("", small.replace("mcl", "ul"))


def unit_named(units: Iterable[Unit], spelling: str) -> Unit | None:
    """Which of these units a laboratory means; None for one that is none of them.

    `G/L` is giga a litre, as French laboratories count cells, and `g/L` grams a litre: one is not taken for the other.
    """
    by_code = {unit.code: unit for unit in units}
    if spelling.strip() in by_code:
        return by_code[spelling.strip()]
    if plain(spelling) == "g/l":
        is_giga = spelling.strip().startswith("G")
        return by_code.get(CELLS if is_giga else "g/L")
    plain_spelling = plain(spelling)
    for unit in by_code.values():
        if plain_spelling in (plain(unit.code), plain(unit.label), *SPELLINGS.get(unit.code, ())):
            return unit
    return None


def mg_dl_to_mmol_l(molar_mass: str) -> Fraction:
    """Millimoles a litre of one milligram a decilitre."""
    return Fraction(10) / Fraction(molar_mass)


def exact(value: Decimal | Fraction | int) -> Fraction:
    return value if isinstance(value, Fraction) else Fraction(value)


def shown(value: Fraction, decimals: int = MOST_DECIMALS) -> Decimal:
    """The decimal nearest to a fraction, halves away from zero, without trailing zeros."""
    scaled = abs(value) * 10**decimals
    whole = Decimal(int(scaled + Fraction(1, 2)))
    rounded = whole.scaleb(-decimals).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    plain = (rounded if value >= 0 else -rounded).normalize()
    return plain.quantize(Decimal(1)) if plain == plain.to_integral_value() else plain
