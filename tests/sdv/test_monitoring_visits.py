"""A monitor's visit to a site: what is verified and asked between opening and closing stands in its report."""

from datetime import date
from hashlib import sha256

import pytest
from django.db import DatabaseError, IntegrityError, connection

from accounts.actor import acting
from audit.models import AccessEvent, Event
from cohorts.services import Refused
from reports.monitoring_report import contents, monitoring_report
from review.services import cancel_query, close_query, raise_query
from sdv.models import MonitoringVisit, VisitReport
from sdv.reading import done_at
from sdv.services import close_visit, open_visit
from sdv.visit_report import Report, content_of, later_than, report_of
from tests.cast import Trial, actor

PLACE = {"purpose": "First visit", "starts_on": date(2008, 2, 4), "present": "Ines, Carla"}


@pytest.fixture
def visit(trial, monitor):
    return open_visit(site=trial.site, **PLACE, monitor=trial.monitor, by=monitor)


def test_what_is_done_before_and_after_is_not_in_its_report(trial, subject, form, check, monitor, at_site):
    consent, history = (subject.forms.get(code=code) for code in ("consent", "history"))
    check(consent)
    visit = open_visit(site=trial.site, **PLACE, monitor=trial.monitor, by=monitor)
    verified = check(form).items
    query = raise_query(case_form=form, item="age", text="54?", by=monitor)
    close_query(query=query, text="Seen.", by=monitor)
    visit = close_visit(visit=visit, ends_on=date(2008, 2, 5), remarks="", by=monitor)
    check(history)
    raise_query(case_form=form, item="sex", text="Later?", by=monitor)
    done = done_at(visit)
    assert [(verified_form.pk, number) for verified_form, _, number, _ in done.forms] == [(form.pk, verified)]
    assert [step.query.text for step in done.raised] == ["54?"]
    assert [step.query.text for step in done.closed] == ["54?"]


def test_a_cancelled_query_is_told_from_a_closed_one_on_page_in_the_api_and_in_print(
    trial, form, visit, monitor, as_user
):
    served, mistaken = (raise_query(case_form=form, item=item, text=f"{item}?", by=monitor) for item in ("age", "sex"))
    close_query(query=served, text="Seen.", by=monitor)
    cancel_query(query=mistaken, text="Of another subject.", by=monitor)
    visit = close_visit(visit=visit, ends_on=date(2008, 2, 5), remarks="", by=monitor)
    content = report_of(visit).content
    ended = [[row["text"] for row in content[name]] for name in ("closed_queries", "cancelled_queries")]
    assert ended == [["age?"], ["sex?"]]
    client = as_user(trial.monitor)
    page = client.get(f"/monitoring-visits/{visit.pk}/").content.decode()
    assert "<dt>Queries closed</dt><dd>1</dd>" in page
    assert "<dt>Queries cancelled</dt><dd>1</dd>" in page
    assert client.get(f"/api/v1/monitoring-visits/{visit.pk}/report/").json()["content"] == content
    printed = contents(report_of(visit), visit.closed_at)
    assert printed["counts"][-2:] == [["Queries closed", "1"], ["Queries cancelled", "1"]]
    assert [(title, len(rows)) for title, rows in printed["ended"]] == [("Queries closed", 1), ("Queries cancelled", 1)]
    assert monitoring_report(visit, printed_at=visit.closed_at).startswith(b"%PDF-")


def test_a_report_kept_before_they_were_told_apart_says_closed_or_cancelled(trial, closed):
    old = {name: value for name, value in report_of(closed).content.items() if name != "cancelled_queries"}
    printed = contents(Report(old, "0" * 64), closed.closed_at)
    assert printed["counts"][-1] == ["Queries closed or cancelled", "0"]
    assert [title for title, _ in printed["ended"]] == ["Queries closed or cancelled"]
    assert later_than(closed, old).queries == []


def test_what_others_ask_meanwhile_is_not_in_it(trial, form, visit):
    raise_query(case_form=form, item="age", text="54?", by=actor(trial.data_manager, "data_manager"))
    assert done_at(visit).raised == []


@pytest.fixture
def closed(trial, form, check, visit, monitor):
    """A visit at which the demography was verified and a query raised, closed."""
    check(form)
    raise_query(case_form=form, item="age", text="54?", by=monitor)
    return close_visit(visit=visit, ends_on=date(2008, 2, 5), remarks="Fine", by=monitor)


def change_birth_date(trial, form):
    record = {"birth_date": "1953-06", "age": 54, "sex": "F", "race": "WHITE"}
    trial.fill(form.subject, "demography", record, visit="SCR", case_form=form, reason="Corrected")


def test_an_open_visit_tells_what_lapsed_meanwhile(trial, form, check, visit):
    check(form)
    change_birth_date(trial, form)
    ((_, _, number, ended),) = done_at(visit).forms
    assert (number > 3, ended) == (True, 1)


@pytest.mark.requirement("ICH E6(R3) 4.2.2")
def test_the_report_of_a_closed_visit_never_changes_and_what_came_later_stands_beside_it(
    trial, form, closed, monitor, as_user
):
    client, address = as_user(trial.monitor), f"/monitoring-visits/{closed.pk}/"
    before, pdf = report_of(closed), client.get(f"{address}report.pdf").content
    close_query(query=form.queries.get(text="54?"), text="Seen.", by=monitor)
    change_birth_date(trial, form)
    assert report_of(closed) == before
    assert client.get(f"{address}report.pdf").content == pdf
    page = client.get(address)
    assert page.context["done"]["forms"][0]["ended"] == 0
    (lapsed,), (moved,) = page.context["later"].lapsed, page.context["later"].queries
    assert (lapsed[0], lapsed[3]) == (form.pk, 1)
    assert (moved[0].text, moved[1]) == ("54?", "Closed")
    assert "1 item verified at the visit is no longer verified" in " ".join(page.content.decode().split())


