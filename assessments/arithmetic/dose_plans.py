"""The doses that the protocol plans for a drug in a cohort, and how far the dose given lies from them. Pure.

Sizes are Decimal: kilograms, centimetres, micromoles a litre, millilitres a minute, milligrams.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from assessments.arithmetic.dosing import apart, body_surface, deviation_percent, rounded
from protocol import Protocol
from protocol.regimen import Drug, Regimen, in_a_sentence
from values.numbers import written

# By the term of a frequency: (days from one dose to the next, doses on such a day). A single dose has neither.
TIMES: dict[str, tuple[int, int]] = {
    "QD": (1, 1),
    "BID": (1, 2),
    "TID": (1, 3),
    "QID": (1, 4),
    "QOD": (2, 1),
    "EVERY WEEK": (7, 1),
    "EVERY 2 WEEKS": (14, 1),
    "EVERY 3 WEEKS": (21, 1),
    "EVERY 4 WEEKS": (28, 1),
}
# A dose so many times its plan is a slip: of the point, or grams for milligrams; it is asked so.
SLIPS = {
    Decimal(10): "ten times",
    Decimal("0.1"): "a tenth of",
    Decimal(1000): "a thousand times",
    Decimal("0.001"): "a thousandth of",
    Decimal(100): "a hundred times",
    Decimal("0.01"): "a hundredth of",
}
MICROMOL_A_MG_DL = Decimal("88.4")


@dataclass(frozen=True)
class Sizes:
    """What doses are reckoned by; None where it is not known."""

    weight_kg: Decimal | None = None
    height_cm: Decimal | None = None
    creatinine_umol_l: Decimal | None = None
    gfr_ml_min: Decimal | None = None
    age: int | None = None
    sex: str = ""


@dataclass(frozen=True)
class PlannedDose:
    """One dose that may be given: what it is in mg, how often, and in the protocol's words."""

    mg: Decimal
    every_days: int
    times_a_day: int
    words: str


def cockcroft_gault(*, age: int, weight_kg: Decimal, creatinine_umol_l: Decimal, female: bool) -> Decimal:
    """Clearance of creatinine in mL/min: (140 - age) x weight / (72 x creatinine in mg/dL), x 0.85 for a woman.

    Cockcroft DW, Gault MH, Nephron 1976; 16: 31-41. ValueError unless weight and creatinine are positive.
    """
    if not (weight_kg > 0 and creatinine_umol_l > 0):
        raise ValueError("weight and creatinine must be more than 0")
    clearance = (140 - age) * weight_kg / (72 * creatinine_umol_l / MICROMOL_A_MG_DL)
    return clearance * Decimal("0.85") if female else clearance


def calvert(auc: Decimal, gfr_ml_min: Decimal, *, most: Decimal | None = None) -> Decimal:
    """Carboplatin in mg: AUC x (GFR + 25). Calvert AH and others, J Clin Oncol 1989; 7: 1748-1756.

    `most` bounds the GFR: where it is estimated, 125 mL/min is what the FDA advises (October 2010).
    """
    return auc * ((gfr_ml_min if most is None else min(gfr_ml_min, most)) + 25)


def filtration(sizes: Sizes) -> Decimal | None:
    """The GFR in mL/min: as it was measured, else by Cockcroft and Gault; None where neither is known."""
    if sizes.gfr_ml_min is not None:
        return sizes.gfr_ml_min
    if sizes.age is None or not sizes.weight_kg or not sizes.creatinine_umol_l or sizes.sex not in ("F", "M"):
        return None
    return cockcroft_gault(
        age=sizes.age,
        weight_kg=sizes.weight_kg,
        creatinine_umol_l=sizes.creatinine_umol_l,
        female=sizes.sex == "F",
    )


