"""Units of laboratory values: exact conversion between SI and conventional units.

Every factor is a fraction, so that a value which was converted and converted back is the value again, and no rounding
moves it over a limit. Molar masses in g/mol are sums of the standard atomic weights (Prohaska T et al., Pure Appl Chem
2022; 94: 573); haemoglobin is counted per iron, triglycerides as triolein. They give the factors that are printed for
clinicians (Young DS, Ann Intern Med 1987; 106: 114) to the digits that are printed there.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CALCIUM, MAGNESIUM, PHOSPHORUS = "40.078", "24.305", "30.974"
CREATININE, UREA, NITROGEN_OF_UREA, BILIRUBIN = "113.12", "60.056", "28.014", "584.67"
GLUCOSE, CHOLESTEROL, TRIOLEIN = "180.156", "386.66", "885.43"
HAEMOGLOBIN_PER_IRON = "16114.5"
MOST_DECIMALS = 6


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
