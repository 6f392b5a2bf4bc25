"""How old the queries of each site are: both sides of each limit, states, medians, and links to the rows behind."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actor import acting
from assessments.models import CaseForm
from review.models import Query, QueryStep
from review.queries.ageing import ageing
from review.services import answer_query, cancel_query, close_query, raise_query, reopen_query
from tests.cast import SETUP, actor
from tests.unlimited import unlimited


@pytest.fixture
def form(trial):
    subject = trial.subject()
    with acting(SETUP):
        return CaseForm.objects.create(subject=subject, code="demography")


def aged(form, monitor, hours):
    """A query that was opened so many hours ago."""
    query = raise_query(case_form=form, text=f"{hours} hours", by=monitor)
    with acting(SETUP), unlimited():
        Query.objects.filter(pk=query.pk).update(opened_at=timezone.now() - timedelta(hours=hours))
    return query


def lines(trial, user):
    from accounts.access import access_for

    return {line.site.code if line.site else "all": line for line in ageing(access_for(user))}


def test_ages_are_whole_days_on_both_sides_of_each_limit(trial, form, monitor):
    for hours in (0, 8 * 24 - 1, 8 * 24, 15 * 24 - 1, 15 * 24, 31 * 24 - 1, 31 * 24, 2000):
        aged(form, monitor, hours)
    assert lines(trial, trial.monitor)["101"].by_age == (2, 2, 2, 2)


def test_each_number_leads_to_as_many_queries(trial, form, monitor, as_user):
    for hours in (0, 7 * 24, 8 * 24 - 1, 8 * 24, 15 * 24, 31 * 24 - 1, 31 * 24, 2000):
        aged(form, monitor, hours)
    client = as_user(trial.monitor)
    page = client.get("/queries/ageing/").content.decode()
    for bucket, number in lines(trial, trial.monitor)["101"].ages:
        address = f"/queries/?site={trial.site.pk}&age={bucket.key}"
        assert f'href="{address.replace("&", "&amp;")}"' in page
        assert client.get(address).context["page"].paginator.count == number


def test_closed_and_cancelled_queries_have_no_age_and_states_are_counted(trial, form, monitor):
    queries = [aged(form, monitor, 48) for _ in range(5)]
    answer_query(query=queries[0], text="!", by=trial.by)
    answer_query(query=queries[1], text="!", by=trial.by)
    reopen_query(query=queries[1], text="?", by=monitor)
    close_query(query=queries[2], text="!", by=monitor)
    cancel_query(query=queries[3], text="!", by=monitor)
    line = lines(trial, trial.monitor)["101"]
    assert line.by_state == {"open": 2, "reopened": 1, "answered": 1, "closed": 1, "cancelled": 1}
    assert (line.by_age, line.live) == ((3, 0, 0, 0), 3)


def test_medians_are_days_to_the_first_answer_and_to_the_closing(trial, form, monitor):
    for days in (1, 2, 9):
        query = aged(form, monitor, 24 * 10)
        answer_query(query=query, text="!", by=trial.by)
        close_query(query=query, text="!", by=monitor)
        with acting(SETUP), unlimited():
            opened = Query.objects.get(pk=query.pk).opened_at
            QueryStep.objects.filter(query=query, state="answered").update(at=opened + timedelta(days=days))
            Query.objects.filter(pk=query.pk).update(changed_at=opened + timedelta(days=days + 1))
    line = lines(trial, trial.monitor)["101"]
    assert (line.days_to_answer, line.days_to_close) == (2.0, 3.0)


def test_a_site_without_queries_has_a_line_and_the_sum_is_over_the_own_sites(trial, form, monitor):
    subject = trial.subject(trial.other_site)
    aged(form, monitor, 1)
    raise_query(subject=subject, text="?", by=actor(trial.data_manager, "data_manager"))
    assert {site: line.live for site, line in lines(trial, trial.data_manager).items()} == {
        "101": 1,
        "102": 1,
        "all": 2,
    }
    assert {site: line.live for site, line in lines(trial, trial.monitor).items()} == {"101": 1, "all": 1}
    empty = lines(trial, trial.stranger)["all"]
    assert (empty.live, empty.days_to_answer) == (1, None)


def test_the_table_goes_out_as_csv(trial, form, monitor, as_user):
    aged(form, monitor, 24 * 20)
    answer = as_user(trial.sponsor).get("/queries/ageing.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert text[0].startswith("site,not_closed,days_0_to_7,")
    assert text[1:] == ["101,1,0,0,1,0,1,0,0,0,0,,", "102,0,0,0,0,0,0,0,0,0,0,,", "all,1,0,0,1,0,1,0,0,0,0,,"]


def test_many_queries_take_as_many_statements_as_one(trial, form, monitor, as_user, statements):
    client = as_user(trial.monitor)
    aged(form, monitor, 1)
    few = statements(lambda: client.get("/queries/ageing/"))
    for _ in range(9):
        aged(form, monitor, 300)
    assert statements(lambda: client.get("/queries/ageing/")) == few
