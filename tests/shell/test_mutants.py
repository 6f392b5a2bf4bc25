"""What `make mutants` changes of a module, and what it leaves alone; skipped without its operators."""

from pathlib import Path

import pytest

pytest.importorskip("mutmut", reason="`make mutants` installs the operators")

MODULE = '''
"""A module."""

from __future__ import annotations

from functools import cache
from typing import Literal

Side = Literal["low", "high"]
LEAST = 3


@cache
def passed(value: int, least: int = LEAST) -> bool:
    """Whether it is passed."""

    def beyond(number: int) -> bool:
        return number > least

    return beyond(value)


class Limit:
    name: str = "lower"

    @property
    def shown(self) -> str:
        return self.name.upper()
'''


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "limits.py"
    path.write_text(MODULE)
    return path


def test_bodies_of_functions_are_changed_under_the_outermost_name(module: Path) -> None:
    from tests.mutants.sources import mutants_of

    inside = {(mutant.function[0], mutant.change) for mutant in mutants_of(module) if mutant.function}
    assert ("passed", "> least -> >= least") in inside
    assert ("Limit.shown", "self.name.upper() -> self.name.lower()") in inside
    assert {name for name, _ in inside} == {"passed", "Limit.shown"}


def test_what_runs_at_import_is_changed_too_but_nothing_that_no_run_can_notice(module: Path) -> None:
    from tests.mutants.sources import mutants_of

    changes = {mutant.change for mutant in mutants_of(module) if mutant.function is None}
    assert {"LEAST = 3 -> LEAST = None", "3 -> 4", '"lower" -> "LOWER"'} <= changes
    assert not any(word in change for change in changes for word in ("A module", "Whether", "cache", '"low"'))


def test_each_mutant_compiles_and_keeps_the_name_and_line_of_its_function(module: Path) -> None:
    from tests.mutants.sources import functions_of, mutants_of

    original = dict(functions_of(compile(MODULE, str(module), "exec")))
    for mutant in mutants_of(module):
        assert mutant.text != MODULE
        if mutant.function:
            alone, whole = mutant.function_compiled(), dict(functions_of(mutant.compiled()))[mutant.function]
            assert alone == whole != original[mutant.function]
