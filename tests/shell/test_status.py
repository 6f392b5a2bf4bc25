"""The status page: whether the parts run, up to when all is sealed, how fresh the figures are, what was verified."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit import sealing
from audit.models import Whole
from audit.sealing import Unsealed, unsealed
from audit.wholes import ask_to_verify
from tests.cast import Trial, actor
from trialsite import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def looked_at_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "last_answer", health.HealthAnswer())
    monkeypatch.setattr(health, "broker_says", lambda: health.AWAY)


@pytest.mark.parametrize("who", ["auditor", "data_manager", "administrator"])
def test_it_says_of_each_part_how_it_is(trial: Trial, client: Any, who: str) -> None:
    ask_to_verify(Whole.TRAIL, actor(trial.auditor, "auditor"))
    client.force_login(getattr(trial, who))
    page = client.get("/status/")
    text = " ".join(page.content.decode().split())
    assert [(part.label.partition(" ")[0].strip(","), part.says) for part in page.context["parts"]] == [
        ("Database", "ok"),
        ("Protocol", "ok"),
        ("Broker", "does not answer"),
        ("Worker", "never seen"),
        ("Clock", "never seen"),
    ]
    assert text.count("<strong>not ok</strong>") == 3
    assert "Does not answer." in text
    assert "Not estimated yet" in text
    assert "waiting for the worker since" in text
    assert text.count("> never <") == len(Whole) - 1


def test_it_says_up_to_when_all_is_sealed_and_when_that_is_late(
    trial: Trial, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(trial.auditor)
    page = client.get("/status/")
    assert page.context["waiting"].entries > 5
    assert page.context["sealed_up_to"] == page.context["waiting"].since
    assert "<strong>late</strong>" not in page.content.decode()
    monkeypatch.setattr(sealing, "LATE_S", -1)
    assert "<strong>late</strong>" in client.get("/status/").content.decode()


def test_health_says_up_to_when_all_is_sealed_to_whoever_asks(
    trial: Trial, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entries are of sites, and to nobody who is not signed in is a site's entry shown: all of them count."""
    waiting = unsealed()
    assert waiting.since is not None
    sealed = client.get("/health/").json()
    assert (sealed["seal"], sealed["sealed_up_to"]) == ("ok", waiting.since.isoformat(timespec="seconds"))
    assert sealed["sealed_age_s"] >= 0
    monkeypatch.setattr(health, "last_answer", health.HealthAnswer())
    monkeypatch.setattr(health, "unsealed", lambda: Unsealed(3, timezone.now() - timedelta(seconds=121)))
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()["seal"], answer.json()["sealed_age_s"]) == (200, "late", 121)


def test_where_nothing_waits_all_is_sealed_up_to_now() -> None:
    assert (Unsealed(0, None).seconds, Unsealed(0, None).is_late) == (0, False)
    assert not Unsealed(1, timezone.now() - timedelta(seconds=60)).is_late
