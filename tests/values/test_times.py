"""A time of day is what somebody meant, or it is refused with a sentence."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from values import UnreadableValue
from values.times import read_span, read_time, shown_moment

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "typed", ["8:30", "08:30", "0830", "830", "08.30", "8.30", "8h30", "8H30", "08 h 30", " 8:30 "]
)
def test_half_past_eight_is_written_in_many_ways(typed):
    assert read_time(typed) == "08:30"


@pytest.mark.parametrize(
    "typed", ["24:00", "8:60", "8:3", "8", "8:30 pm", "08:30Z", "８:30", "٨:30", "8,30", "-8:30", "", "8:30:00"]
)
def test_what_is_no_time_of_the_24_hour_clock_is_refused(typed):
    with pytest.raises(UnreadableValue, match="24-hour clock"):
        read_time(typed)


@given(some.times())
def test_every_minute_of_the_day_is_read(time):
    for form in ("%H:%M", "%H%M", "%H.%M", "%Hh%M"):
        assert read_time(time.strftime(form)) == f"{time:%H:%M}"


@pytest.mark.parametrize(
    ("typed", "first", "seconds"),
    [
        ("29 Nov 2026", "2026-11-28T23:00", 86400),
        ("29.11.2026", "2026-11-28T23:00", 86400),
        ("2026-11-29", "2026-11-28T23:00", 86400),
        ("29 Nov 2026 08:30", "2026-11-29T07:30", 60),
        ("29.11.2026, 8:30", "2026-11-29T07:30", 60),
        ("2026-11-29T08:30", "2026-11-29T07:30", 60),
        ("29 Nov 2026 08:30:07 CET", "2026-11-29T07:30:07", 1),
        ("29 Nov 2026 08:30 Europe/Berlin", "2026-11-29T07:30", 60),
        ("29 Nov 2026 08:30 UTC", "2026-11-29T08:30", 60),
        ("2026-11-29T08:30:00Z", "2026-11-29T08:30", 1),
        ("2026-11-29T08:30:00.123456+05:30", "2026-11-29T03:00", 1),
        ("29 Nov 2026 08:30 UTC-03", "2026-11-29T11:30", 60),
        ("today 08:30", "2026-07-01T06:30", 60),
        ("29 Mar 2026", "2026-03-28T23:00", 82800),
    ],
)
def test_a_day_or_a_moment_is_a_span_by_the_readers_clocks(typed, first, seconds):
    begins = datetime.fromisoformat(first).replace(tzinfo=UTC)
    assert read_span(typed, BERLIN, today=date(2026, 7, 1)) == (
        begins,
        begins + timedelta(seconds=seconds, microseconds=-1),
    )


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("31.13.2026", "no month 13"),
        ("02/03/2026 08:30", "which number is the month"),
        ("29 Nov 2026 24:30", "24-hour clock"),
        ("29 Nov 2026 08:30:61", "60 seconds"),
        ("29 Nov 2026 08:30 EST", "leave it out for Europe/Berlin"),
        ("29 Mar 2026 02:30", "put forward"),
        ("Nov 2026", "has no day"),
        ("08:30", "is not a date"),
        ("yesterday", "is not a date"),
        ("", "is not a date"),
    ],
)
def test_what_is_no_moment_is_refused_in_words(typed, why):
    with pytest.raises(UnreadableValue, match=why):
        read_span(typed, BERLIN)


@given(some.integers(631152000, 4102444800))
def test_every_moment_is_read_again_from_the_form_in_which_it_is_shown(seconds):
    aware = datetime.fromtimestamp(seconds, UTC)
    zone = ZoneInfo("America/Sao_Paulo")
    assert read_span(shown_moment(aware, ZoneInfo("UTC"), seconds=True), zone)[0] == aware
