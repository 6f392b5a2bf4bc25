"""A save and a lock of the same form at once: one waits for the other, and nothing is changed behind a lock."""

import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections, transaction

from accounts.actor import Locked, acting
from assessments.models import CaseForm
from audit.models import Event
from review.models import Query
from review.services import NotAllowed, hold_forms, raise_query
from sdv.services import FormToVerify, verify
from signature.closing import Reach, reach_of_form, shut
from signature.models import Closure, ClosureState
from signature.signing import sign_forms
from tests.assessments.test_saves_at_the_same_time import at_once
from tests.cast import Trial, actor

pytestmark = pytest.mark.usefixtures("committed_db")

RECORD = {"birth_date": "1953-05", "age": 54, "sex": "F", "race": "WHITE"}
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
LONGEST = 8.0


@pytest.fixture
def form(trial: Trial) -> CaseForm:
    subject = trial.subject()
    trial.screen(subject)
    return read_form(subject.forms.get(code="demography").pk)


def read_form(pk: int) -> CaseForm:
    return CaseForm.objects.select_related("subject__site", "visit").get(pk=pk)


def lock(trial: Trial, reach: Reach) -> None:
    by = actor(trial.data_manager, "data_manager")
    shut(reach=reach, state=ClosureState.LOCKED, reason="clean", by=by)


def save(trial: Trial, form: CaseForm, age: int) -> None:
    trial.fill(form.subject, "demography", RECORD | {"age": age}, visit="SCR", case_form=form, reason="typing error")


def until(somebody: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST
    while not somebody():
        assert time.monotonic() < end, "nobody waited"
        time.sleep(0.02)


def one_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


def meanwhile(call: Callable[[], Any]) -> tuple[threading.Thread, list[Exception]]:
    """The call, begun in a thread with a connection of its own; what it raises is put into the list."""
    raised: list[Exception] = []

    def run() -> None:
        try:
            call()
        except Exception as error:
            raised.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=copy_context().run, args=[run])
    thread.start()
    return thread, raised


def is_last_in_the_trail(form: CaseForm) -> bool:
    """Whether the lock is the last that happened to the form."""
    last = Event.objects.filter(case_form_id=form.pk).exclude(table_name="signature_closure").latest("id")
    return last.table_name == "assessments_caseform" and bool((last.new or {}).get("locked_at"))


@pytest.mark.requirement("ICH E6(R3) 4.2.6")
def test_a_save_and_a_lock_that_meet_leave_no_change_behind_the_lock(trial: Trial) -> None:
    for scope in ("form", "subject", "trial"):
        trial.screen(subject := trial.subject())
        form = read_form(subject.forms.get(code="demography").pk)
        reach = {"form": reach_of_form(form), "subject": Reach(subject.site, subject), "trial": Reach()}[scope]
        raised = at_once(partial(save, trial, form, 55), partial(lock, trial, reach))
        after = read_form(form.pk)
        assert all(isinstance(error, Locked) for error in raised), raised
        assert (after.locked_by, after.version) == ("dora", 1 if raised else 2)
        assert is_last_in_the_trail(form)


def test_a_lock_waits_for_whoever_holds_a_form_and_has_not_written_yet(trial: Trial, form: CaseForm) -> None:
    with acting(actor(trial.monitor, "monitor")):
        hold_forms([form.pk])
        locking, raised = meanwhile(partial(lock, trial, Reach()))
        until(one_waits)
        raise_query(case_form=form, item="age", text="54?", by=actor(trial.monitor, "monitor"))
    locking.join()
    assert raised == []
    assert (Query.objects.count(), read_form(form.pk).locked_by) == (1, "dora")


def test_who_comes_while_a_lock_is_set_waits_and_is_refused(trial: Trial, form: CaseForm) -> None:
    """Also at a form that the lock of many has not come to yet."""
    with transaction.atomic():
        lock(trial, Reach())
        saving, raised = meanwhile(partial(save, trial, form, 55))
        asking, refused = meanwhile(partial(raise_query, case_form=form, item="age", text="54?", by=trial.by))
        until(one_waits)
    saving.join()
    asking.join()
    assert [type(error) for error in raised + refused] == [Locked, NotAllowed]
    assert (read_form(form.pk).version, Query.objects.count()) == (1, 0)


def test_two_who_lock_at_once_both_come_through(trial: Trial, form: CaseForm) -> None:
    reaches = [reach_of_form(form), Reach(form.subject.site, form.subject), Reach(form.subject.site), Reach()]
    assert at_once(*(partial(lock, trial, reach) for reach in reaches)) == []
    assert Closure.objects.filter(reopened_at=None).count() == 4


def test_what_is_verified_or_signed_while_it_is_locked_is_either_before_the_lock_or_refused(
    trial: Trial, form: CaseForm
) -> None:
    mona, ines = actor(trial.monitor, "monitor"), actor(trial.investigator, "investigator")
    raised = at_once(
        partial(verify, chosen=[FormToVerify(form.pk)], by=lambda site: mona),
        partial(sign_forms, seen={form.pk: 1}, signed_by=trial.investigator, by=ines),
        partial(lock, trial, reach_of_form(form)),
    )
    assert all(isinstance(error, Locked) for error in raised), raised
    locked_at = Event.objects.filter(table_name="assessments_caseform", new__has_key="locked_at").latest("id").pk
    later = Event.objects.filter(case_form_id=form.pk, pk__gt=locked_at)
    assert set(later.values_list("table_name", flat=True)) <= {"signature_closure"}
