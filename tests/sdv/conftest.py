from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.review.conftest import as_user, form, monitor, subject

__all__ = ["as_user", "form", "monitor", "subject"]


@pytest.fixture
def at_site(trial):
    # Read once Django is set up.
    from accounts.access import access_for
    from accounts.roles import Permission
    from review.queries.many_pages import role_at

    return partial(role_at, access_for(trial.monitor), Permission.VERIFY_SOURCE)


@pytest.fixture
def check(at_site):
    """Verifies forms, or items of one form, as the monitor."""
    from sdv.services import FormToVerify, verify

    def do(*forms, items=None, version=None):
        names = frozenset(items) if items else None
        return verify(chosen=[FormToVerify(form.pk, version, names) for form in forms], by=at_site)

    return do


@pytest.fixture
def statements():
    def count(call):
        call()
        with CaptureQueriesContext(connection) as seen:
            call()
        return len(seen)

    return count
