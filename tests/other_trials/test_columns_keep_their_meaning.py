"""An amendment gives no column another meaning: what was recorded stays what it was."""

from typing import Any

import pytest

from assessments.plan.kept_columns import moved
from cohorts.amendments import propose, put_in_force
from cohorts.following import follow
from cohorts.models import GoesOver
from cohorts.services import sync_protocol
from protocol.reader import parse
from tests.cast import SETUP, person
from tests.other_trials.conftest import LUNG

pytestmark = pytest.mark.django_db

NEW = 'code = "bevacizumab"\nlabel = "Bevacizumab"\nroute = "oral"\nbasis = "fixed"\ndose = 1\nround_to_mg = 1\n'
FIRST, BEHIND = "[[regimen.drugs]]\n", "\n[[visits]]"


@pytest.mark.parametrize(
    ("old", "new", "beginnings"),
    [
        (FIRST, f"{FIRST}{NEW}\n{FIRST}", ["regimen.drugs.bevacizumab: takes the columns of osimertinib"]),
        (BEHIND, f"\n{FIRST}{NEW}{BEHIND}", []),
        (
            'code = "interstitial_lung_disease"',
            'code = "pneumonitis"',
            ["eligibility_items.pneumonitis.column: answer_1"],
        ),
        (
            'code = "egfr_mutation", column = "choice_1", label',
            'code = "alk", column = "choice_1", label',
            ["history.items.alk.column: choice_1 holds egfr_mutation"],
        ),
        ('label = "QTc by Fridericia"', 'label = "QTcF"', []),
        ('unit = "ms"', 'unit = "s"', ["eligibility_items.qtc.unit: number_1 holds ms in version 1.0"]),
    ],
)
def test_a_column_that_would_move_is_told(settings: Any, old: str, new: str, beginnings: list[str]) -> None:
    settings.PROTOCOL_FILE = LUNG
    text = LUNG.read_text()
    assert old in text
    text = text.replace('item = "interstitial_lung_disease"', 'item = "pneumonitis"') if "pneumonitis" in new else text
    lines = list(moved(parse(text.replace(old, new, 1).encode(), LUNG)))
    assert [line.startswith(beginning) for line, beginning in zip(lines, beginnings, strict=True)] == [True] * len(
        beginnings
    )


def test_a_column_that_an_earlier_version_used_keeps_its_meaning_too(settings: Any) -> None:
    settings.PROTOCOL_FILE = LUNG
    sync_protocol(by=SETUP)
    text = LUNG.read_text()
    elsewhere = text.replace('code = "qtc"\ncolumn = "number_1"', 'code = "qtc"\ncolumn = "number_2"', 1)
    second = elsewhere.replace('version = "1.0"', 'version = "2.0"', 1).encode()
    assert moved(parse(second, LUNG)) == []
    version = propose(content=second, goes_over=GoesOver.VISIT, by=SETUP)
    put_in_force(version=version, signed_by=person("dora", "data_manager"), by=SETUP, reason="Amendment 1")
    follow()
    # What is free now held something else before.
    third = text.replace('"qtc"', '"pr_interval"').replace('version = "1.0"', 'version = "3.0"', 1).encode()
    [line] = moved(parse(third, LUNG))
    assert line.startswith("eligibility_items.pr_interval.column: number_1 holds qtc in version 1.0")
