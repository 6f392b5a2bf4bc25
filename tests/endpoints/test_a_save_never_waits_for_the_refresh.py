"""While figures are derived and estimated, saves, answers and locks of the same subject go on at once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from assessments.models import CaseForm
from endpoints import refresh
from endpoints.models import Estimate, Mark
from review.models import Query, QueryState
from signature.closing import Reach
from tests.cast import Trial
from tests.examples import INFUSION
from tests.signature.test_saves_and_locks_at_once import lock, meanwhile

pytestmark = pytest.mark.usefixtures("committed_db")

# What must not wait at all waits no longer than this: with a lock in its way it fails instead.
NOT_AT_ALL = "SET lock_timeout = '1s'"


@pytest.fixture
def asked_about(trial: Trial) -> CaseForm:
    """A form that the derivation has a query at, on a subject that is to be derived again."""
    subject = trial.treated_subject()
    consent = subject.forms.get(code="consent")
    record = {"consent_given": "Y", "consent_date": "2008-01-08"}
    trial.fill(subject, "consent", record, case_form=consent, reason="Source was corrected")
    while refresh.refresh_marked():
        pass
    query = Query.objects.get(check_id="dose-before-consent")
    refresh.mark_everyone()
    form: CaseForm = CaseForm.objects.select_related("subject__site", "visit").get(pk=query.case_form_id)
    return form


def while_estimating(monkeypatch: pytest.MonkeyPatch, does: Callable[[], None]) -> list[Exception]:
    """Refresh, and once it estimates, have another connection do this. Returns what that raised."""
    raised: list[Exception] = []
    estimate = refresh.estimate

    def impatient() -> None:
        with connection.cursor() as cursor:
            cursor.execute(NOT_AT_ALL)
        does()

    def estimating(*arguments: Any) -> Any:
        thread, errors = meanwhile(impatient)
        thread.join()
        raised.extend(errors)
        return estimate(*arguments)

    monkeypatch.setattr(refresh, "estimate", estimating)
    assert refresh.refresh_marked() == 1
    return raised


def again(trial: Trial, form: CaseForm) -> None:
    """Save the form with another weight."""
    lighter = INFUSION | {"weight_kg": "63", "trastuzumab_dose_mg": "252"}
    form = CaseForm.objects.select_related("subject", "visit").get(pk=form.pk)
    trial.fill(form.subject, "infusion", lighter, case_form=form, reason="Typing error")


@pytest.mark.requirement("EMA 2023 loss of data")
def test_a_save_of_a_form_that_the_refresh_asks_about_does_not_wait_for_its_estimates(
    trial: Trial, asked_about: CaseForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[int] = []

    def save() -> None:
        if not saved:
            again(trial, asked_about)
            saved.append(CaseForm.objects.get(pk=asked_about.pk).version)

    assert while_estimating(monkeypatch, save) == []
    assert saved == [asked_about.version + 1]
    # What was saved meanwhile is derived with the next refresh.
    assert Mark.objects.filter(subject=asked_about.subject).exists()


def test_the_queries_of_the_batch_are_free_while_it_estimates(
    trial: Trial, asked_about: CaseForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM review_query FOR UPDATE NOWAIT")
            assert cursor.fetchall()

    assert while_estimating(monkeypatch, hold) == []


def test_a_lock_is_set_while_it_estimates_and_its_query_then_stays_as_it_was(
    trial: Trial, asked_about: CaseForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    consent = asked_about.subject.forms.get(code="consent")
    record = {"consent_given": "Y", "consent_date": "2007-12-20"}
    trial.fill(asked_about.subject, "consent", record, case_form=consent, reason="It was right before")
    locked: list[bool] = []

    def shut() -> None:
        if not locked:
            lock(trial, Reach(asked_about.subject.site, asked_about.subject))
            locked.append(True)

    assert while_estimating(monkeypatch, shut) == []
    assert locked
    # The refresh finds no cause for the query any more; at a locked form it closes nothing.
    assert Query.objects.get(check_id="dose-before-consent").state == QueryState.OPEN
    assert Estimate.objects.filter(population="P2").exists()
