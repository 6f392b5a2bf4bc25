"""The trial as API clients see it: each person with a token of their own."""

from typing import Any

import pytest


@pytest.fixture
def api() -> Any:
    """Makes a client that signs in with the user's token, and sends and reads JSON."""
    from rest_framework.test import APIClient

    from accounts.actor import SYSTEM
    from accounts.services import create_token

    def client(user: Any) -> Any:
        made = APIClient()
        made.default_format = "json"
        made.credentials(HTTP_AUTHORIZATION=f"Token {create_token(user=user, by=SYSTEM)}")
        return made

    return client


@pytest.fixture(autouse=True)
def no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests ask often; the one about throttling sets its own limit."""
    from accounts.throttling import StrangerThrottle, UserThrottle

    for throttle in (StrangerThrottle, UserThrottle):
        monkeypatch.setattr(throttle, "THROTTLE_RATES", {"user": None, "anon": None})


@pytest.fixture
def carla(trial: Any, api: Any) -> Any:
    """The coordinator's client."""
    return api(trial.coordinator)


@pytest.fixture
def subject(trial: Any) -> Any:
    return trial.treated_subject()
