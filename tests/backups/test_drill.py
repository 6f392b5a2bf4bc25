"""The drill: saved, backed up, saved again, and restored to the second between, on servers of its own."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backups import restoring
from backups.__main__ import main
from backups.recovery import Scratch, throw_away
from backups.restoring import check, restore, source_of
from backups.sealed import Key, SealRefused
from embedded.places import PROJECT, RELEASE
from tests.backups.conftest import Backups, ask
from trialsite.last_backup import LastBackup

WITHOUT_VERIFYING = ()
LOOK = """
    SELECT (SELECT array_agg(id) FROM cohorts_subject WHERE id = ANY(%(subjects)s)),
           (SELECT count(*) FROM accounts_session),
           (SELECT count(*) FROM accounts_apitoken),
           (SELECT bool_and(session_epoch = 1 + (%(epochs)s::jsonb ->> username)::int) FROM accounts_user),
           (SELECT password_link_issued_at FROM accounts_user WHERE username = 'sven'),
           (SELECT count(*) FROM audit_event WHERE reason = %(reason)s)
"""


@pytest.fixture
def target(backups: Backups) -> Iterator[Path]:
    yield backups.folder / "restored" / "data"
    shutil.rmtree(backups.folder / "restored", ignore_errors=True)


@pytest.fixture
def output() -> list[str]:
    return []


def work() -> Any:
    """A trial with a signed form and a sealed trail, a token and a link."""
    from accounts.services import create_token, issue_password_link
    from audit.sealing import seal_trail
    from signature.signing import sign_forms
    from tests.cast import SETUP, Trial, actor

    trial = Trial()
    subject = trial.subject()
    form = trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    by = actor(trial.investigator, "investigator")
    sign_forms(seen={form.pk: form.version}, signed_by=trial.investigator, by=by)
    create_token(user=trial.data_manager, scope="read", by=actor(trial.data_manager, "data_manager"))
    issue_password_link(user=trial.sponsor, by=SETUP)
    seal_trail()
    return trial


@pytest.mark.requirement("EMA 2023 loss of data", "21 CFR 11.10(c)")
def test_a_restore_to_a_second_has_what_was_saved_before_it_and_nothing_after(
    backups: Backups, target: Path, output: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from accounts.models import Session, User

    _, base = backups.take()
    trial = work()
    Session.objects.create(session_key="kept", session_data="x", expire_date="2099-01-01T00:00Z")
    first = trial.subject()
    backups.flush()
    second = backups.next_second()
    later = trial.subject()
    before = backups.server.counts()
    backups.archive()

    # What was archived is everything: restored elsewhere, it verifies and has as many rows in every table.
    whole = check(
        source_of(backups.store, [backups.key], None), backups.server, scratch(backups), before, output.append
    )
    assert whole.faults == []
    assert whole.counts == before == backups.server.counts()

    issued = User.objects.get(username="sven").password_link_issued_at
    epochs = dict(User.objects.values_list("username", "session_epoch"))
    monkeypatch.setenv("SUPERUSER_PASSWORD", "another-password-of-the-superuser")
    restored = restore(source_of(backups.store, [backups.key], second), target, output.append, anyway=False)
    assert restored.faults == []
    assert restored.last_commit is not None and restored.last_commit <= second
    assert any(re.match(r"1 signatures?: 1 hold", line) for line in output)
    assert any("Every sealed entry is as it was sealed" in line for line in output)
    reason = f"restored from the backup {base.name} up to {second:%Y-%m-%d %H:%M:%S} UTC"
    question = {"subjects": [first.pk, later.pk], "epochs": json.dumps(epochs), "reason": reason}
    answered = ask(target, LOOK, question)
    subjects, sessions, tokens, ended, link, noted = answered[0]
    assert subjects == [first.pk]
    assert (sessions, tokens, ended) == (0, 0, True)
    assert link > issued
    assert noted > 0


def scratch(backups: Backups) -> Scratch:
    return Scratch(backups.folder / "scratch")


def test_a_restore_refuses_a_changed_backup_and_another_key_and_changes_nothing(
    backups: Backups, target: Path, output: list[str]
) -> None:
    history, base = backups.take()
    backups.archive()
    source = source_of(backups.store, [backups.key], None)
    other = Key.of("HGFEDCBAzyxwvutsrqponmlkjihgfedcba9876543210")
    with pytest.raises(
        SealRefused, match=f"encrypted with the backup key {backups.key.id}; BACKUP_KEYS holds {other.id}"
    ):
        restore(source_of(backups.store, [other], None), target, output.append, anyway=True)
    path = history.file_of(base)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(SealRefused, match="is damaged or was changed"):
        restore(source, target, output.append, anyway=True)
    assert not target.exists() and not target.with_name("data-restoring").exists()


def test_a_log_with_a_missing_file_or_a_changed_one_is_refused(
    backups: Backups, target: Path, output: list[str]
) -> None:
    history, base = backups.take()
    backups.archive()
    last = history.segments(base.first_segment)[-1]
    kept = last.read_bytes()
    last.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    source = source_of(backups.store, [backups.key], None)
    with pytest.raises(SealRefused, match=f"{last.name} is damaged or was changed"):
        restore(source, target, output.append, anyway=True)
    last.unlink()
    with pytest.raises(SealRefused, match="The archive of the log has gaps"):
        restore(source, target, output.append, anyway=True)
    assert not target.exists()


def test_a_backup_with_other_rows_than_the_database_does_not_pass_its_check(
    backups: Backups, output: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "VERIFIED_BY", WITHOUT_VERIFYING)
    backups.take()
    backups.archive()
    from tests.cast import Trial

    Trial()
    before = backups.server.counts()
    checked = check(
        source_of(backups.store, [backups.key], None), backups.server, scratch(backups), before, output.append
    )
    throw_away(scratch(backups))
    assert "accounts_user has 0 rows in the backup, 8 in the database" in checked.faults


def test_a_backup_whose_trail_does_not_verify_is_restored_only_where_that_is_said(
    backups: Backups, target: Path, output: list[str]
) -> None:
    from audit.sealing import seal_trail
    from tests.cast import Trial

    Trial()
    seal_trail()
    with backups.database.connect("edc") as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE audit_event SET reason = 'forged' WHERE id = (SELECT min(id) FROM audit_event)")
    backups.take()
    backups.archive()
    source = source_of(backups.store, [backups.key], None)
    with pytest.raises(SealRefused, match=r"the trail is not what was sealed(.|\n)*Nothing was changed"):
        restore(source, target, output.append, anyway=False)
    assert not target.exists()


def test_a_moment_that_no_backup_reaches_is_refused_with_those_that_can_be_had(backups: Backups) -> None:
    _, base = backups.take()
    archived = backups.archive()
    span = f"from {base.finished:%Y-%m-%d %H:%M:%S} to {archived.moment:%Y-%m-%d %H:%M:%S} UTC"
    for moment in (base.finished - timedelta(hours=1), archived.moment + timedelta(seconds=1)):
        with pytest.raises(SealRefused) as refusal:
            source_of(backups.store, [backups.key], moment)
        assert f"No backup reaches {moment:%Y-%m-%d %H:%M:%S} UTC" in str(refusal.value)
        assert span in str(refusal.value)


def test_a_folder_that_holds_something_is_not_written_over(backups: Backups, target: Path, output: list[str]) -> None:
    backups.take()
    target.mkdir(parents=True)
    (target / "records").touch()
    with pytest.raises(SealRefused, match="is not empty"):
        restore(source_of(backups.store, [backups.key], None), target, output.append, anyway=True)


def test_the_command_tells_an_operator_what_is_wrong_and_nothing_of_a_key(
    backups: Backups, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in backups.environment.items():
        monkeypatch.setenv(name, value)
    assert main(["status"]) == 1
    assert "take one first" in capsys.readouterr().err
    assert main(["take", "--no-check"]) == 0
    output = capsys.readouterr().out
    assert backups.key.id in output and "TRAIL_SEAL_KEYS" in output
    assert backups.database.secrets.backup_key not in output
    seen = LastBackup(backups.folder / "status")
    assert seen.taken is not None and seen.archived_until is not None and seen.checked is None
    assert seen.bytes == backups.store.newest()[1].bytes
    assert main(["status", "--max-age", "60"]) == 0
    assert f"release {RELEASE}, key" in capsys.readouterr().out
    assert main(["status", "--max-age", "0"]) == 1
    assert main(["restore", "--to", "yesterday", "--into", str(backups.folder / "x")]) == 1
    assert "'yesterday' is not a date and time" in capsys.readouterr().err
    monkeypatch.delenv("BACKUP_KEYS")
    assert main(["status"]) == 1
    assert "BACKUP_KEYS is not set" in capsys.readouterr().err


def test_nothing_readable_and_no_password_is_in_the_backup(backups: Backups) -> None:
    work()
    history, _ = backups.take()
    backups.archive()
    everything = b"".join(path.read_bytes() for path in history.folder.rglob("*") if path.is_file())
    assert b"North Hospital" not in everything and b"PostgreSQL" not in everything
    secrets = backups.database.secrets
    for secret in (secrets.superuser, secrets.owner, secrets.application, secrets.backup, secrets.backup_key):
        assert secret.encode() not in everything


def test_the_role_of_the_backup_may_read_and_never_write(backups: Backups) -> None:
    import psycopg

    with backups.server.connect() as connection:
        assert connection.execute("SELECT count(*) FROM audit_event").fetchone() is not None
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM accounts_session")


def test_every_key_of_the_settings_is_among_those_that_a_restore_needs() -> None:
    from backups.keys import NEEDED
    from tests.setup.test_deployment import names_that_settings_read

    keys = {name for name in names_that_settings_read() if name.endswith(("_KEY", "_KEYS"))}
    assert keys and keys <= NEEDED.keys()


def test_the_module_is_a_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "backups", "--help"], cwd=PROJECT, capture_output=True, text=True, env=os.environ.copy()
    )
    assert done.returncode == 0 and "restore" in done.stdout
