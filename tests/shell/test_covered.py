"""The groups of `make coverage` are there: a pattern that fits no module would count as nothing to cover."""

from fnmatch import fnmatch

import pytest

from embedded.places import PROJECT
from tests.covered import GROUPS, summed


@pytest.mark.parametrize("pattern", sorted({pattern for patterns in GROUPS.values() for pattern in patterns}))
def test_each_pattern_of_a_group_fits_a_module(pattern: str) -> None:
    modules = [path.relative_to(PROJECT).as_posix() for path in PROJECT.glob("*/**/*.py")]
    assert any(fnmatch(module, pattern) for module in modules)


def test_a_group_s_share_is_that_of_its_branches_over_all_modules() -> None:
    some = {"summary": {"covered_branches": 3, "num_branches": 4}}
    none = {"summary": {"covered_branches": 0, "num_branches": 0}}
    assert summed([some, none, some]) == (6, 8)
