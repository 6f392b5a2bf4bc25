"""The example files that a newcomer finds fit this program, and pages tell visits of some cycles as they say them."""

from pathlib import Path

import pytest

from assessments.plan.fit import unfit
from outline.schedule import schedule
from protocol import ProtocolError, load, under
from protocol.reader import parse

EXAMPLES = Path(__file__).parents[2] / "docs/examples"
OSIMERTINIB = EXAMPLES / "osimertinib.toml"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_a_file_of_the_examples_is_taken_without_a_fault(path: Path) -> None:
    assert load(path, unfit).code


def test_a_day_of_one_cycle_is_told_as_such() -> None:
    protocol = load(OSIMERTINIB)
    with under(protocol):
        visits, forms, *_ = schedule(protocol).tables
    when = {code: words for code, _, words, _ in visits.rows}
    assert when["D1"] == "day 1 of each cycle of 21 days"
    assert when["D8"] == "day 8 of some cycles (cycle 1 alone) of 21 days"
    haematology = next(row for row in forms.rows if row[0] == "Haematology")
    assert haematology[1:5] == ("X", "X", "cycle 1 alone", "cycle 1 alone")


def test_a_day_of_the_cycle_that_asks_for_nothing_is_a_fault() -> None:
    text = OSIMERTINIB.read_text()
    once = 'at_cycles = [{ forms = ["vital_signs", "haematology", "chemistry"], first = 1 }]\n'
    assert once in text
    with pytest.raises(ProtocolError, match=r"visits\.D8\.forms: none in any cycle: it would never be held"):
        parse(text.replace(once, "", 1).encode(), OSIMERTINIB, unfit)
