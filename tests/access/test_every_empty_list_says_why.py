"""A list that is empty says why: there is nothing at all, the filter shows none of what there is, or nothing may be
done there and how much is left undone."""

from typing import Any

import pytest

from assessments.models import CaseForm
from components.emptiness import Emptiness
from review.services import close_query, raise_query
from tests.access.matrix import PAGES
from tests.cast import Trial, actor
from tests.review.test_who_may_open_what import PAGES as PAGES_OF_WORK

pytestmark = pytest.mark.django_db
FITS = "Nothing in this list fits the filter."

# (user, address, filter that shows none, what it says where there is nothing at all)
EMPTY = [
    ("coordinator", "/subjects/", "status=withdrawn", "No subjects yet"),
    ("coordinator", "/queries/", "state=closed", "No query was raised at your sites yet."),
    ("monitor", "/queries/raise/", "state=draft", "No form was saved at your sites yet"),
    ("coordinator", "/serious/", "state=waiting", "None at your sites."),
    ("auditor", "/signatures/", "site=", "Nobody has signed anything at your sites yet."),
    ("auditor", "/trail/reviews/", "state=signed", "None is planned."),
    ("coordinator", "/monitoring-visits/", "", "None was opened at your sites."),
    ("coordinator", "/closures/", "", "No freeze and no lock is in force"),
    ("coordinator", "/worklists/digests/", "", "None was made for your sites."),
    ("data_manager", "/notices/", "", "You have no notices."),
    ("auditor", "/staff/reviews/", "", "None was opened yet."),
]
# With a subject and a query: (user, address, filter that shows none, what there is without it)
FILTERED = [
    ("coordinator", "/subjects/", "q=zebra", "Nothing matches “zebra”. Without it: 1 subject."),
    ("coordinator", "/queries/", "state=cancelled", "Without it: 1 query."),
    ("monitor", "/queries/raise/", "q=zebra", "Nothing matches “zebra”. Without it: 1 form."),
    ("auditor", "/staff/", "state=past", "roles."),
    ("auditor", "/trail/", "kind=checks", FITS),
    ("administrator", "/access-log/", "kind=export", FITS),
    ("administrator", "/people/", "q=zebra", "accounts."),
]


@pytest.mark.parametrize(("user", "address", "narrowed", "words"), EMPTY)
def test_where_there_is_nothing_at_all_it_is_not_the_filter(
    trial: Trial, as_user: Any, user: str, address: str, narrowed: str, words: str
) -> None:
    client = as_user(getattr(trial, user))
    for given in {"", narrowed}:
        page = client.get(f"{address}?{given}").content.decode()
        assert words in page
        assert FITS not in page


@pytest.fixture
def query(trial: Trial) -> Any:
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    return raise_query(case_form=CaseForm.objects.get(), text="Sure?", by=actor(trial.monitor, "monitor"))


@pytest.mark.parametrize(("user", "address", "narrowed", "words"), FILTERED)
def test_a_filter_that_shows_none_says_how_many_there_are_without_it(
    trial: Trial, query: Any, as_user: Any, user: str, address: str, narrowed: str, words: str
) -> None:
    page = as_user(getattr(trial, user)).get(f"{address}?{narrowed}").content.decode()
    assert FITS in page
    assert words in page


def test_the_list_of_queries_that_wait_says_how_many_are_closed(trial: Trial, query: Any, as_user: Any) -> None:
    close_query(query=query, text="Seen.", by=actor(trial.monitor, "monitor"))
    page = as_user(trial.coordinator).get("/queries/").content.decode()
    assert "Nothing to answer. 1 query: closed or cancelled." in page
    assert "No query was raised" not in page


def test_another_site_s_rows_are_not_counted(trial: Trial, query: Any, as_user: Any) -> None:
    page = as_user(trial.stranger).get("/queries/?state=any").content.decode()
    assert "No query was raised at your sites yet." in page


def test_past_the_end_of_a_log_there_is_nothing_older(trial: Trial, as_user: Any) -> None:
    for user, address in ((trial.auditor, "/trail/?before=1"), (trial.administrator, "/access-log/?before=1")):
        assert "No entry is older." in as_user(user).get(address).content.decode()


def test_what_is_left_undone_is_said_before_the_filter() -> None:
    undone = Emptiness(nothing_to_do="All done.", left_undone=2, what=("form", "forms"), is_filtered=True)
    assert undone.sentence.startswith("Left undone: 2 forms, frozen or locked.")


def test_every_list_that_has_a_filter_goes_by_the_one_rule(trial: Trial, as_user: Any) -> None:
    """Its context says why it would be empty, or holds nothing to filter."""
    rows = [(address, right) for address, right, _, method in (*PAGES_OF_WORK, *PAGES) if method == "get"]
    without = set()
    for address, _ in rows:
        if "{" in address or "." in address:
            continue
        for user in ("data_manager", "investigator", "administrator", "monitor"):
            context = as_user(getattr(trial, user)).get(address).context
            if context is not None and "page" in context and "filter" in context and "empty" not in context:
                without.add(address)
    assert without == set()
