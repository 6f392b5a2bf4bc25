"""The trial, and a browser of each of its people."""

from typing import Any

import pytest


@pytest.fixture
def as_user(client: Any) -> Any:
    def signed_in(user: Any) -> Any:
        client.force_login(user)
        return client

    return signed_in
