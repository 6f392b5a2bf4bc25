"""Trail, signatures and figures are verified as a whole: people or the clock ask for it, the worker carries it out."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.actor import acting
from accounts.models import Site
from audit import wholes
from audit.models import Whole, WholeVerified
from audit.sealing import seal_trail
from audit.tasks import go_on_verifying, verify_trail, verify_wholes
from audit.wholes import Answer, VerificationUnderWay, ask_to_verify, carry_out
from tests.cast import SETUP, Trial


@pytest.fixture
def sent(monkeypatch):
    names = []
    monkeypatch.setattr(wholes.current_app, "send_task", lambda name, **options: names.append(name))
    cache.clear()
    return names


def test_the_clock_asks_for_all_three_and_the_worker_says_what_it_found(committed_db, as_owner, sent):
    with acting(SETUP):
        Site.objects.create(code="1", name="Hospital")
    seal_trail()
    verify_wholes()
    assert sent == list(wholes.TASKS.values())
    verify_trail()
    answer = WholeVerified.objects.get(of=Whole.TRAIL)
    assert "every sealed entry is as it was sealed" in answer.says
    as_owner.execute("UPDATE audit_event SET reason = 'another' WHERE table_name = 'accounts_site'")
    ask_to_verify(Whole.TRAIL, SETUP)
    verify_trail()
    last = WholeVerified.objects.filter(of=Whole.TRAIL).latest("id")
    assert (last.fault_count, last.asked_by) == (1, SETUP.name)
    assert "the row was altered" in last.faults[0]


def test_two_who_ask_at_once_ask_for_one(db, sent):
    ask_to_verify(Whole.TRAIL, SETUP)
    with pytest.raises(VerificationUnderWay):
        ask_to_verify(Whole.TRAIL, SETUP)
    ask_to_verify(Whole.FIGURES, SETUP)


def test_nobody_asked_so_nothing_is_verified(db):
    assert carry_out(Whole.TRAIL, lambda: pytest.fail("nobody asked")) is None


def test_what_a_killed_worker_left_is_taken_up_again(db, sent):
    verification = ask_to_verify(Whole.TRAIL, SETUP)
    go_on_verifying()
    assert sent == ["audit.tasks.verify_trail"]
    with pytest.raises(RuntimeError):
        carry_out(Whole.TRAIL, killed)
    go_on_verifying()
    assert sent == ["audit.tasks.verify_trail"]
    with acting(SETUP):
        WholeVerified.objects.filter(pk=verification.pk).update(begun_at=timezone.now() - timedelta(hours=1))
    go_on_verifying()
    assert sent == ["audit.tasks.verify_trail"] * 2
    ended = carry_out(Whole.TRAIL, lambda: Answer(3, "Three entries.", ["x"] * 500))
    assert (ended.fault_count, len(ended.faults), ended.entries) == (500, wholes.MOST_NAMED, 3)


def killed():
    raise RuntimeError


def test_the_auditor_verifies_from_the_page(db, client, sent):
    trial = Trial()
    client.force_login(trial.auditor)
    assert "Last verified" in client.get("/trail/seal/").content.decode()
    client.post("/trail/seal/verify/trail/")
    again = client.post("/trail/seal/verify/trail/", follow=True).content.decode()
    assert "being verified already" in again
    assert "waiting for the worker" in again
    verify_trail()
    page = client.get("/trail/seal/verified/").content.decode()
    assert "every sealed entry is as it was sealed" in page
    assert f"requested by {trial.auditor.username}" in page
    assert client.post("/trail/seal/verify/nothing/").status_code == 404
