"""A file of times and events: what is read from it, and the whole sentence of each complaint."""

import csv

import pytest

from endpoints.arithmetic import timefile


def test_times_and_events_are_read_from_their_columns() -> None:
    assert timefile.load("event,Time ,site\n1, 10,A\n\n0,20.0,B\n , ,\n") == ([10, 20], [True, False])
    assert timefile.load("time,event\n1.5,1.0\n+2e1,0e0\n") == ([1.5, 20.0], [True, False])
    (days, _) = timefile.load("time,event\n10,1\n")
    assert isinstance(days[0], int)
    assert timefile.load(f"time,event\n{2**53},1\n") == ([2**53], [True])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty; expected a first line time,event"),
        ("time,event\n", "the file has a first line, but no rows"),
        ("event\n", "line 1: the column time appears nowhere; expected a first line time,event"),
        ("time,event,event\n", "line 1: the column event appears twice; expected a first line time,event"),
        ("time,event\nx,1\n", "line 2: time 'x' is not a number"),
        ("time,event\n1,1\n\n-1,1\n", "line 4: time -1 is negative"),
        (f"time,event\n{2**53 + 2},1\n", f"line 2: time {2**53 + 2} is too large"),
        ("time,event\n1e999,1\n", "line 2: time 1e999 is too large"),
        ("time,event\n1,2\n", "line 2: event '2' is neither 1 (event) nor 0 (censored)"),
        ("time,event\n1,y\n", "line 2: event 'y' is neither 1 (event) nor 0 (censored)"),
        ("time,event\n1\n", "line 2: has 1 values, the first line has 2"),
        ("time,event\n1,1,1\nx,1\n", "line 2: has 3 values, the first line has 2\nline 3: time 'x' is not a number"),
    ],
)
def test_a_file_of_times_is_refused_with_the_line(text: str, words: str) -> None:
    with pytest.raises(timefile.TimeFileError) as refused:
        timefile.load(text)
    assert str(refused.value) == words


def test_what_the_reader_of_tables_refuses_is_told_with_its_line() -> None:
    before = csv.field_size_limit(100)
    try:
        with pytest.raises(timefile.TimeFileError, match=r"^line 2: field larger than field limit \(100\)$"):
            timefile.load('time,event\n1,"' + "1" * 101 + '"\n')
    finally:
        csv.field_size_limit(before)


@pytest.mark.parametrize(("rows", "shown"), [(20, 20), (21, 21), (25, 21)])
def test_twenty_lines_are_told_and_how_many_more_there_are(rows: int, shown: int) -> None:
    with pytest.raises(timefile.TimeFileError) as refused:
        timefile.load("time,event\n" + "x,1\n" * rows)
    lines = str(refused.value).splitlines()
    assert len(lines) == shown and lines[19] == "line 21: time 'x' is not a number"
    assert rows == 20 or lines[20] == f"and {rows - 20} more lines"
