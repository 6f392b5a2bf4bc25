"""How much of what must not go wrong the suite runs: branches taken, by group of modules.

`make coverage` runs the tests under coverage.py, then `python -m tests.covered`: a table of the groups, below each the
modules with branches that no test takes, and exit code 1 where a group lies below the floor. What runs in the processes
of a real site or worker is not counted, so that the figures are lower bounds.
"""

import json
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from subprocess import run
from typing import Any

FLOOR = 95.0
MEASURED = Path("var/coverage.json")
GROUPS: dict[str, tuple[str, ...]] = {
    "arithmetic": (
        "endpoints/arithmetic/*",
        "assessments/arithmetic/*",
        "cohorts/schedule.py",
        "cohorts/eligibility_rules.py",
        "cohorts/escalation/*",
        "laboratory/analytes.py",
        "laboratory/coverage.py",
        "laboratory/criteria.py",
        "laboratory/ctcae.py",
        "laboratory/ranges.py",
        "laboratory/results.py",
        "laboratory/scales.py",
        "laboratory/units.py",
        "values/*",
    ),
    "services": ("*/services.py",),
    "access": ("accounts/access.py", "accounts/roles.py", "accounts/actor.py", "audit/rights.py", "database/*"),
    "checks": ("assessments/checks/*",),
}


def main() -> int:
    """Print the table; 0 where every group reaches the floor, else 1."""
    MEASURED.parent.mkdir(exist_ok=True)
    run([sys.executable, "-m", "coverage", "json", "-q", "-o", str(MEASURED)], check=True)
    modules = json.loads(MEASURED.read_text())["files"]
    shares = {group: _report(group, dict(_of(group, modules))) for group in GROUPS}
    return int(min(shares.values()) < FLOOR)


def _of(group: str, modules: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for path, measured in modules.items():
        if any(fnmatch(path, pattern) for pattern in GROUPS[group]):
            yield path, measured


def _report(group: str, modules: dict[str, Any]) -> float:
    taken, all_of_them = summed(modules.values())
    if not all_of_them:
        raise SystemExit(f"{group}: no module of this group was measured")
    share = 100 * taken / all_of_them
    verdict = "" if share >= FLOOR else f"below {FLOOR} %"
    print(f"{group:<12}{taken:>6} of {all_of_them:>6} branches  {share:6.2f} %  {verdict}".rstrip())
    for path, measured in modules.items():
        if measured["missing_branches"]:
            lines = ", ".join(f"{start}->{end if end > 0 else 'end'}" for start, end in measured["missing_branches"])
            print(f"    {path}: {lines}")
    return share


def summed(modules: Any) -> tuple[int, int]:
    """How many branches were taken, of how many."""
    summaries = [measured["summary"] for measured in modules]
    return sum(each["covered_branches"] for each in summaries), sum(each["num_branches"] for each in summaries)


if __name__ == "__main__":
    sys.exit(main())
