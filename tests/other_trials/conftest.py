"""A made-up trial of another disease and drug, run by this program from its file alone."""

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
