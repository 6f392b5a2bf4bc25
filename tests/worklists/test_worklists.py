"""What each list holds on which day, and that a page of it costs the same at any size."""

from datetime import date, timedelta

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.access import access_for
from assessments.visits.unbegun import never_begun
from cohorts.models import SubjectStatus
from cohorts.services import begin_end_of_treatment
from signature.closing import Reach, reach_of_form, shut
from signature.models import ClosureState
from tests.cast import FIRST_DOSE, SETUP, actor
from tests.examples import EXAMPLES
from tests.signature.closed import reach_of
from worklists.reading import Worklists, worklists

pytestmark = pytest.mark.django_db


EVALUATED = ("dlt_evaluation", *EXAMPLES["dlt_evaluation"])


def day(number):
    """The date of a day of treatment, day 1 being the first dose."""
    return FIRST_DOSE + timedelta(number - 1)


def rows_of(name, today, **options):
    lists = Worklists(None, today, **options)
    return {(row.subject, row.visit): row for row in lists.rows(name)[0:500]}


def visits(name, today):
    return [visit for _, visit in rows_of(name, today)]


def test_a_visit_is_due_within_a_week_of_its_window_and_overdue_once_that_closed(trial):
    trial.infuse(trial.treated_subject(), day(1), visit="C1D1")
    # The window of day 8 is day 6 to day 10.
    assert "Cycle 1, day 8" not in visits("due", day(6) - timedelta(7))
    assert "Cycle 1, day 8" in visits("due", day(6) - timedelta(6))
    assert "Cycle 1, day 8" in visits("due", day(10))
    assert "Cycle 1, day 8" not in visits("due", day(11))
    assert visits("overdue", day(10)) == []
    assert visits("overdue", day(11)) == ["Cycle 1, day 8"]


def test_the_days_of_a_line_are_those_left_or_those_since(trial):
    trial.infuse(trial.treated_subject(), day(1), visit="C1D1")
    assert rows_of("due", day(7))[("101-001", "Cycle 1, day 8")].days == 3
    assert rows_of("overdue", day(13))[("101-001", "Cycle 1, day 8")].days == 3


def test_a_visit_whose_forms_are_there_or_not_done_waits_no_more(trial):
    from assessments.catalogue import CATALOGUE
    from assessments.place import Place
    from assessments.services import mark_not_done

    subject = trial.treated_subject()
    trial.infuse(subject, day(1), visit="C1D1")
    plans = {visit.code: visit for visit in subject.visits.all()}
    for row in rows_of("overdue", day(11)).values():
        for form in row.missing:
            place = Place(subject, CATALOGUE[form], plans["C1D8"])
            mark_not_done(place=place, why="The subject was away.", by=trial.by)
    assert visits("overdue", day(11)) == []


def test_a_form_that_is_lacking_or_a_draft_at_a_visit_that_took_place_is_missing(trial):
    subject = trial.treated_subject()
    record = {"assessment_date": day(57).isoformat(), "new_lesions": "N"}
    trial.fill(subject, "tumour", record, visit="TA01", complete=False)
    row = rows_of("missing", day(58))[("101-001", "Tumour assessment 1")]
    assert (row.missing, row.drafts, row.days) == ([], ["tumour"], 1)


def test_screening_is_due_until_its_window_closes_and_then_what_lacks_is_missing(trial):
    subject = trial.subject()
    assert visits("due", timezone.localdate()) == ["Screening and baseline"]
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2008-01-07"}, visit="SCR")
    assert visits("due", date(2008, 2, 4)) == ["Screening and baseline"]
    row = rows_of("missing", date(2008, 2, 5))[("101-001", "Screening and baseline")]
    assert {"demography", "eligibility", "history", "tumour_baseline"} <= set(row.missing)
    assert "consent" not in row.missing


def test_the_evaluation_of_toxicity_waits_in_an_evaluated_cohort_alone_and_until_it_is_there(trial):
    subject, _ = trial.treated_subject("P1-10D"), trial.treated_subject("P2-10D")
    waiting = (subject.label, "Cycle 1, dose-limiting toxicity")
    assert waiting not in rows_of("due", day(29) - timedelta(7))
    assert [row for row in rows_of("due", day(29)) if row[1] == waiting[1]] == [waiting]
    assert rows_of("overdue", day(37))[waiting].missing == ["dlt_evaluation"]
    # Typed where it stood before: at no visit.
    trial.fill(subject, *EVALUATED)
    assert waiting not in rows_of("overdue", day(37))


