"""The acceptance run: every test that shows a requirement, on this program, beside the protocol file of a trial.

`python -m tests.acceptance` (make acceptance) runs them and writes the file that a data manager signs off under
*Go-live*: which program, which protocol file, and of each requirement what passed, failed and was left out. The tests
have trials of their own; the protocol file is looked through as `check_protocol` does. As a plugin of pytest this
module counts the outcomes.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "acceptance"
RESULTS = "ACCEPTANCE_RESULTS"
OUTCOMES = ("passed", "failed", "skipped")

_outcomes: dict[str, tuple[list[str], str]] = {}


def pytest_collection_modifyitems(items: list[Any]) -> None:
    for item in items:
        codes = [code for mark in item.iter_markers("requirement") for code in mark.args]
        item.user_properties.append(("requirement", codes))


def pytest_runtest_logreport(report: Any) -> None:
    """Of a test's three phases the one that is not passed decides."""
    codes = dict(report.user_properties).get("requirement", [])
    before = _outcomes.get(report.nodeid, ([], "passed"))[1]
    _outcomes[report.nodeid] = (codes, report.outcome if before == "passed" else before)


def pytest_sessionfinish(session: Any) -> None:
    """Where tests run in several processes the one that started them writes."""
    if RESULTS in os.environ and not hasattr(session.config, "workerinput"):
        Path(os.environ[RESULTS]).write_text(json.dumps(_outcomes), encoding="utf-8")


def document(
    *,
    outcomes: dict[str, tuple[list[str], str]],
    codes: Iterable[str],
    program: str,
    protocol: Any,
    began: datetime,
    ended: datetime,
) -> dict[str, Any]:
    """What the file says. `outcomes` are (requirements, outcome) by test, `codes` all requirements that tests show."""
    requirements: dict[str, dict[str, Any]] = {code: {"passed": 0, "failed": [], "skipped": []} for code in codes}
    for test, (shows, outcome) in outcomes.items():
        for code in shows:
            if outcome == "passed":
                requirements[code]["passed"] += 1
            else:
                requirements[code][outcome].append(test)
    return {
        "what": "acceptance run",
        "program": program,
        "protocol": {"code": protocol.code, "version": protocol.version, "sha256": protocol.sha256},
        "began": began.isoformat(),
        "ended": ended.isoformat(),
        "tests": {kind: sum(outcome == kind for _, outcome in outcomes.values()) for kind in OUTCOMES},
        "requirements": requirements,
    }


def requirement_codes() -> list[str]:
    """Those that tests show: without what is organisational."""
    from tests.validation import regulations

    asked = (requirement for regulation in regulations() for requirement in regulation["requirement"])
    return [requirement["code"] for requirement in asked if not requirement.get("organisational")]


def run_tests(results: Path, arguments: list[str]) -> dict[str, tuple[list[str], str]]:
    """The outcomes of the marked tests, which know no protocol file but their own."""
    command = [sys.executable, "-m", "pytest", "-p", "tests.acceptance", "-m", "requirement", "-q", *arguments]
    environment = {name: value for name, value in os.environ.items() if name not in ("PROTOCOL_FILE", "DATABASE_URL")}
    results.unlink(missing_ok=True)
    subprocess.run(command, cwd=ROOT, env=environment | {RESULTS: str(results)})
    if not results.exists():
        raise SystemExit("The tests could not be run: nothing was written.")
    outcomes: dict[str, tuple[list[str], str]] = json.loads(results.read_text(encoding="utf-8"))
    return outcomes


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsite.settings")
    import django

    django.setup()
    from django.conf import settings

    from activation.program import program_digest
    from assessments.protocol_fit import unfit
    from protocol import ProtocolError, load

    try:
        protocol = load(settings.PROTOCOL_FILE, unfit)
    except ProtocolError as unsound:
        raise SystemExit(str(unsound)) from None
    FOLDER.mkdir(parents=True, exist_ok=True)
    program, began = program_digest(), datetime.now(UTC)
    outcomes = run_tests(FOLDER / "outcomes.json", arguments)
    ended = datetime.now(UTC)
    content = document(
        outcomes=outcomes, codes=requirement_codes(), program=program, protocol=protocol, began=began, ended=ended
    )
    target = FOLDER / f"acceptance-{protocol.code}-{protocol.version}-{ended:%Y%m%d-%H%M%S}.json"
    target.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    print(f"{content['tests']} of {len(content['requirements'])} requirements: {target.relative_to(ROOT)}")
    if content["tests"]["failed"]:
        raise SystemExit("Tests failed: the run cannot be signed off.")


if __name__ == "__main__":
    main(sys.argv[1:])
