"""After a restore the database has a new history: a moment is looked for in the one that it belongs to."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backups.sealed import SealRefused
from backups.server import moment_of
from backups.store import Archived, Base, History, Store

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def history(store: Store, timeline: int, bases: list[int], until: int) -> History:
    """A history with base backups that were finished at these minutes after noon, archived until another."""
    made = store.history("7713702132942320060", timeline)
    made.prepare()
    for minute in bases:
        made.describe(base(timeline, minute))
    made.note_archived(Archived(at(until).isoformat(), "0/3000000"))
    return made


def base(timeline: int, minute: int) -> Base:
    finished = at(minute)
    return Base(
        name=f"base-{finished:%Y%m%dT%H%M%SZ}",
        taken_at=(finished - timedelta(seconds=20)).isoformat(),
        finished_at=finished.isoformat(),
        system="7713702132942320060",
        timeline=timeline,
        server="18.6",
        segment_bytes=1 << 24,
        first_segment=f"{timeline:08X}0000000000000002",
        bytes=1,
        key_id="0" * 16,
        keys={},
    )


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Backed up at noon and half past, put back at one o'clock, backed up again five minutes later."""
    store = Store(tmp_path)
    history(store, 1, [0, 30], until=60)
    history(store, 2, [65], until=120)
    return store


@pytest.mark.parametrize(
    ("minute", "timeline", "taken"), [(10, 1, 0), (30, 1, 30), (59, 1, 30), (60, 1, 30), (65, 2, 65), (120, 2, 65)]
)
def test_a_moment_is_restored_from_the_last_backup_before_it(
    store: Store, minute: int, timeline: int, taken: int
) -> None:
    its_history, backup = store.before(at(minute))
    assert (its_history.timeline, backup.finished) == (timeline, at(taken))


@pytest.mark.parametrize("minute", [-1, 61, 64, 121])
def test_a_moment_in_none_of_them_is_refused_with_both_spans(store: Store, minute: int) -> None:
    with pytest.raises(SealRefused) as refusal:
        store.before(at(minute))
    words = str(refusal.value)
    assert "from 2026-11-29 12:00:00 to 2026-11-29 13:00:00 UTC" in words
    assert "from 2026-11-29 13:05:00 to 2026-11-29 14:00:00 UTC" in words


def test_the_end_is_that_of_the_newest(store: Store) -> None:
    newest, _ = store.newest()
    assert newest.timeline == 2


def test_what_was_cut_short_is_no_backup(store: Store) -> None:
    folder = store.history("7713702132942320060", 2).folder
    (folder / "base-20261129T135500Z.backup.new").touch()
    (folder / "base-20261129T135500Z.backup").touch()
    assert store.newest()[1].finished == at(65)


def test_a_segment_is_taken_whole_where_it_is_whole(store: Store) -> None:
    newest, _ = store.newest()
    for name in ("000000020000000000000002", "000000020000000000000003.partial", "000000020000000000000002.partial"):
        (newest.wal / name).touch()
    names = [path.name for path in newest.segments("000000020000000000000002")]
    assert names == ["000000020000000000000002", "000000020000000000000003.partial"]


def test_what_no_later_moment_needs_is_deleted_and_nothing_else(store: Store) -> None:
    kept = history(store, 3, [0, 30, 60], until=90)
    for minute in (0, 30, 60):
        kept.file_of(base(3, minute)).touch()
        described = base(3, minute)
        kept.describe(replace(described, first_segment=f"{3:08X}{minute + 2:016X}"))
    for number in (2, 31, 32, 33, 62):
        (kept.wal / f"{3:08X}{number:016X}").touch()
    (kept.wal / f"{3:08X}{63:016X}.partial").touch()
    assert kept.forget(at(0)) == []
    assert [backup.finished for backup in kept.forget(at(59))] == [at(0)]
    assert [backup.finished for backup in kept.bases()] == [at(30), at(60)]
    assert not kept.file_of(base(3, 0)).exists() and kept.file_of(base(3, 30)).exists()
    left = sorted(int(path.name.removesuffix(".partial")[8:], 16) for path in kept.wal.iterdir())
    assert left == [32, 33, 62, 63]
    assert store.before(at(59))[1].finished == at(30)
    # However old it is, the last one stays.
    assert [backup.finished for backup in kept.forget(at(9999))] == [at(30)]
    assert [backup.finished for backup in kept.bases()] == [at(60)]


@pytest.mark.parametrize("text", ["2026-11-29 12:00:00", "2026-11-29T12:00:00Z", "2026-11-29 13:00:00+01:00"])
def test_a_moment_without_a_zone_is_utc(text: str) -> None:
    assert moment_of(text) == NOON


def test_a_backup_says_by_which_release_it_was_taken_and_one_from_before_is_read(tmp_path: Path) -> None:
    made = history(Store(tmp_path), 1, [], until=60)
    made.describe(replace(base(1, 0), release="1.2.3"))
    earlier = made.folder / f"{base(1, 30).name}.json"
    content = asdict(base(1, 30))
    del content["release"]
    earlier.write_text(json.dumps(content))
    assert [known.release for known in made.bases()] == ["1.2.3", ""]
