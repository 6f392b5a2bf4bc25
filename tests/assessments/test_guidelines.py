"""Every form says how it is to be completed."""

import pytest

from assessments.catalogue import CATALOGUE
from assessments.pages.of_forms import OF_FORMS

pytestmark = pytest.mark.django_db


def test_every_form_has_its_guideline_and_no_other():
    assert OF_FORMS.keys() == CATALOGUE.keys()
    sentences = [sentence for page in OF_FORMS.values() for sentence in page.guideline]
    assert all(page.guideline for page in OF_FORMS.values())
    assert all(sentence.endswith((".", "!")) for sentence in sentences)


def test_a_form_shows_how_to_complete_it_to_those_who_type_and_to_those_who_read(trial, sign_in):
    subject = trial.subject()
    consent = trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    for who in (trial.coordinator, trial.monitor):
        page = sign_in(who).get(f"/forms/{consent.pk}/").content.decode()
        assert "How to complete this form" in page
        assert OF_FORMS["consent"].guideline[0] in page
