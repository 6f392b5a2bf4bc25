"""Each freeze or lock leads to what changed at its place in the 24 hours before it."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from cohorts.models import Subject
from signature.closing import Reach, shut
from signature.models import Closure, ClosureState
from signature.reading import before_it
from tests.cast import Trial, actor

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 29, 14, 2, 7, 500, tzinfo=UTC)
TIMES = {"since": ["2026-11-28T14:02:07Z"], "until": ["2026-11-29T14:02:07Z"], "view": ["table"]}


@pytest.fixture
def subject(trial: Trial) -> Subject:
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    return subject


def test_the_address_names_the_place_and_the_24_hours(trial: Trial, subject: Subject) -> None:
    form, label = subject.forms.get(), subject.label
    at_site = {"site": trial.site}
    of_subject = at_site | {"subject": subject}
    for place, names in (
        ({}, {}),
        (at_site, {"site": [str(trial.site.pk)]}),
        (of_subject, {"subject": [label]}),
        (of_subject | {"visit": form.visit}, {"subject": [label]}),
        (of_subject | {"case_form": form}, {"subject": [label], "form": [str(form.pk)]}),
    ):
        address = urlsplit(before_it(Closure(closed_at=AT, **place)))  # type: ignore[arg-type]
        assert (address.path, parse_qs(address.query)) == ("/trail/", TIMES | names)


@pytest.mark.parametrize("scope", ["trial", "site", "subject", "visit", "form"])
def test_the_list_of_locks_leads_there(trial: Trial, subject: Subject, as_user: Any, scope: str) -> None:
    form = subject.forms.get()
    reach = {
        "trial": Reach(),
        "site": Reach(trial.site),
        "subject": Reach(trial.site, subject),
        "visit": Reach(trial.site, subject, form.visit),
        "form": Reach(trial.site, subject, form.visit, form),
    }[scope]
    shut(reach=reach, state=ClosureState.LOCKED, reason="cleaned", by=actor(trial.data_manager, "data_manager"))
    client = as_user(trial.data_manager)
    [(_, _, address)] = client.get("/closures/").context["closures"]
    page = client.get(address)
    assert page.status_code == 200
    assert "20 Dec 2007" in page.content.decode()
