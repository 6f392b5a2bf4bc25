"""A session of pytest that, instead of ending after its tests, tries mutants: each in a process forked for it.

The tests run once, to learn which lines each of them runs and how long it takes. Then a mutant of a function is put in
the place of the function's code, wherever the function is referred to, and the tests that run its lines follow, the
fastest first, until one fails. What runs at import is imported anew, with the tests that run any of its module.
"""

import gc
import os
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from mmap import mmap
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NoReturn

import pytest
from _pytest.runner import runtestprotocol
from coverage import Coverage

from tests.mutants.sources import Key, Mutant, module_name

KILLED, SURVIVED, RAISED = 0, 1, 2
NAMES = {KILLED: "killed", SURVIVED: "survived"}
AT_IMPORT = "import"
# Longer tests are left out: what only they would notice counts as survived.
LONGEST = 0.25
MEMORY = 4 * 2**30
OPTIONS = ["-q", "-s", "--no-header", "--no-summary", "--tb=native", "-p", "no:cacheprovider"]
# What answers the same whichever mutant is tried, or keeps what the tests' own session needs.
KEPT = ("tests.conftest", "tests.servers", "tests.mutants", "tests.migrated", "tests.as_migrated", "tests.prepared")
# Fixtures of tests that are left out: they need the database, or R.
LEFT_OUT = {"db", "trial", "committed_db", "committed_module_db", "django_db_setup", "transactional_db", "by_r"}


@dataclass
class TriedMutant:
    mutant: Mutant
    state: str
    seconds: float
    tests: int


class MutantSession:
    """The plugin. `mutants` are those to try; `report` takes each outcome as it comes."""

    def __init__(
        self, paths: list[Path], mutants: list[Mutant], children: int, report: Callable[[TriedMutant], None]
    ) -> None:
        self.paths, self.mutants, self.children, self.report = paths, mutants, children, report
        self.coverage = Coverage(data_file=None, config_file=False, include=[str(path) for path in paths])
        self.seconds: dict[str, float] = {}
        self.items: dict[str, pytest.Item] = {}
        self.running: dict[int, tuple[Mutant, float, list[pytest.Item], mmap]] = {}
        # By function how often each test killed a mutant: the next one is likely to fail by the same.
        self.kills: dict[tuple[Path, Key | None], Counter[str]] = defaultdict(Counter)
        self.failed: list[str] = []
        self.passing: dict[Path, bool] = {}

    def run(self, tests: list[str]) -> int:
        self.coverage.start()
        self.coverage.switch_context(AT_IMPORT)
        return int(pytest.main([*OPTIONS, *tests], plugins=[self]))

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        search_little()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if not is_left_out(item)]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._learn(session.items)
        if self.failed:
            print("Without any mutant these fail:", *self.failed, sep="\n  ")
            session.testsfailed = len(self.failed)
            return True
        gc.unfreeze()
        self.functions, self.caches = _functions(self.paths), _caches()
        gc.collect()
        gc.freeze()
        for mutant in self.mutants:
            self._try(mutant)
        while self.running:
            self._take()
        return True

    def _learn(self, items: list[pytest.Item]) -> None:
        """Which tests run which lines. Each is timed by itself, its fixtures with it."""
        for item, following in zip(items, [*items[1:], None], strict=True):
            self.coverage.switch_context(item.nodeid)
            began = time.process_time()
            reports = runtestprotocol(item, log=False, nextitem=following)
            self.seconds[item.nodeid] = time.process_time() - began
            if any(report.failed for report in reports):
                self.failed.append(item.nodeid)
            if all(report.passed for report in reports):
                self.items[item.nodeid] = item
        self.coverage.stop()
        data = self.coverage.get_data()
        self.contexts = {path: data.contexts_by_lineno(str(path)) for path in self.paths}

    def _try(self, mutant: Mutant) -> None:
        """What tests reach as they run is put in the place of what they reach; the rest is there by import."""
        contexts = self.contexts[mutant.path]
        reached = {name for line in mutant.lines for name in contexts.get(line, ())}
        reaching = self._in_order(mutant, reached) if mutant.function else []
        if reaching:
            self._start(mutant, reaching, anew=False)
        elif mutant.function is None or AT_IMPORT in reached:
            self._try_anew(mutant)
        else:
            self.report(TriedMutant(mutant, "not run", 0, 0))

    def _try_anew(self, mutant: Mutant) -> None:
        items = self._in_order(mutant, self._run_any_of(mutant.path))
        if mutant.path not in self.passing:
            self.passing[mutant.path] = self._passes_anew(items)
        if self.passing[mutant.path]:
            self._start(mutant, items, anew=True)
        else:
            self.report(TriedMutant(mutant, "raised", 0, len(items)))

    def _passes_anew(self, items: list[pytest.Item]) -> bool:
        """Whether the tests pass when all is imported anew as it stands: else a failure would tell nothing."""
        while self.running:
            self._take()
        child = self._forked(items, lambda: _run_anew(None, items, self._modules(), mmap(-1, 4)))
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == SURVIVED

    def _start(self, mutant: Mutant, items: list[pytest.Item], *, anew: bool) -> None:
        while len(self.running) >= self.children:
            self._take()
        place = mmap(-1, 4)
        if anew:
            child = self._forked(items, lambda: _run_anew(mutant, items, self._modules(), place))
        else:
            child = self._forked(items, lambda: self._run(mutant, items, place))
        self.running[child] = mutant, time.perf_counter(), items, place

    def _forked(self, items: list[pytest.Item], run: Callable[[], NoReturn]) -> int:
        """The process that tries it. It may take four times what the tests took, and what imports take."""
        sys.stdout.flush()
        if child := os.fork():
            return child
        _limited(int(10 + 4 * sum(self.seconds[item.nodeid] for item in items)))
        try:
            run()
        finally:
            os._exit(RAISED)

    def _run_any_of(self, path: Path) -> set[str]:
        """The tests that run a line of the module; of one that is run at import alone, those of its folder."""
        reached = {name for names in self.contexts[path].values() for name in names} - {AT_IMPORT}
        beside = [each for each in self.paths if each.parent == path.parent]
        return reached or {name for each in beside for names in self.contexts[each].values() for name in names}

    def _in_order(self, mutant: Mutant, names: Iterable[str]) -> list[pytest.Item]:
        kills = self.kills[mutant.path, mutant.function]
        known = [name for name in names if name in self.items and self.seconds[name] < LONGEST]
        return [self.items[name] for name in sorted(known, key=lambda name: (-kills[name], self.seconds[name]))]

    def _run(self, mutant: Mutant, items: list[pytest.Item], place: mmap) -> NoReturn:
        code = mutant.function_compiled()
        for function in self.functions[mutant.path, mutant.function]:  # type: ignore[index]
            function.__code__ = code
        for remembering in self.caches:
            remembering.cache_clear()
        run_until_one_fails(items, place)

    def _modules(self) -> set[str]:
        return {module_name(path) for path in self.paths}

    def _take(self) -> None:
        child, status = os.wait()
        if child not in self.running:
            return
        mutant, began, items, place = self.running.pop(child)
        state = "timed out" if os.WIFSIGNALED(status) else NAMES.get(os.WEXITSTATUS(status), "raised")
        if state == "killed" and (number := int.from_bytes(place[:4], "little")):
            self.kills[mutant.path, mutant.function][items[number - 1].nodeid] += 1
        self.report(TriedMutant(mutant, state, time.perf_counter() - began, len(items)))


