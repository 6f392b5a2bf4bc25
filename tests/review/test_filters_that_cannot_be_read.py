"""A filter that cannot be read is refused in words, by its page and by the file of it: never an empty list or file."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.actor import acting
from audit.models import AccessEvent, Event
from tests.cast import SETUP

# (user, address, what is wrong, a word of the sentence)
REFUSED = [
    ("auditor", "/trail/", "since=31.13.2026", "there is no month 13"),
    ("auditor", "/trail.csv", "since=31.13.2026", "there is no month 13"),
    ("auditor", "/trail/", "until=yesterday", "is not a date"),
    ("auditor", "/trail/", "since=29+Nov+2026+25:00", "24-hour clock"),
    ("auditor", "/trail/", "since=2026-11-29&until=2026-11-28", "is before the start"),
    ("auditor", "/trail.csv", "who=nobody-like-that", "is not a known user name."),
    ("auditor", "/trail.csv", "subject=999-999", "that you see."),
    ("auditor", "/trail/", "item=weigth", "is not a known column of any table."),
    ("auditor", "/trail/", "form=999999", "No form at your sites"),
    ("auditor", "/trail/", "form=x", "not a number"),
    ("auditor", "/trail.csv", "kind=dta", "Select a valid choice"),
    ("auditor", "/trail.csv", "subjct=101-001", "There is no filter “subjct” here"),
    ("auditor", "/trail/", "role=monitor&role=sponsor", "more than once"),
    ("auditor", "/access-log/", "since=31.13.2026", "there is no month 13"),
    ("auditor", "/access-log.csv", "since=31.13.2026", "there is no month 13"),
    ("auditor", "/access-log.csv", "kind=logins", "Select a valid choice"),
    ("auditor", "/access-log.csv", "who=nobody-like-that", "is not a known user name."),
    ("auditor", "/signatures.csv", "subject=999-999", "that you see."),
    ("auditor", "/signatures/", "site=77", "Select a valid choice"),
    ("monitor", "/queries/", "state=opne", "Select a valid choice"),
    ("monitor", "/queries.csv", "state=opne", "Select a valid choice"),
    ("monitor", "/queries.xlsx", "visit=C9D99", "that you see."),
    ("monitor", "/queries.csv", "form=vital_signs&item=weigth", "is no"),
    ("monitor", "/queries.csv", "check=none_such", "is not a known check."),
    ("monitor", "/queries.csv", "assignee=nobody-like-that", "Select a valid choice"),
    ("monitor", "/queries.csv", "case_form=x", "not a number"),
    ("monitor", "/queries/raise/", "visit=C9D99", "that you see."),
    ("monitor", "/sdv/", "code=vitals", "Select a valid choice"),
    ("monitor", "/sdv/", "sbject=1", "There is no filter"),
    ("coordinator", "/subjects/", "status=healthy", "Select a valid choice"),
    ("coordinator", "/worklists/", "list=ovredue", "Select a valid choice"),
    ("coordinator", "/laboratory/", "on=31.13.2026", "there is no month 13"),
    ("sponsor", "/serious/", "state=waitng", "Select a valid choice"),
    ("auditor", "/staff/", "state=thn", "Select a valid choice"),
    ("auditor", "/staff.csv", "state=thn", "Select a valid choice"),
    ("auditor", "/trail/reviews/", "state=planed", "Select a valid choice"),
    ("administrator", "/people/", "role=nurse", "Select a valid choice"),
]


@pytest.mark.parametrize(("who", "address", "given", "why"), REFUSED)
def test_what_cannot_be_read_is_refused_in_words_with_the_filter_beside_it(trial, as_user, who, address, given, why):
    exports = AccessEvent.objects.filter(kind="export").count()
    answer = as_user(getattr(trial, who)).get(f"{address}?{given}")
    assert answer.status_code == 400
    assert why in answer.content.decode()
    assert 'aria-label="Filter"' in answer.content.decode()
    assert AccessEvent.objects.filter(kind="export").count() == exports


def test_what_was_typed_stays_in_its_field(trial, as_user):
    page = as_user(trial.auditor).get("/trail/?since=31.13.2026&role=monitor").content.decode()
    assert 'value="31.13.2026"' in page
    assert '<option value="monitor" selected>' in page


def test_who_may_not_read_the_trail_is_told_that_and_not_what_the_filter_lacks(trial, as_user):
    assert as_user(trial.administrator).get("/trail/?since=31.13.2026").status_code == 403


@pytest.mark.parametrize("given", ["29.11.2026", "29 Nov 2026", "2026-11-29", "29-NOV-2026"])
def test_a_day_is_read_as_people_write_it(trial, as_user, given):
    page = as_user(trial.auditor).get(f"/trail/?since={given}&until={given}")
    assert page.status_code == 200
    assert page.context["filter"].cleaned_data["since"].date().isoformat() == "2026-11-29"


def test_a_time_is_taken_by_the_readers_clocks_which_the_page_names(trial, as_user):
    with acting(SETUP):
        trial.site.time_zone = "Europe/Paris"
        trial.site.save(update_fields=["time_zone"])
    now = timezone.now()
    mine = Event.objects.filter(site_id=trial.site.pk).order_by("-at").values_list("at", flat=True).first()
    assert now - mine < timedelta(minutes=5)
    page = as_user(trial.coordinator).get("/trail/")
    assert "From (CET)" in page.content.decode() or "From (CEST)" in page.content.decode()
    local = mine.astimezone(ZoneInfo("Europe/Paris"))
    minute = f"{local:%Y-%m-%d %H:%M}"
    assert as_user(trial.coordinator).get("/trail/", {"since": minute, "until": minute}).context["entries"]
    before = f"{local - timedelta(minutes=1):%Y-%m-%d %H:%M}"
    assert (
        not as_user(trial.coordinator).get("/trail/", {"since": "1 Jan 2007", "until": "2 Jan 2007"}).context["entries"]
    )
    entries = as_user(trial.coordinator).get("/trail/", {"until": before}).context["entries"]
    assert all(entry["event"].at < mine for entry in entries)
    in_utc = f"{mine:%Y-%m-%d %H:%M} UTC"
    assert as_user(trial.coordinator).get("/trail/", {"since": in_utc, "until": in_utc}).context["entries"]


def test_the_api_takes_moments_and_refuses_what_is_none(trial, as_user):
    client = as_user(trial.auditor)
    refused = client.get("/api/v1/trail/", {"since": "31.13.2026"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["since"])
    assert client.get("/api/v1/access-log/", {"until": "yesterday"}).status_code == 400
    newest = client.get("/api/v1/trail/").json()["results"][0]
    at = datetime.fromisoformat(newest["at"]).astimezone(UTC)
    assert client.get("/api/v1/trail/", {"since": f"{at:%Y-%m-%dT%H:%M:%S}Z"}).json()["results"]
    assert not client.get("/api/v1/trail/", {"since": f"{at + timedelta(hours=1):%Y-%m-%dT%H:%M:%S}Z"}).json()[
        "results"
    ]
