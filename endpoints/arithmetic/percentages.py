"""Changes in per cent: how exactly they are kept, and the one way in which they are shown.

A change is shown with one decimal, halves away from zero. A threshold that was not reached is never shown as reached:
-29.96 % is stable disease and does not read as -30.0 %, so as many decimals follow as keep it on its side.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

# The thresholds of RECIST that a reader holds a change against: response, and progression.
THRESHOLDS = (Decimal(-30), Decimal(20))
# What is kept tells every sum of ten lesions of 999 mm apart from a threshold.
KEPT = Decimal("0.0001")
SHOWN = ("0.1", "0.01", "0.001", "0.0001")


def change_from(total: Decimal, reference: Decimal) -> Decimal | None:
    """Change of a sum from a reference sum in per cent, four decimals; None from a sum of 0."""
    return ((total - reference) * 100 / reference).quantize(KEPT, ROUND_HALF_UP) if reference else None


def rounded(change: Decimal) -> Decimal:
    """The change as it is shown: the fewest decimals, from one on, that do not reach a threshold for it."""
    exact = change.normalize()
    for step in SHOWN:
        value = exact.quantize(Decimal(step), ROUND_HALF_UP)
        if value == exact or value not in THRESHOLDS:
            return value
    return value


def signed(change: Decimal | float | str) -> str:
    """A change as every page, figure, file and sentence writes it, with its sign: +12.5, −31.3, 0.0."""
    value = rounded(Decimal(str(change)))
    return f"{value:+}".replace("-", "−") if value else f"{abs(value)}"


def unsigned(change: Decimal) -> str:
    """The size of a change, for sentences that say in words which way it went."""
    return f"{abs(rounded(change))}"
