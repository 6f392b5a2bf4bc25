"""A number is what somebody meant, or it is refused with a sentence."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from values import UnreadableValue
from values.numbers import Result, read_key, read_number, read_result, retypable, written

EXACT = some.decimals(-(10**9), 10**9, places=4, allow_nan=False)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0,4", "0.4"),
        ("0.4", "0.4"),
        (" 7,25 ", "7.25"),
        ("1500", "1500"),
        ("0,500", "0.500"),
        ("01.125", "1.125"),
        (",5", "0.5"),
        ("5.", "5"),
        ("+3", "3"),
        ("-3", "-3"),
        ("−3", "-3"),
        ("\u00a042\u202f", "42"),
        ("1234.567", "1234.567"),
    ],
)
def test_comma_and_point_are_the_decimal_mark(typed, number):
    assert read_number(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["1.500", "150.000", "1,500", "12,345", "-1.500"])
def test_what_may_be_thousands_is_refused_with_both_ways_to_write_it(typed):
    with pytest.raises(UnreadableValue, match=r"may be thousands or decimals: write -?\d+, or -?[\d.]+\.$"):
        read_number(typed)


def test_each_way_out_that_a_refusal_names_can_be_read():
    for typed, plain, decimal in (
        ("1.500", "1500", "1.5"),
        ("1,125", "1125", "1.1250"),
        ("-1,125", "-1125", "-1.1250"),
        ("2.000", "2000", "2.0"),
    ):
        with pytest.raises(UnreadableValue, match=f"write {plain}, or {decimal}"):
            read_number(typed)
        assert (read_number(plain), read_number(decimal)) == (Decimal(plain), Decimal(decimal))


def test_the_ways_out_for_a_limit_are_limits():
    with pytest.raises(UnreadableValue, match=r"“>1\.234” may be thousands or decimals: write >1234, or >1\.2340"):
        read_result(">1.234")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("5\u200f", "“5[U+200F]”"), ("\ufeff5", "“[U+FEFF]5”"), ("5\0", "“5[U+0000]”"), ("1\n2", "“1 2”")],
)
def test_what_nobody_sees_is_named_where_it_is_why_a_number_is_refused(typed, shown):
    with pytest.raises(UnreadableValue) as refusal:
        read_number(typed)
    assert shown in str(refusal.value)


def test_there_is_one_nought():
    assert {str(read_number(typed)) for typed in ("-0", "−0", "+0", "0")} == {"0"}


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("7 2", "mark or a blank between its digits"),
        ("1 500", "mark or a blank between its digits"),
        ("1\u202f500", "mark or a blank between its digits"),
        ("1'500", "mark or a blank between its digits"),
        ("1.234,56", "mark or a blank between its digits"),
        ("1,234.56", "mark or a blank between its digits"),
        ("1_5", "is not a number"),
        ("1e1", "with an exponent"),
        ("1E-3", "with an exponent"),
        ("１２", "digits of another script"),
        ("٣", "digits of another script"),
        ("1²", "digits of another script"),
        ("", "is not a number"),
        (".", "is not a number"),
        ("NaN", "is not a number"),
        ("Infinity", "is not a number"),
        ("0x10", "is not a number"),
        ("1" * 41, "is not a number"),
        ("<5", "is not a number"),
    ],
)
def test_what_is_no_number_is_refused_in_words(typed, why):
    with pytest.raises(UnreadableValue, match=why):
        read_number(typed)


def test_a_source_that_says_its_decimal_mark_has_three_decimals_by_it_alone():
    assert read_number("1.500", decimal_mark=".") == Decimal("1.5")
    assert read_number("1,500", decimal_mark=",") == Decimal("1.5")
    with pytest.raises(UnreadableValue, match="thousands"):
        read_number("1,500", decimal_mark=".")


@given(EXACT)
def test_every_number_with_four_decimals_is_read_as_it_is_written_with_either_mark(number):
    assert read_number(str(number)) == read_number(str(number).replace(".", ",")) == number


@pytest.mark.parametrize(
    ("number", "plain", "in_a_box"),
    [
        ("240.00", "240", "240"),
        ("1500", "1500", "1500"),
        ("1.500", "1.5", "1.5"),
        ("1.125", "1.125", "1.1250"),
        ("-12.125", "-12.125", "-12.1250"),
        ("0.125", "0.125", "0.125"),
        ("1234.125", "1234.125", "1234.125"),
        ("1.1255", "1.1255", "1.1255"),
        ("1E+3", "1000", "1000"),
        ("-0.00", "0", "0"),
    ],
)
def test_a_number_is_written_without_zeros_that_add_nothing(number, plain, in_a_box):
    assert (written(Decimal(number)), retypable(Decimal(number))) == (plain, in_a_box)


@given(some.decimals(-(10**9), 10**9, places=3, allow_nan=False))
def test_what_a_box_shows_is_read_again_as_the_same_number(number):
    assert read_number(retypable(number)) == number
    assert Decimal(written(number)) == number


@given(some.text(max_size=60))
def test_any_text_is_a_number_or_refused(text):
    try:
        number = read_number(text)
    except UnreadableValue as refusal:
        assert str(refusal)
    else:
        assert number.is_finite()


@pytest.mark.parametrize(
    ("typed", "result"),
    [("<0.1", ("<", "0.1")), ("> 500", (">", "500")), (" <0,05", ("<", "0.05")), ("7,2", ("", "7.2"))],
)
def test_a_result_may_be_a_limit(typed, result):
    assert read_result(typed) == Result(result[0], Decimal(result[1]))


@pytest.mark.parametrize("typed", ["<", "> ", "<=0.1", "<<1", "<1>", "≤1", "<1.500", "about 3"])
def test_a_limit_without_one_number_is_refused(typed):
    with pytest.raises(UnreadableValue):
        read_result(typed)


@pytest.mark.parametrize("typed", ["<0.1", ">500", "121", "1.1250", "<2.1250", "0.125", "1234.5"])
def test_a_result_is_read_back_as_it_is_written(typed):
    result = read_result(typed)
    assert read_result(result.readable) == result
    assert str(result) == typed.removesuffix("0") if "." in typed else str(result) == typed


def test_what_is_stored_is_told_with_all_its_digits():
    assert Result("<", Decimal("0.1000")).exact == "<0.1000"


@pytest.mark.parametrize(
    ("typed", "relation", "number", "holds"),
    [
        ("3", "<=", "3", True),
        ("3", "<", "3", False),
        ("<3", "<", "3", True),
        ("<3", "<=", "3", True),
        ("<3", ">=", "3", False),
        ("<3", "<", "2.9", None),
        ("<3", ">", "2", None),
        ("<3", ">", "4", False),
        (">500", ">", "500", True),
        (">500", ">=", "500", True),
        (">500", "<=", "500", False),
        (">500", "<", "501", None),
        (">500", ">", "501", None),
    ],
)
def test_a_limit_decides_only_what_lies_on_its_side(typed, relation, number, holds):
    assert read_result(typed).holds(relation, Decimal(number)) is holds


@given(EXACT, EXACT, some.decimals("0.0001", 100, places=4), some.sampled_from(("<", ">")))
def test_what_a_limit_decides_is_true_of_every_value_on_its_side(limit, number, apart, qualifier):
    measured = limit - apart if qualifier == "<" else limit + apart
    for relation in ("<", "<=", ">=", ">"):
        decided = Result(qualifier, limit).holds(relation, number)
        assert decided in (None, Result("", measured).holds(relation, number))


@pytest.mark.parametrize(("text", "key"), [("12", 12), ("0012", 12), ("9" * 18, int("9" * 18))])
def test_a_key_is_of_plain_digits(text, key):
    assert read_key(text) == key


@pytest.mark.parametrize("text", ["", "１２", "1_2", "²", "-1", "+1", " 1", "1.0", "9" * 19, "1\n"])
def test_what_is_no_key_is_none(text):
    assert read_key(text) is None
