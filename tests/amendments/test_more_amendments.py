"""The demonstration, amended in other ways than test_three_amendments, all at once: the past stays as it was."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cohorts.models import GoesOver
from tests.amendments.portrait import differences, portrait
from tests.amendments.test_three_amendments import amend, demonstration, old_values_are_corrected
from tests.cohorts import amended as changes

__all__ = ["demonstration"]
pytestmark = pytest.mark.django_db

MADE = (
    *changes.CYCLES_OF_21_DAYS,
    *changes.NEW_COHORT,
    changes.NO_INR,
    changes.OTHER_DLT,
    changes.RECIST_11,
    changes.PLATELETS_FROM_300,
)


def test_nothing_of_the_past_changes(demonstration: None) -> None:
    before = portrait(pages=False)
    amend("2.0", changes.amended(*MADE), GoesOver.VISIT, timezone.localdate() - timedelta(3))
    changed = differences(before, portrait(pages=False))
    assert changed == {}, sorted(changed)
    old_values_are_corrected()
