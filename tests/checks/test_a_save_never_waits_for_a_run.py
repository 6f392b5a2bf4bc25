"""While all checks run again people save: no save waits for a subject to be checked, and what it changes is checked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from assessments.models import CaseForm
from review import rechecking
from review.models import CheckRun
from review.rechecking import TRIES, check_next
from review.tasks import ask_for_run
from tests.cast import Trial, actor
from tests.endpoints.test_a_save_never_waits_for_the_refresh import NOT_AT_ALL
from tests.signature.test_saves_and_locks_at_once import meanwhile

pytestmark = pytest.mark.usefixtures("committed_db")

RECORD = {"consent_given": "Y", "consent_date": "2008-01-08"}


@pytest.fixture
def consent(trial: Trial) -> CaseForm:
    form: CaseForm = CaseForm.objects.select_related("subject__site", "visit").get(
        subject=trial.treated_subject(), code="consent"
    )
    return form


def while_checking(
    monkeypatch: pytest.MonkeyPatch, does: Callable[[int], None], books: list[Any] | None = None
) -> list[Exception]:
    """Check the next subject, and each time that it was read have another connection do this; what that raised. What
    was read goes into `books`."""
    raised: list[Exception] = []
    books = [] if books is None else books
    rule, times = rechecking.found_by_all, 0

    def found_by_all(book: Any) -> Any:
        nonlocal times
        times += 1
        books.append(book)

        def impatient() -> None:
            with connection.cursor() as cursor:
                cursor.execute(NOT_AT_ALL)
            does(times)

        thread, errors = meanwhile(impatient)
        thread.join()
        raised.extend(errors)
        return rule(book)

    with monkeypatch.context() as changed:
        changed.setattr(rechecking, "found_by_all", found_by_all)
        assert check_next()
    return raised


def save(trial: Trial, form: CaseForm, **changed: str) -> None:
    form = CaseForm.objects.select_related("subject__site", "visit").get(pk=form.pk)
    trial.fill(form.subject, "consent", RECORD | changed, visit="SCR", case_form=form, reason="Source was corrected")


def run(trial: Trial) -> CheckRun:
    return ask_for_run(reason="protocol 1.1", by=actor(trial.data_manager, "data_manager"))


@pytest.mark.requirement("EMA 2023 loss of data")
def test_a_save_of_the_subject_that_is_checked_does_not_wait_and_what_it_says_is_checked(
    trial: Trial, consent: CaseForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(trial)
    before = consent.version

    def once(times: int) -> None:
        if times == 1:
            save(trial, consent)

    books: list[Any] = []
    assert while_checking(monkeypatch, once, books) == []
    consent.refresh_from_db()
    assert consent.version == before + 1
    days = [book.of("consent")[0].record["consent_date"] for book in books]
    assert (len(days), days[0] != days[1], str(days[1])) == (2, True, RECORD["consent_date"])
    done = CheckRun.objects.get()
    assert (done.done, done.last_subject) == (1, consent.subject_id)


def test_who_saves_without_an_end_is_checked_at_last(
    trial: Trial, consent: CaseForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(trial)

    def each_time(times: int) -> None:
        if times <= TRIES:
            save(trial, consent, consent_date=f"2008-01-{10 + times}")

    assert while_checking(monkeypatch, each_time) == []
    assert CheckRun.objects.get().done == 1
