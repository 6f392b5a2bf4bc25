"""The status page and /health/ tell of the last backup what `python -m backups` noted; what nobody knows is unknown."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from backups.notes import FOLDER, BackupNotes
from backups.store import Archived, Base
from tests.cast import Trial

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def now() -> None:
    """The hour of the test: a file of tests may be read long before it is run."""
    global NOW
    NOW = datetime.now(UTC)


def base(taken: datetime) -> Base:
    at = taken.isoformat()
    return Base(f"base-{taken:%Y%m%dT%H%M%SZ}", at, at, "7", 1, "18", 16 << 20, "0" * 24, 23_000_000, "key", {})


@pytest.fixture
def notes(tmp_path: Path, settings: Any) -> BackupNotes:
    settings.STATUS_OF_BACKUPS = str(tmp_path / "status")
    return BackupNotes(tmp_path / "status")


@pytest.fixture
def page(db: None, client: Client) -> Iterator[Any]:
    client.force_login(Trial().administrator)

    def shown() -> str:
        text = " ".join(client.get("/status/").content.decode().split())
        return text.partition("Last backup</th>")[2].partition("</tr>")[0]

    return shown


def health(client: Client) -> dict[str, Any]:
    return {name: value for name, value in client.get("/health/").json().items() if name.startswith("backup")}


def test_none_was_ever_taken(page: Any, notes: BackupNotes, client: Client) -> None:
    assert "No backup was ever taken." in page()
    assert health(client) == {"backup": "no backup was ever taken"}


def test_nobody_said_where_to_look(page: Any, settings: Any, client: Client) -> None:
    settings.STATUS_OF_BACKUPS = ""
    assert "unknown" in page() and "No backup was ever taken" not in page()
    assert health(client) == {"backup": "unknown"}


def test_its_time_its_age_and_that_it_was_not_checked(page: Any, notes: BackupNotes, client: Client) -> None:
    notes.taken(base(taken := NOW - timedelta(hours=5)))
    words = page()
    assert f"Taken {taken:%-d %b %Y %H:%M:%S} UTC, 5\xa0hours" in words.replace("5 hours", "5\xa0hours")
    assert "No backup was ever checked." in words and "not archived" in words
    assert "not checked </td>" in words
    notes.archived(Archived(NOW.isoformat(), "0/1"))
    assert f"is archived until {NOW:%-d %b %Y %H:%M:%S} UTC" in page()
    assert health(client)["backup"] == "ok"
    assert 5 * 3600 <= health(client)["backup_age_s"] < 5 * 3600 + 600


def test_whether_it_was_the_last_one_that_was_checked_and_what_that_found(
    page: Any, notes: BackupNotes, client: Client
) -> None:
    notes.taken(first := base(NOW - timedelta(days=1)))
    notes.checked(first, 0)
    assert "restored elsewhere and verified, no fault" in page()
    notes.taken(last := base(NOW))
    assert "Not checked; the last check, of an earlier one, was" in page()
    notes.checked(last, 2)
    assert "<strong>2 faults</strong>" in page()
    assert health(client)["backup"] == "the last check found faults"


def test_a_log_that_is_no_longer_archived_is_late(page: Any, notes: BackupNotes, client: Client) -> None:
    notes.taken(base(NOW - timedelta(hours=1)))
    notes.archived(Archived((NOW - timedelta(minutes=11)).isoformat(), "0/1"))
    assert "<strong>late</strong>" in page()
    assert health(client)["backup"] == "late"


def test_a_note_that_cannot_be_read_breaks_no_page(page: Any, notes: BackupNotes, client: Client) -> None:
    notes.taken(base(NOW))
    assert notes.folder is not None
    (notes.folder / "taken.json").write_text("{")
    assert "cannot be read" in page()
    assert health(client) == {"backup": "unknown: its note cannot be read"}


def test_a_backup_that_cannot_be_told_of_is_one_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setitem(os.environ, FOLDER, str(tmp_path / "file"))
    BackupNotes.of_the_environment().taken(base(NOW))
    assert "The status page cannot be told of it" in capsys.readouterr().err
    monkeypatch.delitem(os.environ, FOLDER)
    BackupNotes.of_the_environment().taken(base(NOW))
