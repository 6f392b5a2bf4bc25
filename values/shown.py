"""How a quantity is written for people: one rule each, on every page, figure, paper and message.

What was measured or given stands with the digits that it was recorded with and without zeros that add nothing
(`values.numbers.written`): 71 kg, 165.5 cm, 12.25 mg, 42.5 mm. What is computed has the decimals below, halves away
from zero. Files and the API keep what is stored.
"""

from decimal import ROUND_HALF_UP, Decimal

SMALLEST_P = Decimal("0.0001")
SMALLEST_RATIO = Decimal("0.01")


def half_up(value: Decimal | float, decimals: int) -> Decimal:
    """Rounded to so many decimals, halves away from zero; a float as it is printed, so that 0.125 is a half."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return rounded or rounded.copy_abs()


def share(percent: Decimal | float) -> str:
    """A part of a whole in per cent, or a limit of one: 36.4."""
    return f"{half_up(percent, 1)}"


def progress(done: int, planned: int) -> Decimal:
    """How much of a plan is done, in per cent: 99.9 while anything is left of it, 0.1 once there is a beginning."""
    percent = half_up(Decimal(100 * done) / planned, 1)
    if done == planned:
        return percent
    return min(max(percent, Decimal("0.1")), Decimal("99.9")) if done else percent


def months(days: Decimal | float, days_per_month: Decimal) -> str:
    """A time in months: 5.49."""
    return f"{half_up(Decimal(days) / days_per_month, 2)}"


def days_on_average(days: Decimal | float) -> str:
    """A median or a mean of days, which need not be whole: 3.5."""
    return f"{half_up(days, 1)}"


def ratio(value: Decimal | float) -> str:
    """A hazard ratio or a limit of one: 0.62; never 0, which none is."""
    rounded = half_up(value, 2)
    return f"{rounded:,}" if rounded else f"<{SMALLEST_RATIO}"


def p_value(p: Decimal | float) -> str:
    """0.0312; beyond four decimals, on which side it lies: <0.0001, >0.9999."""
    exact = Decimal(str(p))
    if exact < SMALLEST_P:
        return f"<{SMALLEST_P}"
    return f"{half_up(exact, 4)}" if exact <= 1 - SMALLEST_P else f">{1 - SMALLEST_P}"


def probability(value: Decimal | float) -> str:
    """A probability of a design for doses, or a rate that one is held against: 0.167."""
    return f"{half_up(value, 3)}"


def deviation(percent: Decimal) -> str:
    """How far a dose or a weight lies from another, in per cent and without its sign: 12."""
    return f"{half_up(abs(percent), 0)}"


def dose_by_size(dose: Decimal) -> str:
    """A dose that was divided by weight or surface, in mg/kg or mg/m²: 4.4."""
    return f"{half_up(dose, 1)}"


def body_mass_index(index: Decimal) -> str:
    """In kg/m²: 24."""
    return f"{half_up(index, 0)}"


def filtration_rate(ml_min: Decimal) -> str:
    """Of creatinine or the glomeruli, in mL/min: 87."""
    return f"{half_up(ml_min, 0)}"
