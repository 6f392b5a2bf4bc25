"""A program that was started by itself finds the installation that it belongs to, or says what to name."""

import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from embedded.installation import settings_of
from embedded.places import CannotStart, Places
from embedded.run import chosen_for
from manage import choose_installation
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
    assert settings_of(places, chosen) == chosen
    assert settings_of(places, chosen_for("osimertinib", True, {})) == chosen
    assert settings_of(places, {"PROTOCOL_FILE": "/other.toml"})["PROTOCOL_FILE"] == "/other.toml"


@pytest.mark.parametrize("name", ["run", "real", "static", "../x", "a b", ""])
def test_a_name_that_is_no_folder_of_its_own_is_refused(name: str) -> None:
    with pytest.raises(CannotStart, match="cannot be the name of a trial"):
        chosen_for(name, True, {})
