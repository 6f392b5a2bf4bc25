"""The file of an acceptance run (`make acceptance`), and why it cannot be signed off here.

The run belongs to one program and one protocol file: both are in it by their SHA-256. A third SHA-256, of what the
file says, shows whether somebody corrected it afterwards. Whoever computes that anew as well is found out by the
SHA-256 of the file as the run printed it, which the operator and the data manager compare.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from activation.program import program_digest
from protocol import Protocol
from values.counts import counted
from values.times import shown_moment
from values.unreadable import UnreadableValue

WHAT = "acceptance run"
MOST_BYTES = 5_000_000
# How pytest ends that came to its end: all passed, or some failed.
CAME_TO_ITS_END = (0, 1)
# Of what is not as it should be so many are named.
NAMED = 10


@dataclass(frozen=True, slots=True)
class AcceptanceRun:
    """What the file says. `bare` are the requirements that no test shows, `failed` the tests that failed, `selection`
    the arguments that chose a part of the tests, `is_whole` that it came to its end, `is_as_written` that nobody
    changed the file."""

    sha256: str
    program: str
    protocol_code: str
    protocol_version: str
    protocol_sha256: str
    ended: datetime
    requirements: int
    bare: tuple[str, ...]
    failed: tuple[str, ...]
    passed: int
    skipped: int
    selection: str
    is_whole: bool
    is_as_written: bool

    @property
    def words(self) -> str:
        shown = f"{counted(self.passed, 'test')} passed, of {counted(self.requirements, 'requirement')}"
        left_out = f"; {counted(self.skipped, 'test')} left out" if self.skipped else ""
        return f"{shown}{left_out}; ended {shown_moment(self.ended)}"


def read_run(content: bytes) -> AcceptanceRun:
    """Raises UnreadableValue for what is no file of a run."""
    if len(content) > MOST_BYTES:
        raise UnreadableValue("The file is larger than 5 MB: no acceptance run is.")
    try:
        document = json.loads(content)
        if document["what"] != WHAT:
            raise ValueError
        return _run(document, sha256(content).hexdigest())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UnreadableValue(
            "This is not a file of an acceptance run: `make acceptance` writes one, whose name ends in .json."
        ) from None


def content_digest(document: dict[str, Any]) -> str:
    """SHA-256 of what the file says, apart from this digest."""
    plain = {name: value for name, value in document.items() if name != "digest"}
    return sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _run(document: dict[str, Any], digest: str) -> AcceptanceRun:
    requirements: dict[str, Any] = document["requirements"]
    failed = {str(test) for counts in requirements.values() for test in counts["failed"]}
    ended = datetime.fromisoformat(document["ended"])
    if ended.tzinfo is None:
        raise ValueError
    return AcceptanceRun(
        sha256=digest,
        program=str(document["program"]),
        protocol_code=str(document["protocol"]["code"]),
        protocol_version=str(document["protocol"]["version"]),
        protocol_sha256=str(document["protocol"]["sha256"]),
        ended=ended,
        requirements=len(requirements),
        bare=tuple(sorted(code for code, counts in requirements.items() if int(counts["passed"]) < 1)),
        failed=tuple(sorted(failed)),
        passed=int(document["tests"]["passed"]),
        skipped=int(document["tests"]["skipped"]),
        selection=" ".join(map(str, document["selection"])),
        is_whole=document["exit_code"] in CAME_TO_ITS_END,
        is_as_written=document["digest"] == content_digest(document),
    )


def against(run: AcceptanceRun, protocol: Protocol, now: datetime) -> list[str]:
    """Why it cannot be signed off on this program and protocol, in sentences."""
    obstacles = []
    if not run.is_as_written:
        obstacles.append("It was altered after the run wrote it. Use the original file, or run it again.")
    if not run.is_whole:
        obstacles.append("The run was broken off before its end: run it again.")
    if run.selection:
        obstacles.append(f"It is of a part of the tests ({run.selection}): run it without ARGS.")
    if run.program != program_digest():
        obstacles.append(
            f"It was run on another program ({run.program[:12]}); this is {program_digest()[:12]}:"
            " run it again on the version that is installed here."
        )
    if run.protocol_sha256 != protocol.sha256:
        protocol_of_run = f"{run.protocol_code} version {run.protocol_version} ({run.protocol_sha256[:12]})"
        obstacles.append(
            f"It is of the protocol file {protocol_of_run}; in force is {protocol.code} version {protocol.version}"
            f" ({protocol.sha256[:12]}): run it again with PROTOCOL_FILE."
        )
    if run.ended > now:
        obstacles.append("It ends at a time in the future.")
    if not run.requirements:
        obstacles.append("It shows no requirement.")
    obstacles += _named("test failed", "tests failed", run.failed)
    obstacles += _named("requirement is shown by no test", "requirements are shown by no test", run.bare)
    return obstacles


def _named(singular: str, plural: str, names: tuple[str, ...]) -> list[str]:
    if not names:
        return []
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return [f"{len(names)} {singular if len(names) == 1 else plural}: {', '.join(names[:NAMED])}{more}."]
