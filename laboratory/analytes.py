"""What the trial's laboratories measure: each analyte with its panel, its units, and what values of it can be.

Codes are those of LBTESTCD. `possible` bounds what can be measured in a living person, `usual` what a treated cancer
patient commonly has; both in the SI unit, both inclusive. The first unit of an analyte is its SI unit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from laboratory import units
from laboratory.units import Unit, exact, mg_dl_to_mmol_l, unit_named

Bounds = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Analyte:
    code: str
    label: str
    panel: str
    units: tuple[Unit, ...]
    possible: Bounds
    usual: Bounds

    @property
    def si(self) -> Unit:
        return self.units[0]

    def unit(self, code: str) -> Unit:
        """KeyError for a unit in which this analyte is not reported."""
        for unit in self.units:
            if unit.code == code:
                return unit
        raise KeyError(f"{self.label} is not reported in {code}")

    def unit_named(self, spelling: str) -> Unit | None:
        """The unit that a laboratory means by what it writes; None for one in which this is not reported."""
        return unit_named(self.units, spelling)

    def in_si(self, value: Decimal | Fraction, unit: str) -> Fraction:
        return exact(value) * self.unit(unit).factor

    def converted(self, value: Decimal | Fraction, unit: str, to: str) -> Fraction:
        """The value in another of the analyte's units, exactly."""
        return self.in_si(value, unit) / self.unit(to).factor


GRAM_PER_LITRE = Unit("g/L", "g/L")
GRAM_PER_DECILITRE = Unit("g/dL", "g/dL", Fraction(10))
COUNTS = (
    Unit("10^9/L", "10⁹/L"),
    Unit("10^3/uL", "10³/µL", scale="10^9/L"),
    Unit("/uL", "/µL", Fraction(1, 1000), scale="10^9/L", to_scale=Fraction(1, 1000)),
)
MILLIMOLES = Unit("mmol/L", "mmol/L")
ACTIVITY = (Unit("U/L", "U/L"), Unit("ukat/L", "µkat/L", Fraction(60), scale="U/L", to_scale=Fraction(60)))


def _electrolyte(charge: int) -> Unit:
    per = Fraction(1, charge)
    return Unit("mEq/L", "mEq/L", per, scale="mmol/L", to_scale=per)


def _mass(molar_mass: str, per_si: int = 1, code: str = "mg/dL", label: str = "mg/dL") -> Unit:
    return Unit(code, label, mg_dl_to_mmol_l(molar_mass) * per_si)


def _analyte(code: str, label: str, panel: str, of: Iterable[Unit], possible: str, usual: str) -> Analyte:
    return Analyte(code, label, panel, tuple(of), _bounds(possible), _bounds(usual))


def _bounds(text: str) -> Bounds:
    low, high = text.split()
    return Fraction(low), Fraction(high)


BLOOD, CHEMISTRY = "haematology", "chemistry"
HAEMOGLOBIN_MOLAR = Unit("mmol/L", "mmol/L", Fraction(units.HAEMOGLOBIN_PER_IRON) / 1000)
MICROMOLES = Unit("umol/L", "µmol/L")

ANALYTES = {
    analyte.code: analyte
    for analyte in (
        _analyte(
            "HGB",
            "Haemoglobin",
            BLOOD,
            (GRAM_PER_LITRE, GRAM_PER_DECILITRE, HAEMOGLOBIN_MOLAR),
            "10 300",
            "60 190",
        ),
        _analyte("WBC", "Leucocytes", BLOOD, COUNTS, "0 1000", "0.5 50"),
        _analyte("NEUT", "Neutrophils", BLOOD, COUNTS, "0 1000", "0.2 40"),
        _analyte("LYM", "Lymphocytes", BLOOD, COUNTS, "0 1000", "0.1 10"),
        _analyte("PLAT", "Platelets", BLOOD, COUNTS, "0 5000", "10 1000"),
        _analyte("SODIUM", "Sodium", CHEMISTRY, (MILLIMOLES, _electrolyte(1)), "80 220", "120 160"),
        _analyte("K", "Potassium", CHEMISTRY, (MILLIMOLES, _electrolyte(1)), "1 15", "2.2 7"),
        _analyte(
            "CA",
            "Calcium, total",
            CHEMISTRY,
            (MILLIMOLES, _mass(units.CALCIUM), _electrolyte(2)),
            "0.5 6",
            "1.4 3.8",
        ),
        _analyte(
            "MG",
            "Magnesium",
            CHEMISTRY,
            (MILLIMOLES, _mass(units.MAGNESIUM), _electrolyte(2)),
            "0.05 10",
            "0.25 2",
        ),
        _analyte("PHOS", "Phosphate", CHEMISTRY, (MILLIMOLES, _mass(units.PHOSPHORUS)), "0.05 15", "0.3 3"),
        _analyte("CREAT", "Creatinine", CHEMISTRY, (MICROMOLES, _mass(units.CREATININE, 1000)), "5 4000", "25 600"),
        _analyte(
            "UREA",
            "Urea",
            CHEMISTRY,
            (
                MILLIMOLES,
                _mass(units.UREA),
                _mass(units.NITROGEN_OF_UREA, code="mg/dL N", label="mg/dL urea nitrogen"),
            ),
            "0.1 150",
            "1 40",
        ),
        _analyte("BILI", "Bilirubin, total", CHEMISTRY, (MICROMOLES, _mass(units.BILIRUBIN, 1000)), "0 1500", "2 350"),
        _analyte("AST", "AST", CHEMISTRY, ACTIVITY, "0 50000", "5 1500"),
        _analyte("ALT", "ALT", CHEMISTRY, ACTIVITY, "0 50000", "5 1500"),
        _analyte("ALP", "Alkaline phosphatase", CHEMISTRY, ACTIVITY, "0 20000", "15 2500"),
        _analyte("GGT", "Gamma-GT", CHEMISTRY, ACTIVITY, "0 20000", "4 2500"),
        _analyte("ALB", "Albumin", CHEMISTRY, (GRAM_PER_LITRE, GRAM_PER_DECILITRE), "5 80", "18 56"),
        _analyte("GLUC", "Glucose", CHEMISTRY, (MILLIMOLES, _mass(units.GLUCOSE)), "0.3 100", "1.7 30"),
        _analyte("CHOL", "Cholesterol", CHEMISTRY, (MILLIMOLES, _mass(units.CHOLESTEROL)), "0.3 40", "1.5 15"),
        _analyte("TRIG", "Triglycerides", CHEMISTRY, (MILLIMOLES, _mass(units.TRIOLEIN)), "0.05 120", "0.2 20"),
        _analyte("LDH", "Lactate dehydrogenase", CHEMISTRY, ACTIVITY, "10 50000", "60 5000"),
        _analyte("INR", "INR", CHEMISTRY, (Unit("RATIO", "ratio"),), "0.3 30", "0.7 6"),
    )
}


def analytes_of(panel: str) -> list[Analyte]:
    return [analyte for analyte in ANALYTES.values() if analyte.panel == panel]
