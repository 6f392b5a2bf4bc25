"""A process that dies is started again; what an earlier run left is found and stopped; a port is asked for first."""

import os
import signal
import socket
import stat
import sys
import time
from pathlib import Path

import pytest

from embedded.leftovers import remember, stop_leftovers
from embedded.places import CannotStart, Places
from embedded.process import Process
from embedded.supervisor import check_port, only_one, running_supervisor
from tests.programs import free_port

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
FAIL = (sys.executable, "-c", "print('no such table'); raise SystemExit(3)")
DEAF = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
)


def tend_until(process: Process, words: str) -> str:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if (sentence := process.tend()) and words in sentence:
            return sentence
        time.sleep(0.02)
    raise AssertionError(f"{process.name} never said {words!r}")


@pytest.mark.requirement("EMA 2023 security")
def test_a_log_is_readable_by_its_owner_alone_also_one_of_before(tmp_path: Path) -> None:
    before = tmp_path / "worker.log"
    before.write_text("an earlier line\n")
    before.chmod(0o644)
    for log in (before, tmp_path / "web.log"):
        process = Process("part", [sys.executable, "-c", "print('up')"], log)
        process.start()
        assert process.child is not None
        process.child.wait(30)
        assert stat.S_IMODE(log.stat().st_mode) == 0o600
        assert log.read_text().endswith("up\n")
    assert before.read_text().startswith("an earlier line")


def test_a_killed_process_is_started_again_and_said_so(tmp_path: Path) -> None:
    process = Process("worker", SLEEP, tmp_path / "log")
    process.start()
    first = process.pid
    os.kill(first, signal.SIGKILL)
    assert "worker ended (signal 9)" in tend_until(process, "ended")
    tend_until(process, "started again")
    assert process.running
    assert process.pid != first
    process.stop()


def test_a_process_that_dies_at_once_is_started_less_and_less_often(tmp_path: Path) -> None:
    process = Process("worker", FAIL, tmp_path / "log")
    process.start()
    sentences = [tend_until(process, "ended") for _ in range(3)]
    assert [" in 0.5 s" in sentences[0], " in 1 s" in sentences[1], " in 2 s" in sentences[2]] == [True] * 3
    assert "exit code 3" in sentences[0]
    assert "no such table" in process.last_lines()


def test_a_process_that_refuses_to_start_is_not_started_again_and_says_why(tmp_path: Path) -> None:
    refusal = "import os, sys; print('The file is of another trial.'); sys.exit(os.EX_CONFIG)"
    process = Process("worker", [sys.executable, "-c", refusal], tmp_path / "log")
    process.start()
    assert process.child is not None
    process.child.wait(20)
    assert process.tend() == (
        "worker refuses to start: put it right, stop and start all. The file is of another trial."
    )
    assert process.tend() is None
    assert process.due is None


def test_a_process_that_does_not_heed_the_signal_is_killed(tmp_path: Path) -> None:
    process = Process("web", DEAF, tmp_path / "log", patience=0.3)
    process.start()
    while "up" not in process.last_lines():
        time.sleep(0.02)
    process.stop()
    assert not process.running


def test_what_an_earlier_run_left_is_stopped(tmp_path: Path) -> None:
    process = Process("web", SLEEP, tmp_path / "log")
    process.start()
    remember(tmp_path / "processes.json", [process])
    assert stop_leftovers(tmp_path / "processes.json") == [f"web ({process.pid})"]
    assert not process.running
    assert not (tmp_path / "processes.json").exists()


def test_a_process_id_that_now_belongs_to_another_is_left_alone(tmp_path: Path) -> None:
    process = Process("web", SLEEP, tmp_path / "log")
    process.start()
    record = tmp_path / "processes.json"
    remember(record, [process])
    record.write_text(record.read_text().replace(str(process.born), str(process.born - 1000)))
    assert stop_leftovers(record) == []
    assert process.running
    process.stop()


def test_a_taken_port_is_named_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"Port {port} is taken.*make run PORT={port + 1}"):
            check_port(port)


def test_a_free_port_is_accepted() -> None:
    port = free_port()
    check_port(port)
    assert port


def test_a_second_start_says_where_the_first_one_answers(tmp_path: Path) -> None:
    places = Places(tmp_path)
    with only_one(places, "http://127.0.0.1:8000"):
        with (
            pytest.raises(CannotStart, match=r"running already\. It answers at http://127\.0\.0\.1:8000"),
            only_one(places, ""),
        ):
            pass
        assert running_supervisor(places) == os.getpid()
    assert running_supervisor(places) is None
