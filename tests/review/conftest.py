import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def trial(db):
    # Read when Django is set up, which it is not yet when this file is.
    from tests.cast import Trial

    return Trial()


@pytest.fixture
def as_user(client):
    """Signs a user in and hands back the client."""

    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def statements():
    """How many statements a call makes."""

    def count(call):
        call()
        with CaptureQueriesContext(
            connection,
        ) as seen:
            call()
        return len(seen)

    return count
