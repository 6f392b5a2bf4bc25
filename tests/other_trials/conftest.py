"""A made-up trial of another disease and drug, run by this program from its file alone."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

LUNG = Path(__file__).with_name("lung.toml")
PHASE_ONE = Path(__file__).with_name("phase1.toml")


@pytest.fixture
def lung(db: None, settings: Any) -> Any:
    from tests.other_trials.course import OtherTrial

    settings.PROTOCOL_FILE = LUNG
    return OtherTrial()


@pytest.fixture
def phase_one(db: None, settings: Any) -> Any:
    from tests.other_trials.course import PhaseOne

    settings.PROTOCOL_FILE = PHASE_ONE
    return PhaseOne()


@pytest.fixture
def desk(lung: Any) -> Client:
    """The coordinator's browser."""
    client = Client()
    client.force_login(lung.coordinator)
    return client


@pytest.fixture
def site_of(
    committed_db: None, broker: Any, static_files: Path, tmp_path: Path, monkeypatch: Any, settings: Any
) -> Iterator[Callable[[Path], str]]:
    """The address of a site that is started with this protocol file: each goes by the one that it started with."""
    from tests.programs import site

    with ExitStack() as running:

        def started(file: Path) -> str:
            settings.PROTOCOL_FILE = file
            monkeypatch.setenv("PROTOCOL_FILE", str(file))
            return running.enter_context(contextmanager(site)(tmp_path / "web.log", static_files))

        yield started


@pytest.fixture
def walk_of(
    site_of: Callable[[Path], str], page: Any, as_owner: Any, tmp_path: Path
) -> Iterator[Callable[[Path, int], Any]]:
    """A walk through the trial of a file that began so many days ago; the browser has nothing to complain of."""
    from tests.browser.desk import faults, watched
    from tests.other_trials.from_file import TrialWalk

    def begun(file: Path, days_ago: int) -> TrialWalk:
        watched(page, site_of(file))
        return TrialWalk(page, as_owner, tmp_path, days_ago=days_ago)

    yield begun
    assert faults(page) == []
