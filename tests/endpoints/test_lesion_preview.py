"""What follows from a tumour assessment while it is typed."""

from typing import Any

import pytest
from django.test import Client

from assessments.entering.entry import typed
from assessments.models import CaseForm, LesionResult
from tests.accounts.staff import signed_in
from tests.cast import Trial

pytestmark = pytest.mark.django_db
BONE = {"label": "NT01", "kind": "NON-TARGET", "location": "BONE", "state": "PRESENT"}


@pytest.fixture
def desk(trial: Trial) -> Client:
    return signed_in(trial.coordinator)


def typing(subject, sizes: dict[str, str], *, address: str = "", **record: str) -> tuple[str, dict[str, Any]]:
    rows = [{"label": label, "kind": "TARGET", "diameters_mm": size} for label, size in sizes.items()]
    return f"/subjects/{subject.pk}/lesions/preview/?code=tumour{address}", typed(record, [*rows, BONE])


def answer(client: Client, subject, sizes: dict[str, str], **more: str) -> str:
    return client.post(*typing(subject, sizes, **more)).content.decode()


def test_sum_changes_and_response_follow_from_the_diameters(trial, desk):
    subject = trial.treated_subject()
    trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR")
    page = answer(desk, subject, {"T01": "50", "T02": "20 + 14"}, assessment_date="2008-04-28")
    assert "84 mm" in page
    assert "−16.0 %" in page
    assert "+20.0 %" in page
    assert "PD" in page
    assert LesionResult.objects.filter(case_form__code="tumour").count() == 3


def test_a_half_typed_assessment_is_not_evaluable_yet_and_a_half_typed_diameter_no_mistake(trial, desk):
    subject = trial.treated_subject()
    page = answer(desk, subject, {"T01": "42", "T02": ""})
    assert "42 mm" in page
    assert "not every lesion yet" in page
    assert ">NE</strong>" in page
    for half in ("42 +", "4x"):
        page = answer(desk, subject, {"T01": half, "T02": "28"})
        assert "Derived from the lesions" in page
        assert "42 mm" not in page


def test_a_difference_to_the_investigators_response_is_said_at_once(trial, desk):
    subject = trial.treated_subject()
    sizes = {"T01": "30", "T02": "20"}
    assert "The investigator's response is the same." in answer(
        desk, subject, sizes, new_lesions="N", overall_response="PR"
    )
    page = answer(desk, subject, sizes, new_lesions="N", overall_response="SD")
    assert "The investigator's response is <strong>SD</strong>, the one derived from the lesions is" in page
    assert "<strong>PR</strong>. Both are kept" in page


def test_an_assessment_that_is_edited_is_not_its_own_nadir(trial, desk):
    subject = trial.treated_subject()
    form = trial.assess(subject, 57, {"T01": "20", "T02": "20"}, "PR")
    page = answer(desk, subject, {"T01": "30", "T02": "20"}, address=f"&form={form.pk}", assessment_date="2008-03-03")
    assert "100 mm <strong>−50.0 %</strong>" in page
    assert ">PR</strong>" in page


def test_earlier_sums_are_marked_with_the_nadir(trial, desk):
    subject = trial.treated_subject()
    baseline = CaseForm.objects.get(subject=subject, code="tumour_baseline").pk
    first = trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR").pk
    page = answer(desk, subject, {"T01": "42"}, address=f"&columns={baseline},{first}")
    assert f'<span id="sum-{baseline}" hx-swap-oob="true">100</span>' in page
    assert f'<span id="nadir-{first}" hx-swap-oob="true"><span class="nadir">' in page
    assert f'<span id="nadir-{baseline}" hx-swap-oob="true"></span>' in page


def test_at_baseline_the_choice_of_target_lesions_is_held_to_recist(trial, desk):
    subject = trial.subject()
    small = {"kind": "TARGET", "location": "LIVER", "method": "CT SCAN", "diameters_mm": "15"}
    rows = [small] * 6
    address = f"/subjects/{subject.pk}/lesions/preview/?code=tumour_baseline"
    page = desk.post(address, typed({}, rows)).content.decode()
    assert "max 5 per organ" in page
    assert "Not measurable at this size by this method (RECIST 1.0)." in page
    assert "90 mm" in page
    good = desk.post(address, typed({}, [small | {"diameters_mm": "20"}])).content.decode()
    assert "Not measurable" not in good


def test_the_preview_is_for_those_who_enter(trial):
    subject = trial.treated_subject()
    assert signed_in(trial.stranger).post(*typing(subject, {})).status_code == 404
    assert signed_in(trial.sponsor).post(*typing(subject, {})).status_code == 403
    assert signed_in(trial.coordinator).get(f"/subjects/{subject.pk}/lesions/preview/?code=tumour").status_code == 405


@pytest.mark.parametrize("path", ["?code=consent", "", "?code=tumour&form=x"])
def test_a_preview_of_anything_else_is_not_found(trial, desk, path):
    subject = trial.subject()
    assert desk.post(f"/subjects/{subject.pk}/lesions/preview/{path}", {}).status_code == 404


def test_statements_of_a_preview_do_not_grow_with_the_assessments(trial, desk, django_assert_max_num_queries):
    subject = trial.treated_subject()
    for number in range(1, 7):
        trial.assess(subject, 56 * number, {"T01": "42", "T02": "28"}, "PR")
    with django_assert_max_num_queries(20):
        answer(desk, subject, {"T01": "42", "T02": "28"})


def test_diameters_count_beside_a_record_that_is_refused_as_it_stands(trial, desk):
    request = typing(trial.treated_subject(), {"T01": "50", "T02": "20"}, assessment_date="28 of some month")
    reply = desk.post(*request)
    assert (reply.status_code, "70 mm" in reply.content.decode()) == (200, True)
