"""`make acceptance` itself, of a few small tests: what its file says of a run that failed, broke off or chose."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from activation.acceptance import AcceptanceRun, against, read_run
from protocol import load
from tests import acceptance

TRIAL = Path("protocol/nct00426556.toml")
PASSES = "import pytest\n\n@pytest.mark.requirement('{}')\ndef test_{}():\n    assert {}\n"


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Any:
    """Runs the command with tests of one's own in place of the program's. Returns what it printed, how it ended and the
    file that it wrote."""
    codes = ["R1", "R2"]
    monkeypatch.setattr(acceptance, "FOLDER", tmp_path / "acceptance")
    monkeypatch.setattr(acceptance, "ROOT", tmp_path)
    monkeypatch.setattr(acceptance, "requirement_codes", lambda: codes)
    # As the tests of the program are found from its folder; these are of a folder of their own.
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    monkeypatch.setenv("PROTOCOL_FILE", str(TRIAL.absolute()))
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = requirement\naddopts = -p no:cacheprovider\n")

    def run(*arguments: str, **tests: str) -> tuple[str, str, AcceptanceRun | None]:
        for name, text in tests.items():
            (tmp_path / f"test_{name}.py").write_text(text)
        ended = ""
        try:
            acceptance.main(list(arguments))
        except SystemExit as refusal:
            ended = str(refusal)
        written = list((tmp_path / "acceptance").glob("acceptance-*.json"))
        return capfd.readouterr().out, ended, read_run(written[0].read_bytes()) if written else None

    return run


def test_a_run_of_all_is_written_with_its_hash_and_can_be_signed_off(ran: Any) -> None:
    output, ended, run = ran(a=PASSES.format("R1", "a", "1"), b=PASSES.format("R2", "b", "1"))
    assert ended == ""
    assert run.sha256 in output
    assert (run.passed, run.requirements, run.failed, run.bare) == (2, 2, (), ())
    assert against(run, load(TRIAL), run.ended) == []


def test_a_failed_test_is_named_and_the_run_cannot_be_signed_off(ran: Any) -> None:
    _, ended, run = ran(a=PASSES.format("R1", "a", "1"), b=PASSES.format("R2", "b", "0"))
    assert run.failed == ("test_b.py::test_b",)
    assert ended.splitlines()[0] == "It cannot be signed off:"
    assert "1 test failed: test_b.py::test_b." in ended
    assert "1 requirement is shown by no test: R2." in ended


def test_a_test_that_fails_after_it_passed_or_before_it_began_is_no_pass(ran: Any) -> None:
    fixture = "\n@pytest.fixture(autouse=True)\ndef around():\n    yield\n    raise OSError\n"
    skips = "import pytest\n\n@pytest.mark.requirement('R1')\n@pytest.mark.skip\ndef test_s():\n    pass\n"
    _, _, run = ran(a=PASSES.format("R1", "a", "1"), b=PASSES.format("R2", "b", "1") + fixture, s=skips)
    assert (run.passed, run.skipped, run.bare) == (1, 1, ("R2",))
    assert run.failed == ("test_b.py::test_b",)


def test_a_run_that_breaks_off_says_so_whatever_had_passed_until_then(ran: Any) -> None:
    stops = "import pytest\n\n@pytest.mark.requirement('R2')\ndef test_z():\n    raise KeyboardInterrupt\n"
    shown = PASSES.format("R1", "a", "1") + PASSES.format("R2", "b", "1")
    _, ended, run = ran(a=shown, z=stops)
    assert not run.is_whole
    assert (run.passed, run.bare, run.failed) == (2, (), ("test_z.py::test_z",))
    assert "The run was broken off before its end: run it again." in ended


def test_a_file_of_tests_that_cannot_be_read_breaks_the_run_off(ran: Any) -> None:
    _, ended, run = ran(a=PASSES.format("R1", "a", "1"), z="import nothing_of_that_name\n")
    assert not run.is_whole
    assert "The run was broken off before its end" in ended


def test_a_part_of_the_tests_is_told_as_one(ran: Any) -> None:
    tests = {"a": PASSES.format("R1", "a", "1"), "b": PASSES.format("R2", "b", "1"), "c": PASSES.format("R2", "c", "0")}
    _, ended, run = ran("-k", "not test_c", **tests)
    assert (run.selection, run.failed, run.bare) == ("-k not test_c", (), ())
    assert "It is of a part of the tests (-k not test_c): run it without ARGS." in ended


def test_nothing_in_the_environment_chooses_among_the_tests(ran: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k test_a")
    *_, run = ran(a=PASSES.format("R1", "a", "1"), b=PASSES.format("R2", "b", "0"))
    assert run.failed == ("test_b.py::test_b",)


def test_how_many_processes_share_the_tests_is_no_selection() -> None:
    assert acceptance.selection_of(["-n", "2", "--dist", "loadfile"]) == []
    assert acceptance.selection_of(["-n", "2", "--dist", "loadfile", "tests/safety", "-x"]) == ["tests/safety", "-x"]


def test_an_unsound_protocol_file_is_refused_before_any_test_is_run(ran: Any, monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setattr("django.conf.settings.PROTOCOL_FILE", tmp_path / "none.toml")
    _, ended, run = ran(a=PASSES.format("R1", "a", "1"))
    assert "none.toml cannot be used as a protocol:" in ended
    assert run is None


def test_the_tests_are_not_told_the_keys_of_an_installation_that_runs_here(
    ran: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What the settings read from var/NAME/environment comes after the copy that the tests get."""
    monkeypatch.delenv("TRAIL_SEAL_KEYS", raising=False)
    monkeypatch.setattr("django.setup", lambda: os.environ.__setitem__("TRAIL_SEAL_KEYS", "of an installation"))
    writes = "import os\n\nassert 'TRAIL_SEAL_KEYS' not in os.environ\n"
    _, ended, _ = ran(a=writes + PASSES.format("R1", "a", "1"), b=PASSES.format("R2", "b", "1"))
    monkeypatch.delenv("TRAIL_SEAL_KEYS")
    assert ended == ""


def test_the_file_that_it_writes_is_json_that_a_person_can_read(ran: Any, tmp_path: Path) -> None:
    ran(a=PASSES.format("R1", "a", "1"), b=PASSES.format("R2", "b", "1"))
    [file] = (tmp_path / "acceptance").glob("acceptance-*.json")
    written = json.loads(file.read_text(encoding="utf-8"))
    assert written["tests"] == {"passed": 2, "failed": 0, "skipped": 0}
    assert file.read_text(encoding="utf-8").count("\n") > 10


def test_make_takes_the_file_of_the_installation_that_is_named() -> None:
    printed = subprocess.run(["make", "-n", "acceptance", "TRIAL=ever"], capture_output=True, text=True, check=True)
    assert 'INSTALLATION="ever" exec .venv/bin/python -m tests.acceptance -n "3" --dist loadfile' in printed.stdout
