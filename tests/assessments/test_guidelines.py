"""Every form says how it is to be completed."""

import pytest

from assessments.catalogue import CATALOGUE
from assessments.plan.guidelines import GUIDELINES

pytestmark = pytest.mark.django_db


def test_every_form_has_its_guideline_and_no_other():
    assert GUIDELINES.keys() == CATALOGUE.keys()
    assert all(sentence.endswith((".", "!")) for sentences in GUIDELINES.values() for sentence in sentences)


def test_a_form_shows_how_to_complete_it_to_those_who_type_and_to_those_who_read(trial, sign_in):
    subject = trial.subject()
    consent = trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    for who in (trial.coordinator, trial.monitor):
        page = sign_in(who).get(f"/forms/{consent.pk}/").content.decode()
        assert "How to complete this form" in page
        assert GUIDELINES["consent"][0] in page