class _Anew:
    """The plugin of a session within a child: the tests by name, imported anew."""

    def __init__(self, names: list[str], place: mmap) -> None:
        self.names, self.place = names, place

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        search_little()

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            os._exit(KILLED)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> NoReturn:
        items = {item.nodeid: item for item in session.items}
        if any(name not in items for name in self.names):
            os._exit(KILLED)  # the cases of a test follow from what was mutated
        run_until_one_fails([items[name] for name in self.names], self.place)


def _run_anew(mutant: Mutant | None, items: list[pytest.Item], modules: set[str], place: mmap) -> NoReturn:
    for name in [name for name in sys.modules if name in modules or _is_of_tests(name)]:
        parent, _, last = name.rpartition(".")
        if hasattr(sys.modules.get(parent), last):
            delattr(sys.modules[parent], last)
        del sys.modules[name]
    if mutant:
        sys.meta_path.insert(0, _Finder(mutant))  # type: ignore[arg-type]
    files = dict.fromkeys(item.nodeid.split("::")[0] for item in items)
    pytest.main([*OPTIONS, *files], plugins=[_Anew([item.nodeid for item in items], place)])
    os._exit(KILLED)


def _is_of_tests(name: str) -> bool:
    return name.startswith(("tests.", "endpoints.management.")) and not name.startswith(KEPT)


class _Finder:
    def __init__(self, mutant: Mutant) -> None:
        self.mutant, self.name = mutant, module_name(mutant.path)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != self.name:
            return None
        return spec_from_file_location(name, self.mutant.path, loader=_Loader(self.mutant))


class _Loader(SourceFileLoader):
    def __init__(self, mutant: Mutant) -> None:
        super().__init__(module_name(mutant.path), str(mutant.path))
        self.mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        return self.mutant.compiled()


def run_until_one_fails(items: list[pytest.Item], place: mmap) -> NoReturn:
    """`place` is told the number of the test that failed."""
    for number, (item, following) in enumerate(zip(items, [*items[1:], None], strict=True), start=1):
        if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
            place[:4] = number.to_bytes(4, "little")
            os._exit(KILLED)
    os._exit(SURVIVED)


def is_left_out(item: pytest.Item) -> bool:
    return bool(LEFT_OUT & set(getattr(item, "fixturenames", ()))) or item.get_closest_marker("django_db") is not None


def search_little() -> None:
    """Made-up cases are few, always the same, and not made smaller once a test has failed."""
    from hypothesis import HealthCheck, Phase, settings

    settings.register_profile(
        "mutants",
        max_examples=20,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutants")


def _functions(paths: list[Path]) -> dict[tuple[Path, Key], list[FunctionType]]:
    """Every function of the modules that is alive: what is wrapped, decorated or bound elsewhere too."""
    functions: dict[tuple[Path, Key], list[FunctionType]] = {}
    files = {str(path): path for path in paths}
    for thing in gc.get_objects():
        if type(thing) is FunctionType and (path := files.get(thing.__code__.co_filename)):
            key = thing.__code__.co_qualname, thing.__code__.co_firstlineno
            functions.setdefault((path, key), []).append(thing)
    return functions


def _caches() -> list[Any]:
    """All that remembers answers of the code as it stands."""
    return [thing for thing in gc.get_objects() if isinstance(thing, type(_remembering))]


@cache
def _remembering() -> None: ...


def _limited(seconds: int) -> None:
    """A loop without end, or one that eats the memory, ends by the system's hand."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
