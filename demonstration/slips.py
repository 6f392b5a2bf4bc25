"""What goes wrong at the keyboard: a value mistyped and corrected later, a form begun and left unfinished."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from demonstration.steps import Fill

MISTYPED = {"tumour": 0.05, "infusion": 0.012, "follow_up": 0.02}
UNFINISHED = {True: 0.05, False: 0.004}
REASONS = ("Typing error", "Typing error", "Corrected against the source", "Corrected after source verification")


def slip(fill: "Fill", rng: Random) -> Iterator["Fill"]:
    """The form as it is really typed: right at once, or wrong first and corrected within weeks, or left as a draft."""
    chance = rng.random()
    late = fill.day + timedelta(rng.randint(4, 45))
    wrong = _mistyped(fill, rng)
    if wrong is not None and chance < MISTYPED.get(fill.code, 0):
        yield wrong
        yield replace(fill, day=late, again=True, reason=rng.choice(REASONS))
    elif _may_stay_open(fill) and chance > 1 - UNFINISHED[fill.slot.hospital.slow]:
        yield replace(fill, complete=False)
    else:
        yield fill


def _may_stay_open(fill: "Fill") -> bool:
    """Neither the first dose nor the start of a cycle: the visits after them count from there."""
    return fill.code == "infusion" and not (fill.visit or "").endswith("D1")


def _mistyped(fill: "Fill", rng: Random) -> "Fill | None":
    if fill.code == "infusion":
        return replace(fill, record={**fill.record, "weight_kg": str(Decimal(fill.record["weight_kg"]) + 10)})
    if fill.code == "follow_up":
        return replace(fill, record={**fill.record, "contact_mode": "MEDICAL RECORDS"})
    measured = [number for number, row in enumerate(fill.rows) if row.get("diameters_mm")]
    if fill.code == "tumour" and measured:
        number = rng.choice(measured)
        row = {**fill.rows[number], "diameters_mm": _swapped(fill.rows[number]["diameters_mm"])}
        return replace(fill, rows=[*fill.rows[:number], row, *fill.rows[number + 1 :]])
    return None


def _swapped(value: str) -> str:
    """Two neighbouring digits changed places: 34.2 typed as 43.2."""
    first, second, rest = value[0], value[1:2], value[2:]
    return f"{second}{first}{rest}" if second.isdigit() and second != "0" else value
