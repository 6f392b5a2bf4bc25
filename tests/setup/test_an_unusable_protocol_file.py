"""With a protocol file that cannot be used nothing starts half: each program ends and says which line is wrong."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.actor import SYSTEM, acting_as_owner
from cohorts.services import register_protocol
from embedded.places import PROJECT
from embedded.run import web_command
from in_force.models import InForce
from in_force.services import put_in_force
from protocol import load
from tests.activation.installed import Installed
from trialsite import health, starting

TRIAL = PROJECT / "protocol/nct00426556.toml"
TEXT = TRIAL.read_text()
UNIT = 'label = "Haemoglobin"\nkind = "number"\nunit = "g/dL"'
# By what is wrong with the file: how it is made (None: there is none), and what is said of it.
FAULTS: dict[str, tuple[str | bytes | None, str]] = {
    "missing": (None, "cannot be read: No such file or directory"),
    "a folder": ("folder", "cannot be read: Is a directory"),
    "a link to itself": ("link", "cannot be read: Too many levels of symbolic links"),
    "empty": ("", "code: missing"),
    "of another encoding": (TEXT.encode("utf-16"), "is not UTF-8 text: byte 0"),
    "cut off": (TEXT[: TEXT.index("[regimen]") + 20], "is not TOML"),
    "no TOML": (TEXT.replace("cycle_days = 28", "cycle_days == 28"), "line 111: is not TOML"),
    "with a wrong unit": (TEXT.replace(UNIT, UNIT.replace("g/dL", "g/L")), "not in g/L: 1 g/L is 0.1 g/dL"),
    "with an unknown form": (TEXT.replace('"vital_signs",', '"vital_sign",', 1), "Did you mean vital_signs?"),
    "with a key twice": (TEXT.replace("cycle_days = 28", "cycle_days = 28\ncycle_days = 28"), "line 112: is not TOML"),
    "a workbook": (b"PK\x03\x04\x14\x00\xff", "is not UTF-8 text"),
}
WRONG, LINE = "cycle_days = 2800", 111
PROGRAMS = {
    "site": ["-m", *web_command(1)],
    "worker": ["-m", "celery", "-A", "trialsite.celery", "worker", "--concurrency=1"],
    "clock": ["-m", "celery", "-A", "trialsite.celery", "beat", "--pidfile="],
    "command": ["manage.py", "verify_trail"],
    "setup": ["manage.py", "setup_database"],
}


@pytest.fixture
def unusable(tmp_path: Path) -> Path:
    text = TRIAL.read_text().replace("cycle_days = 28\n", f"{WRONG}\n")
    path = tmp_path / "trial.toml"
    path.write_text(text)
    assert text.splitlines()[LINE - 1] == WRONG
    return path


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_program_starts_and_each_names_file_line_key_and_what_is_believed(unusable: Path, program: str) -> None:
    environment = os.environ | {"PROTOCOL_FILE": str(unusable), "CELERY_BEAT_FILE": str(unusable.with_name("beat"))}
    command = [sys.executable, *PROGRAMS[program]]
    ended = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=90)
    output = ended.stderr + ended.stdout
    # Those that a supervisor starts again say that it would be in vain.
    assert ended.returncode == (1 if program in ("command", "setup") else os.EX_CONFIG), output
    assert str(unusable) in output
    assert "regimen.cycle_days: 2800 is taken for a slip; from 7 to 84 days are believed" in output
    assert f":{LINE}:" in output or f"line {LINE}:" in output
    assert "Traceback" not in output


@pytest.fixture(params=FAULTS)
def faulty(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """A file that cannot be used, and what is said of it."""
    content, words = FAULTS[request.param]
    path = tmp_path / "trial.toml"
    if content == "folder":
        path.mkdir()
    elif content == "link":
        path.symlink_to(path)
    elif isinstance(content, str):
        path.write_text(content)
    elif content is not None:
        path.write_bytes(content)
    return path, words


def test_neither_site_nor_worker_nor_clock_nor_command_takes_a_file_that_cannot_be_used(
    committed_db: None, settings: Any, client: Client, faulty: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("set_up_trial", verbosity=0)
    monkeypatch.setattr(health, "last_answer", health.HealthAnswer())
    settings.PROTOCOL_FILE, words = faulty
    with pytest.raises(ImproperlyConfigured) as refusal:
        starting.refuse_wrong_protocol()
    assert str(refusal.value).startswith(f"{faulty[0]} cannot be used as a protocol:")
    assert words in str(refusal.value)
    with pytest.raises(SystemExit) as ended:
        starting.or_end(starting.refuse_wrong_protocol)
    assert ended.value.code == os.EX_CONFIG
    with pytest.raises(CommandError, match="cannot be used as a protocol"):
        call_command("set_up_trial")
    [message] = starting.protocol_is_in_force(None)
    assert words in message.msg
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert answer.json()["protocol"] in (starting.UNSOUND, starting.NOT_IN_FORCE)


def test_an_installation_that_is_begun_with_such_a_file_starts_nothing_and_keeps_nothing_of_it(
    tmp_path: Path, static_files: Path
) -> None:
    installed = Installed("half", tmp_path / "terminal.log", static_files)
    try:
        installed.begin(["make", "run", f"TRIAL={installed.name}", f"PROTOCOL_FILE={tmp_path / 'none.toml'}"])
        assert installed.supervisor is not None
        assert installed.supervisor.child is not None
        assert installed.supervisor.child.wait(180) != 0
        log = installed.log.read_text()
        assert f"{tmp_path / 'none.toml'}: cannot be read: No such file or directory" in log
        assert "Traceback" not in log
        assert not installed.places.settings.exists()
        assert not installed.places.environment.exists()
        assert not installed.places.processes.exists()
    finally:
        installed.end()


def test_a_mark_before_the_text_is_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "trial.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TRIAL.read_bytes())
    assert load(path).code == "NCT00426556"


def test_an_installation_that_follows_an_older_file_is_brought_to_this_version(
    committed_db: None, settings: Any, tmp_path: Path
) -> None:
    """What a file that takes force must state, one that is in force already may lack."""
    older = tmp_path / "trial.toml"
    older.write_text(re.sub(r"\n\[history\]\n.*?(?=\n\[\[?(?!history))", "\n", TEXT, flags=re.DOTALL))
    settings.PROTOCOL_FILE = older
    with pytest.raises(CommandError, match="history"):
        call_command("check_protocol")
    call_command("check_protocol", in_force=True, verbosity=0)
    protocol = load(older)
    with acting_as_owner(SYSTEM, reason="as before"):
        register_protocol(protocol, using="owner")
        put_in_force(protocol, using="owner")
    call_command("setup_database", verbosity=0)
    assert InForce.objects.get().sha256 == protocol.sha256
