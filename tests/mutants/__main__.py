"""Whether the tests notice when the arithmetic or the laboratory goes wrong: python -m tests.mutants [module ...]

Each mutant is one small change of the code; it is killed when a test fails. Outcomes are kept in var/mutants, a file a
module. `--again` tries only those that were not killed the last time; `--survivors` lists them.
"""

import argparse
import json
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from embedded.places import PROJECT
from tests.mutants.session import MutantSession, TriedMutant
from tests.mutants.sources import Mutant, mutants_of

FOLDER = PROJECT / "var/mutants"
LABORATORY = ("criteria", "ranges", "units", "scales", "results", "ctcae", "coverage", "analytes")
# By package, the tests that try its mutants. Left out are those that start programs, which have no mutants in them, and
# the second reading of the rules, whose cases take longer than a mutant may.
TESTS = {
    "endpoints/arithmetic": [
        "tests/arithmetic",
        *(f"--ignore=tests/arithmetic/test_{name}.py" for name in ("against_r", "purity", "against_a_second_reading")),
    ],
    "laboratory": ["tests/laboratory"],
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", help="such as endpoints/arithmetic/recist.py; all without one")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--survivors", action="store_true")
    parser.add_argument("--children", type=int, default=2)
    options = parser.parse_args()
    chosen = [Path(name).resolve() for name in options.modules] or mutated()
    if not options.survivors and (failed := tried(chosen, options.again, options.children)):
        return failed
    show(chosen, options.survivors)
    return 0


def mutated() -> list[Path]:
    arithmetic = sorted((PROJECT / "endpoints/arithmetic").glob("[a-z]*.py"))
    return [*arithmetic, *(PROJECT / f"laboratory/{name}.py" for name in LABORATORY)]


def tried(chosen: list[Path], again: bool, children: int) -> int:
    """Try the mutants of the modules, package by package; the exit code of pytest where tests fail without any."""
    for package, tests in TESTS.items():
        paths = [path for path in chosen if path.parent == PROJECT / package]
        outcomes = {path: kept(path) if again else {} for path in paths}
        mutants = [
            mutant
            for path in paths
            for mutant in mutants_of(path)
            if outcomes[path].get(mutant.name, {}).get("state") != "killed"
        ]
        # What is imported anew takes seconds, and comes last.
        mutants.sort(key=lambda mutant: mutant.function is None)
        recorder = Recorder(outcomes, mutants)
        if mutants and (failed := MutantSession(mutated(), mutants, children, recorder.take).run(tests)):
            return failed
    return 0


class Recorder:
    """Keeps outcomes as they come, so that a run which is stopped has told what it found."""

    def __init__(self, outcomes: dict[Path, dict[str, dict]], mutants: list[Mutant]) -> None:
        current = {(mutant.path, mutant.name) for path in outcomes for mutant in mutants_of(path)}
        self.outcomes = {
            path: {name: each for name, each in known.items() if (path, name) in current}
            for path, known in outcomes.items()
        }
        self.left = Counter(mutant.path for mutant in mutants)
        self.began = time.monotonic()
        self.latest: Path | None = None

    def take(self, outcome: TriedMutant) -> None:
        mutant = outcome.mutant
        self.outcomes[mutant.path][mutant.name] = {
            "line": mutant.lines[-1],
            "function": mutant.function[0] if mutant.function else None,
            "change": mutant.change,
            "state": outcome.state,
            "tests": outcome.tests,
            "seconds": round(outcome.seconds, 2),
        }
        self.left[mutant.path] -= 1
        if self.left[mutant.path] % 20 == 0:
            keep(mutant.path, self.outcomes[mutant.path])
        if self.latest not in (None, mutant.path):
            keep(self.latest, self.outcomes[self.latest])
        self.latest = mutant.path
        if not self.left[mutant.path]:
            states = Counter(each["state"] for each in self.outcomes[mutant.path].values())
            passed = time.monotonic() - self.began
            print(f"{passed:6.0f} s  {mutant.path.relative_to(PROJECT)}: {dict(states)}", flush=True)


def kept(path: Path) -> dict[str, dict]:
    file = FOLDER / f"{path.parent.name}-{path.stem}.json"
    return json.loads(file.read_text()) if file.exists() else {}


def keep(path: Path, outcomes: dict[str, dict]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{path.parent.name}-{path.stem}.json").write_text(json.dumps(outcomes, indent=1))


def show(chosen: list[Path], survivors: bool) -> None:
    """By module what was killed, in the bodies of functions and at import, of what was tried and of all there is."""
    print(f"{'':36}{'in functions':>28}{'at import':>28}")
    totals = {False: Score(), True: Score()}
    for path in chosen:
        outcomes, mutants = kept(path), mutants_of(path)
        scores = {False: Score(), True: Score()}
        for mutant in mutants:
            at_import = mutant.function is None
            scores[at_import] = scores[at_import].counting(outcomes.get(mutant.name))
        totals = {at_import: totals[at_import].plus(score) for at_import, score in scores.items()}
        print(f"{path.relative_to(PROJECT)!s:36}{scores[False]!s:>28}{scores[True]!s:>28}")
        for mutant in mutants if survivors else ():
            if (outcome := outcomes.get(mutant.name)) and not is_killed(outcome):
                print(f"    {mutant.lines[-1]} {mutant.name}  [{outcome['state']}]")
    print(f"{'all':36}{totals[False]!s:>28}{totals[True]!s:>28}")


def is_killed(outcome: dict) -> bool:
    """A mutant that never ends is noticed too."""
    return outcome["state"] in ("killed", "timed out")


class Score(NamedTuple):
    killed: int = 0
    tried: int = 0
    there: int = 0

    def counting(self, outcome: dict | None) -> "Score":
        return Score(
            self.killed + bool(outcome and is_killed(outcome)), self.tried + (outcome is not None), self.there + 1
        )

    def plus(self, other: "Score") -> "Score":
        return Score(self.killed + other.killed, self.tried + other.tried, self.there + other.there)

    def __str__(self) -> str:
        if not self.tried:
            return f"{self.there} not tried" if self.there else "-"
        share = f"{100 * self.killed / self.tried:.1f} %"
        return f"{self.killed} of {self.tried}{'' if self.tried == self.there else f' ({self.there})'}  {share}"


if __name__ == "__main__":
    raise SystemExit(main())