def test_drafts_lead_to_their_form_wherever_it_stands(trial):
    subject = trial.treated_subject()
    at_visit = trial.fill(subject, "tumour", {"new_lesions": "N"}, visit="TA01", complete=False)
    alone = trial.fill(subject, "death", {}, complete=False)
    rows = rows_of("drafts", day(60))
    assert rows[("101-001", "Tumour assessment 1")].forms[0].url == f"/forms/{at_visit.pk}/"
    assert rows[("101-001", "")].forms[0].url == f"/forms/{alone.pk}/"


def test_a_subject_is_silent_after_three_months_without_a_visit(trial):
    trial.infuse(trial.treated_subject(), date(2008, 1, 14), visit="C1D8")
    assert rows_of("silent", date(2008, 4, 14)) == {}
    (row,) = rows_of("silent", date(2008, 4, 15)).values()
    assert (row.subject, row.seen_on, row.days) == ("101-001", date(2008, 1, 14), 92)


@pytest.mark.parametrize("status", [SubjectStatus.DIED, SubjectStatus.WITHDRAWN, SubjectStatus.SCREEN_FAILURE])
def test_who_left_the_trial_is_not_looked_for(trial, status):
    from accounts.actor import acting

    subject = trial.treated_subject()
    trial.infuse(subject, visit="C1D1")
    with acting(SETUP):
        subject.status = status
        subject.save(update_fields=["status"])
    assert rows_of("silent", date(2009, 1, 1)) == {}


def test_after_a_withdrawn_consent_only_the_agreed_follow_up_waits(trial):
    subject = trial.treated_subject()
    trial.infuse(subject, day(1), visit="C1D1")
    visit = begin_end_of_treatment(subject=subject, on=day(40), by=trial.by)
    record = {"end_date": day(40).isoformat(), "reason": "WITHDRAWAL OF CONSENT"}
    trial.fill(subject, "end_of_treatment", record, visit=visit.code)
    assert set(visits("overdue", day(400))) == {"Survival follow-up 1", "Survival follow-up 2"}


def test_each_site_s_people_see_their_own_lists(trial):
    trial.treated_subject()
    trial.treated_subject(site=trial.other_site)
    of_own_site = worklists(access_for(trial.coordinator), {})
    assert {row.site for row in of_own_site.rows("overdue")[0:500]} == {"101"}
    everybody = worklists(access_for(trial.data_manager), {})
    assert {row.site for row in everybody.rows("overdue")[0:500]} == {"101", "102"}
    assert everybody.counts()["overdue"] == 2 * of_own_site.counts()["overdue"]


def test_the_page_costs_the_same_with_one_subject_and_with_many(trial, client):
    client.force_login(trial.coordinator)
    trial.treated_subject()

    def statements():
        client.get("/worklists/?list=overdue")
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/worklists/?list=overdue").status_code == 200
        return len(seen)

    few = statements()
    for _ in range(3):
        trial.treated_subject()
    assert statements() == few


def test_the_page_gathers_what_waits_once_for_its_numbers_and_its_rows(trial, client):
    client.force_login(trial.coordinator)
    trial.treated_subject()
    for address in ("/worklists/", "/worklists/?list=missing&page=2"):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        assert len([statement for statement in seen if "waiting AS" in statement["sql"]]) == 1


@pytest.mark.parametrize("page", ["0", "-1", "two", "9" * 30])
def test_what_is_no_page_is_refused(trial, client, page):
    client.force_login(trial.coordinator)
    assert client.get(f"/worklists/?list=overdue&page={page}").status_code == 400


@pytest.mark.parametrize("page", ["1", "2", "99"])
def test_a_page_holds_the_rows_that_the_whole_list_has_there(trial, client, monkeypatch, page):
    monkeypatch.setattr("worklists.views.PAGE_SIZE", 3)
    client.force_login(trial.coordinator)
    trial.treated_subject()
    whole = worklists(access_for(trial.coordinator), {}).rows("overdue")
    shown = client.get(f"/worklists/?list=overdue&page={page}").context
    assert shown["page"].number == Paginator(whole, 3).get_page(page).number
    assert shown["rows"] == list(Paginator(whole, 3).get_page(page).object_list) != []


