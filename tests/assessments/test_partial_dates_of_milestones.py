"""A progression or a death without its day plans visits where the analysis puts it, not on the first day it can be."""

from datetime import date
from typing import Any

import pytest

from assessments.visits.milestones import milestones
from tests.cast import Trial

END = {"reason": "ADVERSE EVENT", "end_date": "2008-03-31"}


@pytest.mark.parametrize(
    ("recorded", "taken"),
    [
        ("2008-05-03", date(2008, 5, 3)),
        ("2008-05", date(2008, 5, 15)),
        ("2008", date(2008, 7, 1)),
    ],
)
def test_death_and_progression_stand_in_the_middle_of_what_they_can_be(
    trial: Trial, recorded: str, taken: date
) -> None:
    subject = trial.treated_subject()
    trial.fill(subject, "end_of_treatment", END | {"clinical_progression_date": recorded})
    trial.fill(subject, "death", {"death_date": recorded, "cause": "DISEASE UNDER STUDY"})
    dates = milestones(subject)[0]
    assert (dates.progression, dates.death) == (taken, taken)


def test_a_month_does_not_come_before_a_day_early_in_it(trial: Trial) -> None:
    subject = trial.treated_subject()
    scan: dict[str, Any] = {"T01": "90", "T02": "60"}
    trial.assess(subject, 57, scan, "PD")
    trial.fill(subject, "end_of_treatment", END | {"clinical_progression_date": "2008-03"})
    # The scan of 3 March, and symptoms some day in March.
    assert milestones(subject)[0].progression == date(2008, 3, 3)


def test_without_either_there_is_none(trial: Trial) -> None:
    dates = milestones(trial.treated_subject())[0]
    assert (dates.progression, dates.death) == (None, None)
