"""What a page costs in statements does not grow with the subjects, events and queries that it tells of."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from review.services import raise_query
from safety.alerts import give_notices
from tests.safety.conftest import SERIOUS

pytestmark = pytest.mark.django_db
PAGES = {
    "coordinator": ("/", "/subjects/", "/worklists/?list=missing", "/worklists/?list=overdue", "/worklists/digests/"),
    "monitor": ("/queries/", "/laboratory/"),
    "data_manager": ("/cohorts/", "/cohorts/levels/", "/checks/", "/serious/"),
    "sponsor": ("/notices/", "/endpoints/"),
    "auditor": ("/trail/", "/access-log/"),
}


@pytest.mark.parametrize("who", PAGES)
def test_pages_of_many_subjects_take_as_many_statements_as_those_of_one(trial, client, who):
    client.force_login(getattr(trial, who))
    one_more(trial)
    few = {address: statements(client, address) for address in PAGES[who]}
    for _ in range(3):
        one_more(trial)
    assert {address: statements(client, address) for address in PAGES[who]} == few


def one_more(trial):
    """A subject of phase I with an assessment, a query, a serious event and what follows from them."""
    from tests.cast import actor

    subject = trial.treated_subject("P1-10D")
    trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR")
    trial.fill(subject, "adverse_event", SERIOUS)
    form = subject.forms.get(code="demography")
    raise_query(case_form=form, item="age", text="54?", by=actor(trial.monitor, "monitor"))
    give_notices()


def statements(client, address):
    client.get(address)  # what is kept from the first request on is no part of it
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address, follow=True).status_code == 200
    return len(seen)
