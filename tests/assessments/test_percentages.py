"""A percentage that cannot be is refused in words: its unit is a mark that Django's messages use, too."""

from typing import Any

import pytest

from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry, typed
from assessments.items import items_of

PERCENTAGES = [
    (code, field.name)
    for code, form_type in CATALOGUE.items()
    for field, item in items_of(form_type.record)
    if item.unit == "%"
]


@pytest.mark.parametrize(("code", "name"), PERCENTAGES)
@pytest.mark.parametrize("value", ["-1", "999", "99999"])
def test_a_percentage_that_cannot_be_is_refused_in_words(trial: Any, code: str, name: str, value: str) -> None:
    entry = Entry(CATALOGUE[code], subject=trial.subject(), data=typed({name: value}))
    assert not entry.is_valid()
    for error in entry.errors[name]:
        assert error.startswith((f"{value} % cannot be: enter ", "Too many digits: enter ")) and error.endswith(" %.")


def test_there_are_percentages() -> None:
    assert ("lvef", "lvef_percent") in PERCENTAGES
