"""A row that cannot be named is refused at its field, and what else was typed stays."""

import pytest

from assessments.models import CaseForm, Lesion
from tests.assessments.posting import HISTORY, THERAPY, consent_of, new_form, posted


@pytest.mark.parametrize("action", ["draft", "complete"])
def test_a_first_lesion_without_its_kind_is_refused_at_its_field(trial, desk, action):
    subject = consent_of(trial).subject
    row = {"location": "LIVER", "diameters_mm": "15"}
    answer = desk.post(
        new_form(subject, "tumour_baseline"), posted({"assessment_date": "2008-01-02"}, [row], action=action)
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose whether it is a target or a non-target lesion." in page
    assert 'value="15"' in page
    assert not Lesion.objects.exists()


def test_a_number_of_a_row_that_no_row_can_have_is_refused(trial, desk):
    subject = consent_of(trial).subject
    for number in ("9" * 40, "32768"):
        sent = posted(HISTORY, [THERAPY | {"row": number}], action="draft")
        assert desk.post(new_form(subject, "history"), sent).status_code == 422
    assert not CaseForm.objects.filter(code="history").exists()
