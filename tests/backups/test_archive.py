"""The log is archived as it grows, by one program at a time, through restarts of either side."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from backups.archive import LOG_IS_LOST, archive_of
from backups.sealed import SealRefused
from backups.server import SLOT
from backups.store import number_at, number_of
from embedded.places import PROJECT
from embedded.process import Process
from tests.backups.conftest import Backups
from tests.programs import wait_until
from tests.servers import TestServers
from trialsite.last_backup import LastBackup


@pytest.fixture
def archiver(backups: Backups, tmp_path: Path) -> Iterator[Process]:
    command = [sys.executable, "-m", "backups", "archive", "--every", "0.2"]
    process = Process(
        "archive", command, tmp_path / "archive.log", {**os.environ, **backups.environment}, PROJECT, patience=20
    )
    process.start()
    yield process
    process.stop()


def archived_until(backups: Backups, process: Process, patience: float = 60) -> None:
    """Wait until the archive has everything that was saved before this was asked."""
    backups.flush()
    now = backups.server.now().moment
    wait_until(
        lambda: any((at := history.archived()) and at.moment > now for history in backups.store.histories()),
        process,
        patience,
    )


def test_the_program_takes_a_base_backup_by_itself_and_archives_what_follows(
    backups: Backups, archiver: Process
) -> None:
    archived_until(backups, archiver)
    # The status is told after the archive is, and the folder is looked at while nothing comes and goes in it.
    wait_until(lambda: LastBackup(backups.folder / "status").archived_until is not None, archiver)
    archiver.stop()
    history, base = backups.store.newest()
    archived = history.archived()
    assert archived is not None
    assert LastBackup(backups.folder / "status").taken == base.finished
    names = [path.name.removesuffix(".partial") for path in history.segments(base.first_segment)]
    numbers = [number_of(name, base.segment_bytes) for name in names]
    assert names[0] == base.first_segment
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert numbers[-1] >= number_at(archived.lsn, base.segment_bytes)


def test_a_full_segment_is_archived_once_and_leaves_the_spool(backups: Backups, archiver: Process) -> None:
    archived_until(backups, archiver)
    with backups.database.connect() as connection:
        # A segment in which nothing was written is not closed.
        connection.execute("SELECT pg_current_xact_id()")
        row = connection.execute("SELECT pg_walfile_name(pg_current_wal_insert_lsn())").fetchone()
        connection.execute("SELECT pg_switch_wal()")
    assert row is not None
    history, _ = backups.store.newest()
    # What receives the log closes a segment once it has the next one's beginning: something is written there.
    backups.flush()
    wait_until((history.wal / row[0]).exists, archiver, 60)
    wait_until(lambda: not (backups.spool / history.folder.name / row[0]).exists(), archiver, 60)
    assert not (history.wal / f"{row[0]}.partial").exists()


def test_it_goes_on_after_the_database_was_away(backups: Backups, archiver: Process, database: TestServers) -> None:
    archived_until(backups, archiver)
    database.stop_database()
    time.sleep(0.5)
    assert archiver.running
    database.start_database()
    archived_until(backups, archiver)
    assert len(backups.store.every_base()) == 1


def test_told_to_stop_it_archives_what_was_saved_until_then_and_leaves_nothing_running(
    backups: Backups, archiver: Process
) -> None:
    archived_until(backups, archiver)
    backups.flush()
    now = backups.server.now()
    archiver.stop()
    history, _ = backups.store.newest()
    archived = history.archived()
    assert archived is not None and archived.moment > now.moment
    with backups.server.connect() as connection:
        held = connection.execute("SELECT active FROM pg_replication_slots WHERE slot_name = %s", [SLOT]).fetchone()
    assert held == (False,)


def test_killed_it_leaves_nothing_running_and_the_next_goes_on_without_a_gap(
    backups: Backups, archiver: Process
) -> None:
    archived_until(backups, archiver)
    os.kill(archiver.pid, signal.SIGKILL)
    archiver.stop()
    left = [
        process for process in psutil.process_iter(["cmdline"]) if str(backups.spool) in str(process.info["cmdline"])
    ]
    assert left == []
    backups.flush()
    archiver.start()
    archived_until(backups, archiver)
    history, base = backups.store.newest()
    names = [path.name.removesuffix(".partial") for path in history.segments(base.first_segment)]
    numbers = [number_of(name, base.segment_bytes) for name in names]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert len(backups.store.every_base()) == 1


def test_a_backup_beside_the_program_waits_for_it(backups: Backups, archiver: Process) -> None:
    archived_until(backups, archiver)
    before = backups.server.now()
    assert backups.archive().moment >= before.moment


def test_a_log_that_the_server_threw_away_asks_for_a_new_base_backup(backups: Backups) -> None:
    backups.take()
    backups.forget()
    with pytest.raises(SealRefused, match=LOG_IS_LOST):
        archive_of(backups.server, backups.store, backups.spool, backups.key)
    backups.take()
    assert backups.archive()
    assert len(backups.store.every_base()) >= 1


def test_segments_are_numbered_as_the_server_numbers_them(backups: Backups) -> None:
    with backups.database.connect() as connection:
        for lsn in ("0/1", "0/1000001", "0/1FFFFFF", "1/1", "2A/FF000001"):
            row = connection.execute("SELECT pg_walfile_name(%s)", [lsn]).fetchone()
            assert row is not None
            assert number_of(row[0], 1 << 24) == number_at(lsn, 1 << 24), lsn
    # What ends where a segment ends needs no byte of the next.
    assert number_at("0/1000000", 1 << 24) == 0
