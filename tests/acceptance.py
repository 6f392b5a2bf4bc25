"""The acceptance run: every test that shows a requirement, on this program, beside the protocol file of a trial.

`python -m tests.acceptance` (make acceptance) runs them and writes the file that a data manager signs off under
*Go-live*: which program, which protocol file, and of each requirement what passed, failed and was left out. The tests
have trials of their own; the protocol file is looked through as `check_protocol` does. A run of a part of the tests
(ARGS) is written as one, and cannot be signed off. As a plugin of pytest this module counts the outcomes.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from activation.acceptance import WHAT, content_digest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "acceptance"
RESULTS = "ACCEPTANCE_RESULTS"
OUTCOMES = ("passed", "failed", "skipped")
# What a run is not told: of which installation somebody's terminal is, and what else would choose among its tests.
NOT_TOLD = ("PROTOCOL_FILE", "DATABASE_URL", "INSTALLATION", "PYTEST_ADDOPTS")

_outcomes: dict[str, tuple[list[str], str]] = {}


def pytest_collection_modifyitems(items: list[Any]) -> None:
    for item in items:
        codes = [code for mark in item.iter_markers("requirement") for code in mark.args]
        item.user_properties.append(("requirement", codes))


def pytest_runtest_logreport(report: Any) -> None:
    """Of a test's three phases the one that is not passed decides; one that never came to its end failed."""
    codes = dict(report.user_properties).get("requirement", [])
    outcome = _outcomes.get(report.nodeid, ([], "failed"))[1]
    if report.outcome != "passed" or report.when == "call":
        outcome = report.outcome
    _outcomes[report.nodeid] = (codes, outcome)


def pytest_sessionfinish(session: Any) -> None:
    """Where tests run in several processes the one that started them writes."""
    if RESULTS in os.environ and not hasattr(session.config, "workerinput"):
        Path(os.environ[RESULTS]).write_text(json.dumps(_outcomes), encoding="utf-8")


def document(
    *,
    outcomes: dict[str, tuple[list[str], str]],
    codes: Iterable[str],
    program: str,
    release: str,
    protocol: Any,
    began: datetime,
    ended: datetime,
    selection: Sequence[str] = (),
    exit_code: int = 0,
) -> dict[str, Any]:
    """What the file says. `outcomes` are (requirements, outcome) by test, `codes` all requirements that tests show,
    `selection` the arguments by which a part of them was chosen, `exit_code` how pytest ended."""
    requirements: dict[str, dict[str, Any]] = {code: {"passed": 0, "failed": [], "skipped": []} for code in codes}
    for test, (shows, outcome) in outcomes.items():
        for code in shows:
            if outcome == "passed":
                requirements[code]["passed"] += 1
            else:
                requirements[code][outcome].append(test)
    run = {
        "what": WHAT,
        "program": program,
        "release": release,
        "protocol": {"code": protocol.code, "version": protocol.version, "sha256": protocol.sha256},
        "began": began.isoformat(),
        "ended": ended.isoformat(),
        "selection": list(selection),
        "exit_code": exit_code,
        "tests": {kind: sum(outcome == kind for _, outcome in outcomes.values()) for kind in OUTCOMES},
        "requirements": requirements,
    }
    return run | {"digest": content_digest(run)}


def requirement_codes() -> list[str]:
    """Those that tests show: without what is organisational."""
    from tests.validation import regulations

    requirements = (requirement for regulation in regulations() for requirement in regulation["requirement"])
    return [requirement["code"] for requirement in requirements if not requirement.get("organisational")]


def selection_of(arguments: Sequence[str]) -> list[str]:
    """What of them is more than how many processes share the tests."""
    shared = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    for option in ("-n", "--dist"):
        shared.add_argument(option)
    return shared.parse_known_args(arguments)[1]


def run_tests(
    results: Path, arguments: Sequence[str], environment: Mapping[str, str]
) -> tuple[dict[str, tuple[list[str], str]], int]:
    """The outcomes of the marked tests, and how pytest ended: 0 or 1 (tests failed) where it came to its end."""
    command = [sys.executable, "-m", "pytest", "-p", "tests.acceptance", "-m", "requirement", "-q", *arguments]
    inherited = {name: value for name, value in environment.items() if name not in NOT_TOLD}
    results.unlink(missing_ok=True)
    ended = subprocess.run(command, cwd=ROOT, env=inherited | {RESULTS: str(results)})
    if not results.exists():
        raise SystemExit("The tests could not be run: nothing was written.")
    outcomes: dict[str, tuple[list[str], str]] = json.loads(results.read_text(encoding="utf-8"))
    return outcomes, ended.returncode


def main(arguments: list[str]) -> None:
    # Before the settings add what the installation that runs here is told, its keys among it.
    environment = dict(os.environ)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsite.settings")
    if "PROTOCOL_FILE" in os.environ:
        # No installation is asked for its file, then; several may run.
        os.environ.setdefault("DATABASE_URL", "postgresql:///none")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as which:
        raise SystemExit(f"{which} Or name the file: make acceptance PROTOCOL_FILE=file") from None
    from django.conf import settings

    from activation.acceptance import against, read_run
    from activation.program import program_digest
    from assessments.plan.fit import unfit
    from protocol import ProtocolError, load

    try:
        protocol = load(settings.PROTOCOL_FILE, unfit)
    except ProtocolError as unsound:
        raise SystemExit(str(unsound)) from None
    print(f"Of {protocol.code} version {protocol.version}, {settings.PROTOCOL_FILE}.", flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    program, began = program_digest(), datetime.now(UTC)
    outcomes, exit_code = run_tests(FOLDER / "outcomes.json", arguments, environment)
    ended = datetime.now(UTC)
    written = document(
        outcomes=outcomes,
        codes=requirement_codes(),
        program=program,
        release=settings.RELEASE,
        protocol=protocol,
        began=began,
        ended=ended,
        selection=selection_of(arguments),
        exit_code=exit_code,
    )
    target = FOLDER / f"acceptance-{protocol.code}-{protocol.version}-{ended:%Y%m%d-%H%M%S}.json"
    content = json.dumps(written, indent=1, ensure_ascii=False).encode()
    target.write_bytes(content)
    run = read_run(content)
    print(f"{run.words}.\n{target.relative_to(ROOT)}\nSHA-256 {sha256(content).hexdigest()}")
    if why := against(run, protocol, ended):
        raise SystemExit("\n".join(["It cannot be signed off:", *why]))


if __name__ == "__main__":
    main(sys.argv[1:])