def test_the_hash_of_a_report_is_verified_on_its_page(trial, closed, as_user):
    kept = VisitReport.objects.get()
    assert sha256(kept.content.encode()).hexdigest() == kept.digest
    page = as_user(trial.monitor).get(f"/monitoring-visits/{closed.pk}/").content.decode()
    assert kept.digest in page
    assert "is the one in the trail" in page


def test_a_report_that_the_database_s_owner_rewrote_with_its_hash_is_not_shown_as_kept(committed_db, as_owner, client):
    trial = Trial()
    by = actor(trial.monitor, "monitor")
    visit = open_visit(site=trial.site, **PLACE, monitor=trial.monitor, by=by)
    close_visit(visit=visit, ends_on=date(2008, 2, 5), remarks="Fine", by=by)
    as_owner.execute("ALTER TABLE sdv_visitreport DISABLE TRIGGER USER")
    as_owner.execute(
        "UPDATE sdv_visitreport SET content = replace(content, 'Fine', 'Poor'),"
        " digest = encode(sha256(convert_to(replace(content, 'Fine', 'Poor'), 'UTF8')), 'hex')"
    )
    client.force_login(trial.monitor)
    page = client.get(f"/monitoring-visits/{visit.pk}/").content.decode()
    assert "This is not the report that was kept." in page
    assert "is the one in the trail" not in page


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sdv_visitreport SET content = '{}'",
        "DELETE FROM sdv_visitreport",
        "TRUNCATE sdv_visitreport",
    ],
)
def test_nobody_changes_or_deletes_a_report(closed, monitor, statement):
    with pytest.raises(DatabaseError), acting(monitor), connection.cursor() as cursor:
        cursor.execute(statement)
    assert VisitReport.objects.get().visit == closed


def test_a_report_is_not_written_down_with_another_digest(trial, visit, monitor):
    with pytest.raises(IntegrityError, match="digest_of_its_content"), acting(monitor):
        VisitReport.objects.create(visit=visit, site=trial.site, content="{}", digest="0" * 64)


def test_a_visit_that_was_closed_before_reports_were_kept_is_derived_as_it_was_then(trial, form, closed, as_user):
    kept = report_of(closed).content
    change_birth_date(trial, form)
    assert content_of(closed) == kept


def test_one_visit_at_a_time_and_its_own_monitor_closes_it(trial, visit, monitor):
    with pytest.raises(Refused, match="open visit at this site already"):
        open_visit(site=trial.site, **PLACE, monitor=trial.monitor, by=monitor)
    with pytest.raises(Refused, match="nobody closes it for another"):
        close_visit(visit=visit, ends_on=date(2008, 2, 5), remarks="", by=actor(trial.data_manager, "monitor"))
    with pytest.raises(Refused, match="before the first"):
        close_visit(visit=visit, ends_on=date(2008, 2, 3), remarks="", by=monitor)
    close_visit(visit=visit, ends_on=date(2008, 2, 4), remarks="", by=monitor)
    with pytest.raises(Refused, match="closed already"):
        close_visit(visit=visit, ends_on=date(2008, 2, 4), remarks="", by=monitor)


def test_opening_and_closing_stand_in_the_trail(visit, monitor):
    close_visit(visit=visit, ends_on=date(2008, 2, 5), remarks="Fine", by=monitor)
    events = Event.objects.filter(table_name="sdv_monitoringvisit").order_by("pk")
    assert [(event.action, event.actor_name, event.site_id) for event in events] == [
        ("insert", "mona", visit.site_id),
        ("update", "mona", visit.site_id),
    ]


def test_the_report_is_a_pdf_and_its_download_is_noted(trial, form, check, visit, as_user, monitor):
    check(form)
    raise_query(case_form=form, item="age", text="54?", by=monitor)
    answer = as_user(trial.monitor).get(f"/monitoring-visits/{visit.pk}/report.pdf")
    assert answer.content.startswith(b"%PDF")
    assert AccessEvent.objects.filter(kind="export").latest("id").actor_name == "mona"
    printed = contents(report_of(visit), visit.opened_at)
    assert printed["counts"][3] == ["Queries raised", "1"]
    assert printed["raised"][0][1:3] == ["Demography Age", "54?"] or printed["raised"][0][2] == "54?"


def test_a_visit_is_opened_and_closed_on_its_pages(trial, as_user):
    client = as_user(trial.monitor)
    sent = {"site": trial.site.pk, "purpose": "Routine", "starts_on": "2008-02-04", "present": "Ines"}
    answer = client.post("/monitoring-visits/add/", sent)
    visit = MonitoringVisit.objects.get()
    assert answer.url == f"/monitoring-visits/{visit.pk}/"
    assert "not yet" in client.get(answer.url).content.decode()
    client.post(f"/monitoring-visits/{visit.pk}/close/", {"ends_on": "2008-02-05", "remarks": ""})
    visit.refresh_from_db()
    assert visit.closed_at is not None
    elsewhere = sent | {"site": trial.other_site.pk}
    assert client.post("/monitoring-visits/add/", elsewhere).status_code == 422
