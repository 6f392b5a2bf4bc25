"""Doses: body surface, the dose planned at each step of reduction, and how far the dose given lies from it.

All sizes are Decimal: centimetres, kilograms, square metres, milligrams.
"""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from protocol.regimen import DoseStep, Drug, Regimen, Schedule
from values.shown import deviation


def mosteller(height_cm: Decimal, weight_kg: Decimal) -> Decimal:
    """Body surface in m²: the root of height x weight / 3600 (Mosteller RD, N Engl J Med 1987; 317: 1098)."""
    return (height_cm * weight_kg / 3600).sqrt()


def du_bois(height_cm: Decimal, weight_kg: Decimal) -> Decimal:
    """Body surface in m²: 0.007184 x height^0.725 x weight^0.425 (Du Bois and Du Bois, Arch Intern Med 1916; 17: 863).

    Decimal powers are correctly rounded to the context's 28 digits.
    """
    return Decimal("0.007184") * height_cm ** Decimal("0.725") * weight_kg ** Decimal("0.425")


_FORMULAS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {"mosteller": mosteller, "du_bois": du_bois}


def body_surface(regimen: Regimen, *, height_cm: Decimal, weight_kg: Decimal) -> Decimal:
    """Body surface in m² by the protocol's formula and rounding. ValueError unless both sizes are positive."""
    _refuse_unless_positive(height=height_cm, weight=weight_kg)
    surface = _FORMULAS[regimen.body_surface](height_cm, weight_kg)
    return surface.quantize(Decimal(1).scaleb(-regimen.body_surface_decimals), rounding=ROUND_HALF_UP)


def unit_dose(drug: Drug, *, level: int = 0, first: bool = False) -> Decimal:
    """The dose in the drug's own unit at a reduction level, 0 being the full dose; the loading dose if it is the first.

    ValueError for a level that the protocol does not have, for a loading dose at a reduced level and for a drug whose
    dose is the cohort's.
    """
    if first and drug.loading_dose is not None:
        if level:
            raise ValueError(f"the first dose of {drug.label} is not reduced")
        return drug.loading_dose
    if drug.dose is None:
        raise ValueError(f"the dose of {drug.label} is that of the cohort")
    doses = [step.dose for step in drug.steps] or [drug.dose]
    if not 0 <= level < len(doses):
        raise ValueError(f"{drug.label} has no reduction level {level}")
    return doses[level]


def planned_dose(
    drug: Drug,
    *,
    weight_kg: Decimal,
    body_surface_m2: Decimal,
    level: int = 0,
    first: bool = False,
) -> Decimal:
    """The planned dose in mg of a drug given by body surface or by weight, rounded to the protocol's step.

    ValueError for sizes that are not positive, and as `unit_dose`.
    """
    _refuse_unless_positive(weight=weight_kg, body_surface=body_surface_m2)
    sizes = {"body_surface": body_surface_m2, "weight": weight_kg, "fixed": Decimal(1)}
    return rounded(unit_dose(drug, level=level, first=first) * sizes[drug.basis], to=drug.round_to_mg)


def rounded(dose_mg: Decimal, *, to: Decimal) -> Decimal:
    """The nearest multiple of `to` mg; halfway goes up."""
    return (dose_mg / to).quantize(Decimal(1), rounding=ROUND_HALF_UP) * to


def reduction_level(drug: Drug, dose: Decimal, *, schedule: Schedule | None = None, every_days: int = 1) -> int:
    """The level at which a dose in the drug's own unit stands. ValueError for a dose that is none of its steps."""
    for level, step in enumerate(drug.steps_of(schedule)):
        if (step.dose, step.every_days) == (dose, every_days):
            return level
    if not drug.steps and dose == drug.dose:
        return 0
    raise ValueError(f"{dose} {drug.unit} every {every_days} day(s) is no step of {drug.label}")


def lower_steps(
    drug: Drug, dose: Decimal, *, schedule: Schedule | None = None, every_days: int = 1
) -> tuple[DoseStep, ...]:
    """The steps below a dose: what it may be reduced to, next one first. Empty for a drug that is never reduced."""
    return tuple(step for step in drug.steps_of(schedule) if step.daily < dose / every_days)


def deviation_percent(actual: Decimal, planned: Decimal) -> Decimal:
    """By how much of the planned dose the actual one differs, in percent: negative for less. Not rounded."""
    _refuse_unless_positive(planned_dose=planned)
    return 100 * (actual - planned) / planned


def apart(percent: Decimal) -> str:
    """A deviation in words: "45 % below", "12 % above"; to be followed by what it deviates from."""
    return f"{deviation(percent)} % {'below' if percent < 0 else 'above'}"


def _refuse_unless_positive(**sizes: Decimal) -> None:
    for name, size in sizes.items():
        if not size > 0:
            raise ValueError(f"{name.replace('_', ' ')} must be more than 0, not {size}")
