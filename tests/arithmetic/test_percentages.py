"""How changes and proportions are rounded and written: halves away from zero, no threshold reached by rounding."""

from decimal import Decimal

import pytest

from endpoints.arithmetic.percentages import change_from, rounded, signed, unsigned


@pytest.mark.parametrize(
    ("total", "reference", "change"),
    [
        ("60", "40", "50.0000"),
        ("28", "40", "-30.0000"),
        ("1600.2", "1600", "0.0125"),
        # 0.00005 %: a half of the last digit that is kept
        ("1000.0005", "1000", "0.0001"),
        ("999.9995", "1000", "-0.0001"),
        ("1000.0004", "1000", "0.0000"),
    ],
)
def test_a_change_is_kept_to_four_decimals_with_halves_away_from_zero(total: str, reference: str, change: str) -> None:
    kept = change_from(Decimal(total), Decimal(reference))
    assert kept is not None and str(kept) == change


def test_from_a_sum_of_zero_no_change_can_be_said() -> None:
    assert change_from(Decimal(12), Decimal(0)) is None


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ("12.34", "12.3"),
        ("12.35", "12.4"),
        ("-12.35", "-12.4"),
        ("12.25", "12.3"),
        # thresholds that were reached, to the digit
        ("-30.0000", "-30.0"),
        ("20.0000", "20.0"),
        # and those that were not: as many decimals as keep the change on its side
        ("-29.96", "-29.96"),
        ("-29.996", "-29.996"),
        ("-29.9996", "-29.9996"),
        ("-30.04", "-30.04"),
        ("-30.004", "-30.004"),
        ("-30.0004", "-30.0004"),
        ("19.96", "19.96"),
        ("19.9996", "19.9996"),
        ("20.04", "20.04"),
        # no other number is a threshold
        ("30.04", "30.0"),
        ("-20.04", "-20.0"),
        ("-31.04", "-31.0"),
        ("21.04", "21.0"),
    ],
)
def test_a_threshold_is_shown_as_reached_only_where_it_was(change: str, shown: str) -> None:
    assert str(rounded(Decimal(change))) == shown


@pytest.mark.parametrize(
    ("change", "shown"),
    [("12.5", "+12.5"), ("-31.25", "−31.3"), ("0", "0.0"), ("-0.04", "0.0"), ("0.04", "0.0"), (-29.96, "−29.96")],
)
def test_a_signed_change_has_a_plus_or_a_true_minus_and_zero_has_neither(change: str | float, shown: str) -> None:
    assert signed(change) == shown


def test_the_size_of_a_change_has_no_sign() -> None:
    assert unsigned(Decimal("-31.25")) == "31.3" and unsigned(Decimal("12.5")) == "12.5"
