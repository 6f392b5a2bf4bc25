"""While a lock is set, or waits for a save under way, people still come and go: only what it shuts waits for it."""

import threading
from functools import partial

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.actor import Locked, acting
from accounts.models import ApiToken
from accounts.services import create_token, suspend_user
from assessments.models import CaseForm
from audit.models import AccessEvent
from cohorts.models import Subject
from review.queries.kept import keep_filter
from safety.services import mark_read
from signature.closing import Reach
from signature.doubts import check_all
from signature.signing import sign_forms
from tests.cast import PASSWORD, Trial, actor
from tests.signature.test_saves_and_locks_at_once import (
    LONGEST,
    lock,
    meanwhile,
    one_waits,
    read_form,
    save,
    until,
)

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def form(trial: Trial) -> CaseForm:
    subject = trial.subject()
    trial.screen(subject)
    return read_form(subject.forms.get(code="demography").pk)


def come_and_go(trial: Trial, subject: Subject) -> None:
    """Sign in, look, be refused, keep things of one's own, sign out; an administrator's and the clock's work."""
    client, by = Client(), actor(trial.monitor, "monitor")
    client.post("/accounts/login/", {"login": "mona", "password": "wrong"})
    client.post("/accounts/login/", {"login": "mona", "password": PASSWORD})
    assert SESSION_KEY in client.session
    assert client.get(f"/subjects/{subject.pk}/").status_code == 200
    assert client.get(reverse("query_list") + "999999/").status_code == 404
    create_token(user=trial.monitor, by=by)
    keep_filter(user=trial.monitor, name="mine", address="state=open", by=by)
    mark_read(user=trial.monitor, by=by)
    suspend_user(user=trial.stranger, by=actor(trial.administrator, "administrator"), reason="left")
    check_all()
    client.post("/accounts/logout/")


def both_wait() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone() == (2,))


def came_through(thread: threading.Thread, raised: list[Exception]) -> None:
    thread.join(LONGEST)
    assert not thread.is_alive(), "somebody waited for the lock"
    assert raised == []
    kinds = set(AccessEvent.objects.values_list("kind", flat=True))
    assert kinds >= {"sign_in", "sign_in_failed", "not_found", "sign_out"}
    assert ApiToken.objects.filter(user__username="mona").exists()


def test_people_come_and_go_while_the_trial_is_being_locked(trial: Trial, form: CaseForm) -> None:
    sign_forms(seen={form.pk: 1}, signed_by=trial.investigator, by=actor(trial.investigator, "investigator"))
    with transaction.atomic():
        lock(trial, Reach())
        came_through(*meanwhile(partial(come_and_go, trial, form.subject)))
    assert read_form(form.pk).locked_by == "dora"


def test_people_come_and_go_while_a_lock_waits_for_a_save_and_others_wait_for_the_lock(
    trial: Trial, form: CaseForm
) -> None:
    with acting(trial.by):
        locking, failed = meanwhile(partial(lock, trial, Reach()))
        until(one_waits)
        saving, refused = meanwhile(partial(save, trial, form, 55))
        until(both_wait)
        came_through(*meanwhile(partial(come_and_go, trial, form.subject)))
        assert both_wait()
    locking.join()
    saving.join()
    assert (failed, [type(error) for error in refused]) == ([], [Locked])
