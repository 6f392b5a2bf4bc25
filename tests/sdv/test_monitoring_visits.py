"""A monitor's visit to a site: what is verified and asked between opening and closing stands in its report."""

from datetime import date

import pytest

from audit.models import AccessEvent, Event
from cohorts.services import Refused
from reports.monitoring_report import contents
from review.services import close_query, raise_query
from sdv.models import MonitoringVisit
from sdv.reading import done_at
from sdv.services import close_visit, open_visit
from tests.cast import actor

PLACE = {"purpose": "First visit", "starts_on": date(2008, 2, 4), "present": "Ines, Carla"}


@pytest.fixture
def form(subject):
    return subject.forms.get(code="demography")


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
    assert [(one.pk, number) for one, _, number, _ in done.forms] == [(form.pk, verified)]
    assert [step.query.text for step in done.raised] == ["54?"]
    assert [step.query.text for step in done.closed] == ["54?"]


def test_what_others_ask_meanwhile_is_not_in_it(trial, form, visit):
    raise_query(case_form=form, item="age", text="54?", by=actor(trial.data_manager, "data_manager"))
    assert done_at(visit).raised == []


def test_a_report_tells_what_lapsed_since(trial, form, check, visit, monitor):
    check(form)
    close_visit(visit=visit, ends_on=date(2008, 2, 5), remarks="", by=monitor)
    record = {"birth_date": "1953-06", "age": 54, "sex": "F", "race": "WHITE"}
    trial.fill(form.subject, "demography", record, visit="SCR", case_form=form, reason="Corrected")
    ((_, _, number, ended),) = done_at(visit).forms
    assert (number > 3, ended) == (True, 1)


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
    found = Event.objects.filter(table_name="sdv_monitoringvisit").order_by("pk")
    assert [(event.action, event.actor_name, event.site_id) for event in found] == [
        ("insert", "mona", visit.site_id),
        ("update", "mona", visit.site_id),
    ]


def test_the_report_is_a_pdf_and_its_download_is_noted(trial, form, check, visit, as_user, monitor):
    check(form)
    raise_query(case_form=form, item="age", text="54?", by=monitor)
    answer = as_user(trial.monitor).get(f"/monitoring-visits/{visit.pk}/report.pdf")
    assert answer.content.startswith(b"%PDF")
    assert AccessEvent.objects.filter(kind="export").latest("id").actor_name == "mona"
    told = contents(visit, visit.opened_at)
    assert told["counts"][3] == ["Queries raised", "1"]
    assert told["raised"][0][1:3] == ["Demography Age", "54?"] or told["raised"][0][2] == "54?"


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
