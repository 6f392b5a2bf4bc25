"""One decimal rule a quantity, and nobody who writes one by a rule of their own."""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from values import shown
from values.numbers import written

ROOT = Path(__file__).parents[2]
MONTH = Decimal("30.4375")
# Quantity: its function, and what stands on a page for a value, at a half and where the rule says more.
RULES: list[tuple[Callable[..., str], dict[Any, str]]] = [
    (written, {Decimal("12.250"): "12.25", Decimal("71.0"): "71", Decimal("-0.0"): "0", Decimal("1E+3"): "1000"}),
    (
        shown.share,
        {
            12.25: "12.3",
            12.35: "12.4",
            12.34: "12.3",
            36.35: "36.4",
            36.45: "36.5",
            0: "0.0",
            Decimal("99.95"): "100.0",
            -0.04: "0.0",
        },
    ),
    (lambda days: shown.months(days, MONTH), {168: "5.52", 152: "4.99", 551: "18.10", 0: "0.00", 168.5: "5.54"}),
    (shown.days_on_average, {3.25: "3.3", 12: "12.0", 0.04: "0.0"}),
    (shown.ratio, {0.705: "0.71", 1.0: "1.00", 0.004: "<0.01", 12.345: "12.35", 1234.5: "1,234.50"}),
    (shown.p_value, {0.03124: "0.0312", 0.04995: "0.0500", 0.00009: "<0.0001", 1.0: ">0.9999", 1e-300: "<0.0001"}),
    (shown.probability, {1 / 6: "0.167", 0.2495: "0.250", 0.0005: "0.001", 1: "1.000"}),
    (shown.deviation, {Decimal("-12.5"): "13", Decimal("11.49"): "11"}),
    (shown.dose_by_size, {Decimal("4.45"): "4.5", Decimal(4): "4.0"}),
    (shown.body_mass_index, {Decimal("12.5"): "13", Decimal("60.49"): "60"}),
    (shown.filtration_rate, {Decimal("86.5"): "87"}),
]
# How a number is given decimals, in Python and in templates.
BY_HAND = re.compile(r"\.normalize\(\)|floatformat|:[,+]?\.[0-9]+[fg%]\}|\bround\([^()]*, *[1-9]\)|\.quantize\(")
# Who may: what is computed, and no text that people read as a quantity.
COMPUTES = {
    "accounts/adapter.py": "whole seconds to wait",
    "assessments/arithmetic/dosing.py": "rounds a dose and a surface as the protocol says",
    "assessments/checks/dispensing.py": "rounds tablets a day before they are written",
    "assessments/forms/lesions.py": "asks whether a size has more than two decimals",
    "assessments/items.py": "stores as many decimals as the column has",
    "assessments/laboratory/trend.py": "a place in a drawing",
    "casebook/course.py": "a place in a drawing",
    "endpoints/arithmetic/percentages.py": "the rule of a change, which no threshold is rounded over",
    "endpoints/figures/waterfall.py": "the end of an axis, a whole number",
    "laboratory/range_file.py": "asks whether a limit has more than four decimals",
    "laboratory/units.py": "the rule of a result in another unit",
    "safety/levels.py": "kept with a decision for later",
    "trialsite/heartbeats.py": "whole seconds since a beat",
    "values/shown.py": "the rules",
}
ELSEWHERE = ("tests", "node_modules", "var", ".venv", "demonstration", "benchmarks", "embedded", "backups", "static")


@pytest.mark.parametrize(
    ("write", "value", "text"), [(write, value, text) for write, cases in RULES for value, text in cases.items()]
)
def test_each_quantity_has_one_rule(write: Callable[..., str], value: Any, text: str) -> None:
    assert write(value) == text


def test_every_rule_is_held_here() -> None:
    held = {write.__name__ for write, _ in RULES} | {"months", "half_up", "progress"}
    rules = {name for name, value in vars(shown).items() if callable(value) and value.__module__ == "values.shown"}
    assert rules - held == set()


def test_nobody_gives_a_number_decimals_by_hand() -> None:
    files = [*ROOT.glob("*/**/*.py"), *ROOT.glob("templates/**/*.html")]
    product = [file for file in files if not set(file.relative_to(ROOT).parts) & {*ELSEWHERE, "migrations"}]
    assert len(product) > 700
    by_hand = {str(file.relative_to(ROOT)) for file in product if BY_HAND.search(file.read_text())}
    assert by_hand == set(COMPUTES)


@pytest.mark.parametrize(
    ("done", "planned", "percent"),
    [(0, 3000, "0.0"), (1, 3000, "0.1"), (1500, 3000, "50.0"), (2999, 3000, "99.9"), (3000, 3000, "100.0")],
)
def test_a_plan_is_a_hundred_per_cent_done_once_nothing_is_left_of_it(done: int, planned: int, percent: str) -> None:
    assert shown.progress(done, planned) == Decimal(percent)
