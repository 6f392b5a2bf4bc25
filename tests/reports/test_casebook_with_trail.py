"""All of one subject as one PDF: the casebook, and behind it each entry of the subject's trail."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.access import access_for
from audit.models import AccessEvent, Event
from cohorts.models import Subject
from reports import casebook_trail
from reports.casebook_copy import Copying, casebook_contents
from reports.casebook_trail import trail_of
from tests.cast import Trial
from tests.printed import sheets
from tests.review.conftest import as_user, statements

__all__ = ["as_user", "statements"]
pytestmark = pytest.mark.django_db
REASON = "the age was typed wrong, 57 → 54"


@pytest.fixture
def subject(trial: Trial) -> Subject:
    """Screened, and one item changed since."""
    trial.screen(subject := trial.subject())
    record = {"birth_date": "1953-05", "age": 55, "sex": "F", "race": "WHITE"}
    form = subject.forms.get(code="demography")
    trial.fill(subject, "demography", record, visit="SCR", case_form=form, reason=REASON)
    return Subject.objects.select_related("site", "enrolment__cohort").get(pk=subject.pk)


@pytest.fixture
def auditor(trial: Trial, as_user: Any) -> Client:
    client: Client = as_user(trial.auditor)
    return client


@pytest.mark.requirement("21 CFR 11.10(b)", "ICH E6(R3) 4.2.2", "FDA 2024 certified copies", "FDA 2024 inspection")
def test_every_entry_of_the_subject_stands_behind_its_casebook_the_oldest_first(trial: Trial, subject: Subject) -> None:
    trial.subject()
    copying = Copying(access_for(trial.auditor), trial.auditor, timezone.now())
    contents = casebook_contents(subject, copying, with_trail=True)
    keys = list(Event.objects.filter(subject_id=subject.pk).order_by("id").values_list("pk", flat=True))
    assert [int(entry["about"].rpartition(" ")[2]) for entry in contents["trail"]] == keys
    changes = [entry for entry in contents["trail"] if "54 → 55" in entry["words"]]
    [change] = [entry for entry in changes if entry["what"] == "Demography changed"]
    assert change["words"].endswith(f"\nReason: {REASON}")
    assert change["who"].startswith("carla (coordinator, by ")
    assert casebook_contents(subject, copying)["trail"] is None


def test_the_file_shows_it_and_the_log_says_that_it_was_taken(auditor: Client, subject: Subject) -> None:
    answer = auditor.get(f"/subjects/{subject.pk}/record.pdf")
    assert answer["Content-Type"] == "application/pdf"
    pages = sheets(answer.content)
    text = " ".join(" ".join((page.extract_text() or "").split()) for page in pages)
    assert "Audit trail" in text
    assert "Demography changed" in text
    assert "54 → 55" in text
    assert f"Reason: {REASON}" in text
    event = AccessEvent.objects.get(kind="export")
    assert event.detail == f"casebook of subject {subject} with its trail as PDF"
    assert event.size == len(answer.content)


def test_one_that_is_too_long_is_refused_with_the_way_out(
    auditor: Client, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(casebook_trail, "MOST", 5)
    answer = auditor.get(f"/subjects/{subject.pk}/record.pdf", follow=True)
    assert answer.redirect_chain == [(f"/subjects/{subject.pk}/", 302)]
    assert "more than 5 entries" in answer.content.decode()
    assert not AccessEvent.objects.filter(kind="export").exists()


def test_the_subject_s_page_offers_it_to_who_may_take_it(trial: Trial, subject: Subject, as_user: Any) -> None:
    address = f"/subjects/{subject.pk}/record.pdf"
    offered = {
        user.username: address in as_user(user).get(f"/subjects/{subject.pk}/").content.decode()
        for user in (trial.investigator, trial.coordinator, trial.monitor, trial.sponsor, trial.auditor)
    }
    assert offered == {"ines": True, "carla": False, "mona": False, "sven": False, "axel": True}


def test_many_entries_cost_the_statements_of_few(trial: Trial, subject: Subject, statements: Any) -> None:
    access = access_for(trial.auditor)
    new = trial.subject()
    few = statements(lambda: trail_of(new, access))
    assert len(trail_of(subject, access)) > 50
    assert statements(lambda: trail_of(subject, access)) <= few + 6
