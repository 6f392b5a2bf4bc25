"""A program that was started by itself finds the installation that it belongs to, or says what to name."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from embedded.installation import Installation, kept_settings
from embedded.passwords import secrets_of
from embedded.places import PROJECT, CannotStart, Places
from embedded.run import chosen_for
from manage import choose_installation
from tests.activation.installed import Installed
from trialsite.installation import environment_file

Running = Callable[[str], Path]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Makes a folder as an installation that runs has it: with its addresses, and its lock held."""
    held = []

    def begin(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "environment").write_text("DATABASE_URL=postgresql:///x\n")
        held.append((folder / "lock").open("w"))
        fcntl.flock(held[-1], fcntl.LOCK_EX)
        return folder

    yield begin
    for lock in held:
        lock.close()


def test_the_only_one_that_runs_is_found_without_a_name(tmp_path: Path, running: Running) -> None:
    assert environment_file(tmp_path) is None
    assert environment_file(tmp_path, "") is None
    folder = running("osimertinib")
    assert environment_file(tmp_path) == environment_file(tmp_path, "osimertinib") == folder / "environment"


def test_of_several_one_must_be_named(tmp_path: Path, running: Running) -> None:
    running("run")
    other = running("osimertinib")
    with pytest.raises(ImproperlyConfigured, match=r"Running here: osimertinib, run\. Say which is meant"):
        environment_file(tmp_path)
    assert environment_file(tmp_path, "osimertinib") == other / "environment"


def test_one_that_does_not_run_is_named_with_how_to_start_it(tmp_path: Path, running: Running) -> None:
    running("run")
    with pytest.raises(ImproperlyConfigured, match=r"The installation other is not running\..*make run TRIAL=other"):
        environment_file(tmp_path, "other")


def test_what_a_killed_one_left_is_not_taken_for_one_that_runs(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    for name in ("environment", "lock"):
        (tmp_path / "run" / name).write_text("")
    assert environment_file(tmp_path) is None


@pytest.mark.parametrize("option", [["--installation", "b"], ["--installation=b"]])
def test_the_option_goes_before_the_environment_and_is_taken_from_the_command(
    option: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INSTALLATION", "a")
    monkeypatch.setenv("DATABASE_URL", "postgresql:///a")
    assert choose_installation(["manage.py", *option, "check"]) == ["manage.py", "check"]
    assert os.environ["INSTALLATION"] == "b"
    assert "DATABASE_URL" not in os.environ


def test_an_empty_trial_keeps_its_protocol_file_and_is_not_called_invented(tmp_path: Path) -> None:
    places = Places(tmp_path)
    chosen = chosen_for("osimertinib", True, {"PROTOCOL_FILE": "trial.toml"})
    assert chosen == {"SYNTHETIC_DATA": "false", "PROTOCOL_FILE": str(Path("trial.toml").absolute())}
    Installation(places, secrets_of(places.secrets), None, None, chosen).keep_settings()
    assert kept_settings(places) == chosen
    assert kept_settings(places) | chosen_for("osimertinib", True, {}) == chosen


@pytest.mark.parametrize("name", ["run", "real", "static", "../x", "a b", ""])
def test_a_name_that_is_no_folder_of_its_own_is_refused(name: str) -> None:
    with pytest.raises(CannotStart, match="cannot be the name of a trial"):
        chosen_for(name, True, {})


TRIAL = "protocol/nct00426556.toml"


@pytest.fixture
def manage(tmp_path: Path) -> Iterator[Callable[..., "subprocess.CompletedProcess[str]"]]:
    """A command as typed in a terminal of its own, beside installations that run and one that was killed."""
    beside = Installed("terminal", tmp_path / "log", tmp_path)
    made: list[tuple[Path, Any]] = []

    def run(*words: str, running: tuple[str, ...] = (), killed: str = "") -> "subprocess.CompletedProcess[str]":
        for name in (*running, killed):
            if name:
                folder = PROJECT / "var" / f"test-{name}-{os.getpid()}"
                folder.mkdir(parents=True)
                (folder / "environment").write_text(f"DATABASE_URL=postgresql:///none\nINSTALLATION={folder.name}\n")
                made.append((folder, (folder / "lock").open("w")))
                if name != killed:
                    fcntl.flock(made[-1][1], fcntl.LOCK_EX)
        return beside.run([".venv/bin/python", "manage.py", *words])

    yield run
    for folder, lock in made:
        lock.close()
        shutil.rmtree(folder)


def test_of_two_that_run_a_command_says_what_to_name_and_does_nothing(manage: Any) -> None:
    ended = manage("verify_trail", running=("a", "b"))
    assert ended.returncode == 1
    assert f"test-a-{os.getpid()}" in ended.stderr
    assert "Say which is meant: manage.py --installation NAME, or INSTALLATION=NAME." in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_command_about_a_file_asks_for_no_installation(manage: Any) -> None:
    ended = manage("check_protocol", TRIAL, running=("a", "b"))
    assert ended.returncode == 0, ended.stderr
    assert "no fault" in ended.stdout
    assert manage("check_protocol").returncode == 1


def test_a_name_that_does_not_run_is_told_with_those_that_do(manage: Any) -> None:
    ended = manage("verify_trail", "--installation", "lost", running=("a",), killed="dead")
    assert ended.returncode == 1
    assert "The installation lost is not running." in ended.stderr
    assert f"test-a-{os.getpid()}" in ended.stderr
    assert f"test-dead-{os.getpid()}" not in ended.stderr


def test_the_one_that_runs_is_named_before_anything_is_done(manage: Any) -> None:
    """Its database is none of a server that answers: what the command then says is not asked for here."""
    name = f"test-a-{os.getpid()}"
    ended = manage("check_protocol", TRIAL, "--installation", name, running=("a",), killed="dead")
    assert ended.stderr.splitlines()[0] == f"Installation {name}, in var/{name}."
