"""The order in which files are run side by side."""

from types import SimpleNamespace

from embedded.places import PROJECT
from tests.order import SECONDS, longest_first


def test_every_long_file_is_there() -> None:
    assert [name for name in SECONDS if not (PROJECT / "tests" / name).exists()] == []


def test_the_longest_come_first_and_the_others_stay_in_their_order() -> None:
    short, long = "tests/values/test_dates.py", max(SECONDS, key=lambda name: SECONDS[name])
    names = [f"{short}::b", f"{short}::a", f"tests/{long}::b", f"tests/{long}::a"]
    ordered = longest_first([SimpleNamespace(nodeid=name) for name in names])  # type: ignore[misc]
    assert [item.nodeid for item in ordered] == names[2:] + names[:2]
