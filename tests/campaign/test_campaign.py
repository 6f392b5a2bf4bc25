"""Each kind of fault once, in each run of the suite; `make campaign SEED=n KILLS=300` is a long campaign."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from embedded.places import PROJECT
from tests.campaign.faults import FAULTS
from tests.programs import free_port

# Its installation has servers and keys of its own.
OF_THIS_RUN = ("DATABASE_", "CELERY_", "SECRET_", "TRAIL_", "SESSION_", "FACTOR_")


@pytest.mark.requirement("21 CFR 11.10(a)", "EMA 2023 loss of data")
def test_no_acknowledged_act_is_lost_or_doubled_when_parts_are_killed_held_and_away(static_files: Path) -> None:
    command = [sys.executable, "-m", "tests.campaign", "--name", "campaign-test"]
    command += ["--kills", str(len(FAULTS)), "--port", str(free_port())]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OF_THIS_RUN)}
    environment["STATIC_ROOT"] = str(static_files)
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("0 wrong")