def in_mg(regimen: Regimen, drug: Drug, dose: Decimal, sizes: Sizes) -> Decimal | None:
    """A dose of the drug's unit in mg, rounded as the protocol rounds; None where a size is not known."""
    factor: Decimal | None = Decimal(1)
    if drug.basis == "auc":
        gfr = filtration(sizes)
        return None if gfr is None else rounded(calvert(dose, gfr, most=regimen.gfr_most), to=drug.round_to_mg)
    if drug.basis == "weight":
        factor = sizes.weight_kg
    elif drug.basis == "body_surface":
        known = sizes.weight_kg and sizes.height_cm
        factor = (
            body_surface(regimen, height_cm=sizes.height_cm, weight_kg=sizes.weight_kg)  # type: ignore[arg-type]
            if known
            else None
        )
    return rounded(dose * factor, to=drug.round_to_mg) if factor else None


def plan(
    protocol: Protocol, drug: Drug, cohort: str | None, sizes: Sizes, *, first: bool = False
) -> tuple[PlannedDose, ...]:
    """The doses that may be given, from the full one down; the loading dose alone where it is the first of a drug that
    has one. Empty where a size that they are reckoned by is not known."""
    steps = []
    for dose, every, times, words in _units(protocol, drug, cohort, first=first):
        mg = in_mg(protocol.regimen, drug, dose, sizes)
        if mg:
            steps.append(PlannedDose(mg, every, times, words))
    return tuple(steps)


def _units(
    protocol: Protocol, drug: Drug, cohort: str | None, *, first: bool
) -> Iterator[tuple[Decimal, int, int, str]]:
    """(dose in the drug's unit, every so many days, times a day, words)."""
    if first and drug.loading_dose is not None:
        yield drug.loading_dose, drug.every_days, drug.times_a_day, f"{written(drug.loading_dose)} {drug.unit}"
        return
    steps = drug.steps_in(protocol.cohort(cohort).schedule if cohort else None)
    full = protocol.full_dose(drug, cohort)
    if full is not None and full not in [step.dose for step in steps]:
        yield full, drug.every_days, drug.times_a_day, f"{written(full)} {drug.unit}{_often(drug)}"
    for step in steps:
        if step.dose and (full is None or step.dose <= full):
            yield step.dose, step.every_days, max(step.times_a_day, drug.times_a_day), step.label


def _often(drug: Drug) -> str:
    """How often, of a drug that is taken otherwise than once a day or on days of the cycle; "" for these."""
    times = f" {drug.times_a_day} times a day" if drug.times_a_day > 1 else ""
    return times + (f" every {drug.every_days} days" if drug.every_days > 1 else "")


def nearest(doses: tuple[PlannedDose, ...], given: Decimal) -> PlannedDose | None:
    """The planned dose that the one given is nearest to; of two as near the higher."""
    return min(doses, key=lambda dose: (abs(dose.mg - given), -dose.mg), default=None)


def off_plan(drug: Drug, doses: tuple[PlannedDose, ...], given: Decimal) -> str:
    """What is asked of a dose that lies further off each planned one than the protocol tolerates; "" for one that does
    not, or where nothing is known of the plan."""
    meant = nearest(doses, given)
    if meant is None or not given:
        return ""
    off = deviation_percent(given, meant.mg)
    if abs(off) <= drug.tolerance_percent:
        return ""
    words = f"{written(given)} mg of {in_a_sentence(drug.label)}"
    if slip := slip_of(drug, [dose.mg for dose in doses], given):
        return f"{words} are {slip}: is the number right, and in mg?"
    listed = " or ".join(dict.fromkeys(f"{written(dose.mg)} mg" for dose in doses))
    return f"{words} are {apart(off)} the planned {written(meant.mg)} mg; the protocol plans {listed}. Is it right?"


def slip_of(drug: Drug, planned_mg: Iterable[Decimal], given: Decimal) -> str:
    """ "ten times the planned 80 mg", where a dose is so near to a slip of one; else ""."""
    for due in planned_mg:
        for ratio, words in SLIPS.items():
            if abs(deviation_percent(given, due * ratio)) <= drug.tolerance_percent:
                return f"{words} the planned {written(due)} mg"
    return ""
