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


@pytest.fixture
def monitor(trial):
    """Who raises and closes queries."""
    from tests.cast import actor

    return actor(trial.monitor, "monitor")


@pytest.fixture
def subject(trial):
    """One whose screening is recorded."""
    subject = trial.subject()
    trial.screen(subject)
    return subject


@pytest.fixture
def form(subject):
    return subject.forms.get(code="demography")


@pytest.fixture
def query(form, monitor):
    from review.services import raise_query

    return raise_query(case_form=form, item="age", text="54 or 45?", by=monitor)