def test_the_page_begins_with_the_list_that_presses_most_and_where_nothing_waits_with_what_is_due(trial, client):
    client.force_login(trial.coordinator)
    assert client.get("/worklists/").context["name"] == "due"
    trial.treated_subject()
    assert client.get("/worklists/").context["name"] == "overdue"


def test_the_page_filters_by_site_and_subject_and_keeps_both_in_its_links(trial, client):
    client.force_login(trial.data_manager)
    trial.treated_subject()
    trial.treated_subject(site=trial.other_site)
    page = client.get(f"/worklists/?list=overdue&site={trial.other_site.pk}&q=102")
    assert {row.subject for row in page.context["rows"]} == {"102-001"}
    assert f"?q=102&amp;site={trial.other_site.pk}&amp;list=due" in page.content.decode()
    assert client.get("/worklists/?q=nobody").context["rows"] == []


def test_another_site_s_number_in_the_address_is_refused(trial, client):
    trial.treated_subject(site=trial.other_site)
    client.force_login(trial.coordinator)
    page = client.get(f"/worklists/?list=overdue&site={trial.other_site.pk}")
    assert page.status_code == 400
    assert "102-001" not in page.content.decode()


def test_the_list_of_subjects_says_what_waits(trial, client):
    trial.treated_subject()
    client.force_login(trial.coordinator)
    page = client.get("/subjects/").content.decode()
    assert "/worklists/?list=overdue" in page


def closed(trial, reach, state="locked"):
    by = actor(trial.data_manager, "data_manager")
    return shut(reach=reach, state=ClosureState(state), reason="as agreed", by=by)


@pytest.mark.parametrize("state", ["frozen", "locked"])
@pytest.mark.parametrize("way", ["visit", "subject", "site", "trial"])
def test_what_is_frozen_or_locked_is_no_work_and_is_counted_as_left_undone(trial, way, state):
    subject = trial.treated_subject()
    trial.infuse(subject, day(1), visit="C1D1")
    visit = subject.visits.get(code="C1D8")
    reach = reach_of(way, subject, visit)
    lists = Worklists(None, day(11))
    before = lists.page("overdue", 1, 50)
    closed(trial, reach, state)
    after = lists.page("overdue", 1, 50)
    assert [row.visit for row in before.rows] == ["Cycle 1, day 8"]
    assert (after.rows, after.counts["overdue"], after.left_undone["overdue"]) == ([], 0, 1)
    assert visits("overdue", day(11)) == []
    assert lists.counts()["overdue"] == 0
    if way != "visit":
        assert lists.counts() == dict.fromkeys(lists.counts(), 0)
    assert never_begun(today=day(11), subject=subject.pk, shut=True) > 0
    assert never_begun(today=day(11), visit=visit.pk, shut=False) == 0
    assert never_begun(today=day(11), visit=visit.pk) == never_begun(today=day(11), visit=visit.pk, shut=True)


def test_a_draft_that_is_frozen_alone_is_no_work(trial):
    subject = trial.treated_subject()
    record = {"assessment_date": day(57).isoformat(), "new_lesions": "N"}
    form = trial.fill(subject, "tumour", record, visit="TA01", complete=False)
    assert len(rows_of("drafts", day(58))) == 1
    closed(trial, reach_of_form(form), "frozen")
    assert rows_of("drafts", day(58)) == {}


def test_an_empty_list_says_that_nothing_may_be_done_and_how_much_is_left(trial, client):
    subject = trial.treated_subject()
    client.force_login(trial.coordinator)
    closed(trial, Reach(subject.site))
    page = client.get("/worklists/?list=overdue").content.decode()
    number = Worklists(None, timezone.localdate()).page("overdue", 1, 50).left_undone["overdue"]
    assert "No action is possible here" in page
    assert f"Left undone: {number:,} visit" in page
    assert number > 0
    assert "Did not take place" not in client.get(f"/subjects/{subject.pk}/").content.decode()


def test_an_empty_list_says_that_there_is_nothing_to_do_or_that_nothing_fits(trial, client):
    client.force_login(trial.coordinator)
    assert "Overdue: none at your sites today." in client.get("/worklists/?list=overdue").content.decode()
    trial.subject()
    page = client.get("/worklists/?list=due&q=999").content.decode()
    assert "Nothing in this list fits the filter." in page
    assert 'href="/worklists/?list=due"' in page
