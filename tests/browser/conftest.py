"""The desk of a coordinator, and one whose server may be killed."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def desk(page: Any, site_server: str, trial: Any) -> Iterator[Any]:
    """The coordinator's browser; what its console complains of is collected and must be nothing."""
    from tests.browser.desk import faults, sign_in, watched

    watched(page, site_server)
    sign_in(page, trial.coordinator)
    yield page
    assert faults(page) == []


@pytest.fixture
def typist(desk: Any) -> Any:
    from tests.browser.typist import KeyboardTypist

    return KeyboardTypist(desk)
