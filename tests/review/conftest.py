import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def as_user(client):
    """Signs a user in and hands back the client."""

    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def statements(monkeypatch):
    """How many statements a call makes, whatever the clock says: the minute of the last request is not written again.

    Else a slow run, in which that minute ends between the two calls, counts a write that has nothing to do with rows.
    """
    monkeypatch.setattr("accounts.middleware.WRITE_EVERY", float("inf"))

    def count(call):
        call()
        with CaptureQueriesContext(
            connection,
        ) as seen:
            call()
        return len(seen)

    return count
