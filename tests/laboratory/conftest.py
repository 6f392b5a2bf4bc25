from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.assessments.conftest import sign_in

__all__ = ["sign_in"]

NORMAL = {
    "HGB": ("g/L", "120", "160"),
    "WBC": ("10^9/L", "4", "10"),
    "NEUT": ("10^9/L", "1.8", "7.5"),
    "LYM": ("10^9/L", "1", "4"),
    "PLAT": ("10^9/L", "150", "400"),
    "SODIUM": ("mmol/L", "136", "145"),
    "K": ("mmol/L", "3.5", "5.0"),
    "CA": ("mmol/L", "2.1", "2.6"),
    "MG": ("mmol/L", "0.7", "1.0"),
    "PHOS": ("mmol/L", "0.8", "1.5"),
    "CREAT": ("umol/L", "50", "100"),
    "UREA": ("mmol/L", "2.5", "7.5"),
    "BILI": ("umol/L", None, "20"),
    "AST": ("U/L", None, "40"),
    "ALT": ("U/L", None, "40"),
    "ALP": ("U/L", "40", "120"),
    "GGT": ("U/L", None, "45"),
    "ALB": ("g/L", "35", "50"),
    "GLUC": ("mmol/L", "3.9", "6.1"),
    "CHOL": ("mmol/L", None, "5.2"),
    "TRIG": ("mmol/L", None, "1.7"),
    "LDH": ("U/L", "120", "250"),
    "INR": ("RATIO", "0.8", "1.2"),
}


@pytest.fixture
def manager(trial: Any) -> Any:
    from tests.cast import actor

    return actor(trial.data_manager, "data_manager")


def add_limits(trial: Any, by: Any) -> dict[str, Any]:
    """The list of the first site, for everybody, from 2000 on."""
    from laboratory.services import add_range

    return {
        code: add_range(
            site=trial.site,
            analyte=code,
            unit=unit,
            low=None if low is None else Decimal(low),
            high=Decimal(high),
            valid_from=date(2000, 1, 1),
            by=by,
        )
        for code, (unit, low, high) in NORMAL.items()
    }


@pytest.fixture
def ranges(trial: Any, manager: Any) -> dict[str, Any]:
    return add_limits(trial, manager)


@pytest.fixture
def subject(trial: Any, ranges: Any) -> Any:
    """One who gave consent and has nothing else recorded."""
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    return subject


@pytest.fixture
def look(trial: Any) -> Any:
    """Looks through the text of a file, as the coordinator or another user."""
    from accounts.access import access_for
    from assessments.laboratory.file import read_file
    from assessments.laboratory.importing import look_through

    return lambda text, user=None: look_through(read_file(text).lines, access_for(user or trial.coordinator))
