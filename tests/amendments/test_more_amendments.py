"""The demonstration, amended in other ways than test_three_amendments: each leaves the past as it was."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cohorts.models import GoesOver
from tests.amendments.portrait import differences, portrait
from tests.amendments.test_three_amendments import amend, demonstration, old_values_are_corrected
from tests.cohorts import amended as changes

__all__ = ["demonstration"]
pytestmark = pytest.mark.django_db

# One after the other: each beside those before it.
KINDS = {
    "cycles of 21 days": changes.CYCLES_OF_21_DAYS,
    "a cohort more": changes.NEW_COHORT,
    "an analyte less": (changes.NO_TRIGLYCERIDES,),
    "another limiting toxicity": (changes.OTHER_DLT,),
    "RECIST 1.1": (changes.RECIST_11,),
    "CTCAE 5.0": (changes.CTCAE_5,),
    "a stricter criterion": (changes.PLATELETS_FROM_300,),
    "a narrower baseline": (changes.BASELINE_WITHIN_3_DAYS,),
}


def test_nothing_of_the_past_changes_by_any_of_them(demonstration: None) -> None:
    before, made = portrait(), []
    without_pages = {key: value for key, value in before.items() if "page" not in key[-1]}
    for number, (kind, change) in enumerate(KINDS.items(), start=2):
        made += change
        version = f"{number}.0"
        amend(version, changes.amended(*made, version=version), GoesOver.VISIT, timezone.localdate() - timedelta(3))
        assert differences(without_pages, portrait(pages=False)) == {}, kind
    assert differences(before, portrait()) == {}
    old_values_are_corrected()
