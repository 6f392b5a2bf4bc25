"""With a protocol file that cannot be used nothing starts half: each program ends and says which line is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from embedded.places import PROJECT

TRIAL = PROJECT / "protocol/nct00426556.toml"
WRONG, LINE = "cycle_days = 2800", 111
PROGRAMS = {
    "site": ["-c", "import trialsite.wsgi"],
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
    told = ended.stderr + ended.stdout
    # Those that a supervisor starts again say that it would be in vain.
    assert ended.returncode == (1 if program in ("command", "setup") else os.EX_CONFIG), told
    assert str(unusable) in told
    assert "regimen.cycle_days: 2800 is taken for a slip; from 7 to 84 days are believed" in told
    assert f":{LINE}:" in told or f"line {LINE}:" in told
    assert "Traceback" not in told
