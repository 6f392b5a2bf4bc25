"""A time of day is what somebody meant, or it is refused with a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from values import UnreadableValue
from values.times import read_time


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
