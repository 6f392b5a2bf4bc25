"""A date is what somebody meant, or it is refused with a sentence; all are shown in one form."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from values import UnreadableValue
from values.dates import (
    FIRST_YEAR,
    LAST_YEAR,
    middle_of,
    read_date,
    read_iso_date,
    read_partial_date,
    shown_date,
    span_of,
)

DAYS = some.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("2026-03-02", "2026-03-02"),
        ("2026-3-2", "2026-03-02"),
        ("20260302", "2026-03-02"),
        ("2 Mar 2026", "2026-03-02"),
        ("02-MAR-2026", "2026-03-02"),
        ("02MAR2026", "2026-03-02"),
        ("2. March 2026", "2026-03-02"),
        ("02/Mar/2026", "2026-03-02"),
        ("29 feb 2024", "2024-02-29"),
        ("Mar 2026", "2026-03"),
        ("MAR-2026", "2026-03"),
        ("UN-MAR-2026", "2026-03"),
        ("UNK-UNK-2026", "2026"),
        ("un mar 2026", "2026-03"),
        ("UNMAR2026", "2026-03"),
        ("Un-Un-2026", "2026"),
        ("xx-xx-2026", "2026"),
        ("UNK2026", "2026"),
        ("2\u00a0Mar\u00a02026", "2026-03-02"),
        ("2026-03", "2026-03"),
        ("2026", "2026"),
        (" 2026 ", "2026"),
        ("Sept 2026", "2026-09"),
        ("29.11.2026", "2026-11-29"),
        ("11.29.2026", "2026-11-29"),
        ("05.05.2026", "2026-05-05"),
        ("2nd Mar 2026", "2026-03-02"),
        ("2ND MARCH 2026", "2026-03-02"),
        ("2nd of March 2026", "2026-03-02"),
        ("1st March, 2026", "2026-03-01"),
        ("11th Mar 2026", "2026-03-11"),
        ("23rd Mar 2026", "2026-03-23"),
        ("Mar 2, 2026", "2026-03-02"),
        ("March 2 2026", "2026-03-02"),
        ("March 2nd, 2026", "2026-03-02"),
        ("MAR-02-2026", "2026-03-02"),
        ("2026 Mar 2", "2026-03-02"),
        ("2026-MAR-02", "2026-03-02"),
        ("2026/03/02", "2026-03-02"),
        ("2026/3/2", "2026-03-02"),
        ("2026.03.02", "2026-03-02"),
        ("2026.03.02.", "2026-03-02"),
        ("2. März 2026", "2026-03-02"),
        ("2. Ma\u0308rz 2026", "2026-03-02"),
        ("2 Mrz 2026", "2026-03-02"),
        ("2. Maerz 2026", "2026-03-02"),
        ("Jänner 2026", "2026-01"),
        ("02.Okt.2026", "2026-10-02"),
        ("31. Dez. 2026", "2026-12-31"),
        ("5. Mai 2026", "2026-05-05"),
        ("2 mars 2026", "2026-03-02"),
        ("1er août 2026", "2026-08-01"),
        ("14 AOUT 2026", "2026-08-14"),
        ("3 févr. 2026", "2026-02-03"),
        ("2 juil. 2026", "2026-07-02"),
        ("9 décembre 2026", "2026-12-09"),
        ("janvier 2026", "2026-01"),
    ],
)
def test_a_date_is_read_as_people_write_it(typed, iso):
    assert read_partial_date(typed) == iso


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("260302", "more than one way"),
        ("202603", "more than one way"),
        ("45000", "more than one way"),
        ("2603-02", "not in a year from 1900 to 2199"),
        ("2603", "not in a year from 1900 to 2199"),
        ("02/03/2026", "which number is the month"),
        ("02.03.2026", "which number is the month"),
        ("29/11/2026", "which number is the month"),
        ("31.13.2026", "no month 13"),
        ("30.2.2026", "not a day of the calendar"),
        ("2026-02-30", "not a day of the calendar"),
        ("31 Apr 2026", "not a day of the calendar"),
        ("29 Feb 2026", "not a day of the calendar"),
        ("0 Mar 2026", "not a day of the calendar"),
        ("2026-13", "no month 13"),
        ("2026-00-10", "no month 0"),
        ("5 UNK 2026", "a day and no month"),
        ("1 un 2026", "a day and no month"),
        ("2026-03-02\u200f", r"2026-03-02\[U\+200F\]. is not a date"),
        ("２026-03-02", "digits of another script"),
        ("2026-03-０2", "digits of another script"),
        ("2th Mar 2026", "no 2th"),
        ("Mar 2st, 2026", "no 2st"),
        ("2026/03-02", "which number is the month"),
        ("2026/03", "is not a date"),
        ("2 Mar 26", "no year of four digits"),
        ("03/02/2026", "which number is the month"),
        ("2 jui 2026", "is not a date"),
        ("2 marzo 2026", "is not a date"),
        ("31 juin 2026", "not a day of the calendar"),
        ("Mar 22026", "is not a date"),
        ("２ mars 2026", "digits of another script"),
        ("2026-03-02T10:00", "is not a date"),
        ("yesterday", "is not a date"),
        ("", "is not a date"),
    ],
)
def test_what_is_no_date_is_refused_in_words(typed, why):
    with pytest.raises(UnreadableValue, match=why):
        read_partial_date(typed)


def test_t_is_today_where_there_is_one():
    assert read_partial_date("t", today=date(2026, 11, 29)) == "2026-11-29"
    assert read_date("T", today=date(2026, 11, 29)) == date(2026, 11, 29)
    with pytest.raises(UnreadableValue):
        read_partial_date("t")


def test_a_whole_date_needs_its_day():
    with pytest.raises(UnreadableValue, match="has no day"):
        read_date("Mar 2026")


@pytest.mark.parametrize(
    "text", ["01MAY2024", "12/03/2024", "2024-1-2", "20240102", "2024-01-02T08:00", "2024-01-٠2", ""]
)
def test_an_exchange_format_has_iso_dates_alone(text):
    with pytest.raises(UnreadableValue):
        read_iso_date(text)


def test_an_exchange_format_may_have_partial_dates():
    assert [read_iso_date(text) for text in ("2024-02-29", "2024-02", "2024")] == ["2024-02-29", "2024-02", "2024"]


@given(DAYS)
def test_every_day_is_read_again_from_the_form_in_which_it_is_shown(day):
    assert (
        read_date(shown_date(day)) == read_date(day.isoformat()) == date.fromisoformat(read_iso_date(str(day))) == day
    )


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("2026-03-02", "2 Mar 2026"),
        ("2026-03", "Mar 2026"),
        ("2026", "2026"),
        ("", ""),
        (None, ""),
        ("2026-19", "2026-19"),
    ],
)
def test_partial_dates_are_shown_with_what_is_known(stored, shown):
    assert shown_date(stored) == shown


@given(some.text(max_size=40))
def test_any_text_is_a_date_or_refused(text):
    try:
        iso = read_partial_date(text)
    except UnreadableValue as refusal:
        assert str(refusal)
    else:
        assert read_iso_date(iso) == iso


@pytest.mark.parametrize(
    ("text", "first", "last", "middle"),
    [
        ("2008-04-03", "2008-04-03", "2008-04-03", "2008-04-03"),
        ("2008-04", "2008-04-01", "2008-04-30", "2008-04-15"),
        ("2008-02", "2008-02-01", "2008-02-29", "2008-02-15"),
        ("2008", "2008-01-01", "2008-12-31", "2008-07-01"),
    ],
)
def test_a_date_stands_among_others_by_the_days_that_it_can_mean(text: str, first: str, last: str, middle: str) -> None:
    assert tuple(map(str, span_of(text))) == (first, last)
    assert str(middle_of(text)) == middle


def test_a_month_stands_after_an_early_day_in_it_though_its_text_comes_first() -> None:
    dates = ["2008-04-20", "2008-04", "2008-04-03", "2008"]
    assert sorted(dates, key=middle_of) == ["2008-04-03", "2008-04", "2008-04-20", "2008"]
    assert sorted(dates) != sorted(dates, key=middle_of)


@pytest.mark.parametrize("text", ["", "2008-4", "2008-13", "2008-02-30", "20080403", "soon"])
def test_what_is_no_date_has_no_days(text: str) -> None:
    with pytest.raises(ValueError, match="is not a da"):
        span_of(text)
