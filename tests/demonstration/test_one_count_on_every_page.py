"""What lists, files and the API count of the demonstration, held against each other and against the subjects' pages."""

import csv
import html
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from cohorts.models import Subject
from endpoints.models import Outcome
from values.dates import shown_date

pytestmark = pytest.mark.django_db
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture
def data_manager() -> Client:
    call_command("demo_trial", seed=3, subjects=6, forms="light", stdout=io.StringIO())
    client = Client()
    client.force_login(User.objects.get(username="datamanager"))
    return client


def words(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(html.unescape(TAGS.sub(" ", response.content.decode())).split())


def counted(client: Client, address: str, **filters: Any) -> int:
    number = client.get(f"/api/v1/{address}/", filters).json()["count"]
    assert isinstance(number, int)
    return number


def listed(client: Client, address: str, **filters: Any) -> Iterator[dict[str, Any]]:
    """Every row of the API's pages."""
    address = f"/api/v1/{address}/"
    while address:
        answer = client.get(address, filters).json()
        yield from answer["results"]
        address, filters = answer["next"] or "", {}


def file_of(client: Client, address: str) -> list[dict[str, str]]:
    content = b"".join(client.get(address).streaming_content)  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_every_count_is_the_same_wherever_it_is_said(data_manager: Client) -> None:
    subjects_are_counted_alike(data_manager)
    visits_have_one_day(data_manager)
    queries_are_counted_alike(data_manager)
    verification_is_counted_alike(data_manager)
    signatures_are_counted_alike(data_manager)
    serious_events_are_counted_alike(data_manager)
    the_last_contact_is_one_day(data_manager)


def subjects_are_counted_alike(client: Client) -> None:
    page = client.get("/subjects/")
    assert page.context["page"].paginator.count == counted(client, "subjects") == Subject.objects.count() == 6
    known = {subject["label"]: subject for subject in listed(client, "subjects")}
    for row in page.context["matrix"].rows:
        subject = row.book.subject
        by_api = known[subject.label]
        assert by_api["status"] == subject.status
        casebook = words(client.get(reverse("subject", args=[subject.pk])))
        assert subject.get_status_display().lower() in casebook.lower()


def visits_have_one_day(client: Client) -> None:
    for subject in Subject.objects.all():
        casebook = words(client.get(reverse("subject", args=[subject.pk])))
        for visit in listed(client, "visits", subject=subject.pk):
            if visit["visit_date"]:
                assert shown_date(visit["visit_date"]) in casebook, visit


def queries_are_counted_alike(client: Client) -> None:
    live = counted(client, "queries", state="live")
    assert live > 0
    assert client.get("/queries/?state=live").context["page"].paginator.count == live
    rows = file_of(client, "/queries.csv?state=live")
    assert len(rows) == live
    *sites, total = client.get("/queries/ageing/").context["lines"]
    assert total.live == sum(line.live for line in sites) == live
    for row in client.get("/subjects/").context["matrix"].rows:
        of_subject = counted(client, "queries", subject=row.book.subject.pk, state="open")
        assert row.book.open_queries == of_subject
    by_check = Counter(query["check_id"] for query in listed(client, "queries", state="live") if query["check_id"])
    checks = {line.check.id: line.live for line in client.get("/checks/").context["checks"] if line.live}
    assert checks == dict(by_check)


def verification_is_counted_alike(client: Client) -> None:
    lines = client.get("/sdv/progress/").context["lines"]
    stored = client.get("/api/v1/verifications/progress/").json()
    rows = file_of(client, "/sdv/progress.csv")
    for line, progress, row in zip(lines, stored, rows, strict=True):
        numbers = [line.planned, line.verified, line.lapsed, line.outstanding, line.items]
        assert [progress[name] for name in ("planned", "verified", "lapsed", "outstanding", "items")] == numbers
        names = ("forms_planned", "forms_verified", "forms_lapsed", "forms_outstanding", "items_verified")
        assert [int(row[name]) for name in names] == numbers
    *sites, total = lines
    assert total.planned == sum(line.planned for line in sites) > 0
    for site in sites:
        monitor = Client()
        monitor.force_login(User.objects.get(username=f"monitor{site.site.code}"))
        waiting = monitor.get("/sdv/").context["page"].paginator.count
        assert waiting == counted(monitor, "verifications")
        locked = site.outstanding + site.lapsed - waiting
        assert locked >= 0


def signatures_are_counted_alike(client: Client) -> None:
    number = counted(client, "signatures")
    assert client.get("/signatures/").context["page"].paginator.count == number
    assert len(file_of(client, "/signatures.csv")) == number


def serious_events_are_counted_alike(client: Client) -> None:
    assert client.get("/serious/").context["page"].paginator.count == counted(client, "serious-events")


def the_last_contact_is_one_day(client: Client) -> None:
    """The day by which survival is censored, on the profile, the picture, the swimmer's file and the worklist."""
    alive = 0
    swimmer = {}
    for population in ("P2", "P1"):
        address = reverse("endpoints_file", args=[population, "all_treated", "swimmer", "csv"])
        content = client.get(address).content.decode("utf-8-sig")
        swimmer |= {
            row["subject"]: int(row["day"])
            for row in csv.DictReader(io.StringIO(content))
            if row["event"] == "last known alive"
        }
    for outcome in Outcome.objects.select_related("subject"):
        survival = outcome.derivation["os"]
        if not survival or survival["event"]:
            assert outcome.subject.label not in swimmer
            continue
        alive += 1
        day = shown_date(survival["date"])
        assert swimmer[outcome.subject.label] == survival["days"]
        picture = words(client.get(reverse("subject_picture", args=[outcome.pk])))
        assert re.search(rf"\b{day} {survival['days']} Last contact {re.escape(survival['words'])}", picture), picture
        assert survival["words"] in words(client.get(reverse("endpoints_subject", args=[outcome.pk])))
    assert alive > 0
    for row in client.get("/worklists/?list=silent").context["rows"]:
        survival = Outcome.objects.get(subject__label=row.subject).derivation["os"]
        assert row.seen_on.isoformat() == survival["date"]
