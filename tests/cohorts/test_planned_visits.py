from datetime import date

import pytest

from tests.cast import Trial

pytestmark = pytest.mark.django_db


def test_the_window_of_screening_follows_consent_and_first_dose_though_its_forms_are_filled():
    trial = Trial()
    subject = trial.treated_subject()
    screening = subject.visits.get(code="SCR")
    assert (screening.window_from, screening.window_to) == (date(2007, 12, 20), date(2008, 1, 7))
    assert screening.visit_date == date(2007, 12, 20)
    assert screening.forms.count() == 5
