from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def sign_in() -> Any:
    def signed_in(user: Any) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def desk(trial: Any, sign_in: Any) -> Any:
    """The coordinator's browser."""
    return sign_in(trial.coordinator)


@pytest.fixture
def subject(trial: Any) -> Any:
    return trial.treated_subject()
