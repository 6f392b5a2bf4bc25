"""An amendment gives no column another meaning: what was recorded stays what it was."""

from typing import Any

import pytest

from assessments.kept_columns import moved
from protocol.reader import parse
from tests.other_trials.conftest import LUNG

NEW = 'code = "bevacizumab"\nlabel = "Bevacizumab"\nroute = "oral"\nbasis = "fixed"\ndose = 1\nround_to_mg = 1\n'
FIRST, BEHIND = "[[regimen.drugs]]\n", "\n[[visits]]"


@pytest.mark.parametrize(
    ("old", "new", "told"),
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
    ],
)
def test_a_column_that_would_move_is_told(settings: Any, old: str, new: str, told: list[str]) -> None:
    settings.PROTOCOL_FILE = LUNG
    text = LUNG.read_text()
    assert old in text
    text = text.replace('item = "interstitial_lung_disease"', 'item = "pneumonitis"') if "pneumonitis" in new else text
    found = list(moved(parse(text.replace(old, new, 1).encode(), LUNG)))
    assert [line.startswith(one) for line, one in zip(found, told, strict=True)] == [True] * len(told)
