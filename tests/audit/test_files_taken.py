"""Each file that leaves stands in the log of access with its content's hash, by which it is known again."""

from hashlib import sha256
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse

from audit import file_check, files
from audit.access_log import AccessKind
from audit.models import AccessEvent
from tests.access.test_csv_files import content_of
from tests.cast import Trial
from tests.endpoints.population import populate

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(trial: Trial, as_user: Any) -> Client:
    client: Client = as_user(trial.auditor)
    return client


def last(kind: str = "export") -> AccessEvent:
    return AccessEvent.objects.filter(kind=kind).latest("id")


def check(client: Client, content: bytes = b"", **fields: Any) -> Any:
    file = {"file": SimpleUploadedFile("on my desk", content)} if content else {}
    return client.post("/files/verify/", file | fields)


@pytest.mark.requirement("21 CFR 11.10(b)")
def test_a_file_that_is_there_as_a_whole_is_logged_with_its_hash_and_size(trial: Trial, auditor: Client) -> None:
    subject = trial.subject()
    content = content_of(auditor.get(reverse("casebook_copy", args=[subject.pk])))
    event = last()
    assert (event.sha256, event.size) == (sha256(content).hexdigest(), len(content))
    assert event.detail == f"casebook of subject {subject} as PDF"
    assert event.file_name.endswith(".pdf")


@pytest.mark.requirement("21 CFR 11.10(b)")
def test_a_file_that_is_sent_while_it_is_read_is_logged_at_its_end(trial: Trial, auditor: Client) -> None:
    answer = auditor.get("/trail.csv?who=system")
    assert (last().sha256, last().size) == ("", None)
    content = content_of(answer)
    event = last("export_sent")
    assert (event.sha256, event.size) == (sha256(content).hexdigest(), len(content))
    assert (event.actor_name, event.detail) == ("axel", "trail as CSV, filter: who=system")
    assert event.path == "GET /trail.csv"
    assert event.file_name == last().file_name


def test_one_that_breaks_off_says_so_with_what_was_sent_until_then(
    trial: Trial, auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LINES_AT_ONCE", 2)
    answer: Any = auditor.get("/trail.csv")
    part = next(iter(answer.streaming_content))
    # What a server does when its client has gone; by this way round the test keeps its connection.
    answer._iterator.close()
    event = last("export_broken_off")
    assert (event.sha256, event.size) == (sha256(part).hexdigest(), len(part))
    assert event.detail == "trail as CSV, filter: none"
    assert not AccessEvent.objects.filter(kind=AccessKind.SENT).exists()
    page = check(auditor, part).content.decode()
    assert "Incomplete: the sending of this file broke off" in page
    assert "Unaltered" not in page


def test_one_whose_rows_fail_says_so_too(trial: Trial, rf: RequestFactory) -> None:
    def rows() -> Any:
        yield from ([number] for number in range(files.LINES_AT_ONCE))
        raise ValueError("no more")

    request = rf.get("/some.csv")
    request.user = trial.auditor
    with pytest.raises(ValueError, match="no more"):
        content_of(files.csv_response(request, "numbers", rows(), "some"))
    assert last("export_broken_off").size > 0


FILES = (
    "/queries.csv",
    "/queries.xlsx",
    "/queries/ageing.csv",
    "/signatures.csv",
    "/access-log.csv",
    "/trail.csv",
    "/staff.csv",
    "/sdv/progress.csv",
    "/reports/blank-crf.pdf",
    "/api/v1/queries/csv/",
    "/api/v1/queries/xlsx/",
    "/api/v1/signatures/csv/",
    "/endpoints/P2/all_treated/pfs.svg",
    "/endpoints/P2/all_treated/pfs.pdf",
    "/endpoints/P2/all_treated/pfs.png",
    "/endpoints/P2/all_treated/response.csv",
    "/reports/endpoints/P2/all_treated.pdf",
)


@pytest.mark.requirement("21 CFR 11.10(b)", "21 CFR 11.10(c)", "FDA 2024 certified copies", "FDA 2024 inspection")
def test_each_kind_of_file_is_known_again_by_its_content(trial: Trial, auditor: Client) -> None:
    populate(trial.site, 2)
    for address in FILES:
        answer = auditor.get(address, headers={"Accept": "*/*"})
        assert answer.status_code == 200, address
        content = content_of(answer)
        page = check(auditor, content)
        assert page.context["whole"], address
        [event, _], *_ = page.context["events"]
        assert (event.path, event.size) == (f"GET {address}", len(content))


@pytest.mark.requirement("21 CFR 11.10(c)")
def test_one_changed_byte_makes_it_unknown_and_the_answer_says_what_that_means(trial: Trial, auditor: Client) -> None:
    content = content_of(auditor.get("/access-log.csv"))
    page = " ".join(check(auditor, content[:-1] + b"x").content.decode().split())
    assert "Not known: no file of this content was taken from this system since" in page
    assert "Unaltered" not in page


def test_while_the_content_of_no_file_is_known_nothing_is_said_of_one(auditor: Client) -> None:
    page = check(auditor, b"anything").content.decode()
    assert "holds the content of no file yet" in page
    assert "altered," not in page


def test_a_hash_may_be_entered_as_programs_print_it(trial: Trial, auditor: Client) -> None:
    content = content_of(auditor.get("/access-log.csv"))
    for typed in (sha256(content).hexdigest(), f"  {sha256(content).hexdigest().upper()} "):
        assert check(auditor, sha256=typed).context["whole"]


@pytest.mark.parametrize(
    ("content", "typed", "says"),
    [
        (b"", "", "Choose a file, or enter its SHA-256."),
        (b"", "12ab", "A SHA-256 has 64 digits, 0 to 9 and a to f."),
        (b"", "g" * 64, "A SHA-256 has 64 digits, 0 to 9 and a to f."),
        (b"x", "0" * 64, "Choose a file or enter a SHA-256, not both."),
        (b"more than is taken", "", "It has more than"),
    ],
)
def test_what_cannot_be_checked_is_refused(
    auditor: Client, monkeypatch: pytest.MonkeyPatch, content: bytes, typed: str, says: str
) -> None:
    monkeypatch.setattr(file_check, "MOST_BYTES", 10)
    page = check(auditor, content, sha256=typed)
    assert page.status_code == 422
    assert says in page.content.decode()
    assert not typed or f'value="{typed}"' in page.content.decode()


def test_a_file_that_is_not_what_its_ending_says_is_told_so(auditor: Client) -> None:
    page = auditor.post("/files/verify/", {"file": SimpleUploadedFile("casebook.pdf", b"PK\x03\x04")})
    assert page.status_code == 422
    assert "It is called .pdf and does not hold what a .pdf file holds" in page.content.decode()


def test_the_api_answers_the_same(trial: Trial, auditor: Client, api: Any) -> None:
    digest = sha256(content_of(auditor.get("/access-log.csv?who=axel"))).hexdigest()
    client = api(trial.data_manager)
    [event] = client.get(f"/api/v1/files/?sha256={digest.upper()}").json()["results"]
    assert (event["actor_name"], event["kind"], event["sha256"]) == ("axel", "export_sent", digest)
    assert event["detail"] == "log of access as CSV, filter: who=axel"
    assert client.get(f"/api/v1/files/?sha256={'0' * 64}").json()["results"] == []
    for query in ("", "?sha256=", "?sha256=12ab"):
        assert client.get(f"/api/v1/files/{query}").status_code == 400


def test_who_may_not_see_the_log_is_not_told(trial: Trial, as_user: Any) -> None:
    for user in (trial.investigator, trial.coordinator, trial.monitor, trial.sponsor):
        assert check(as_user(user), b"anything").status_code == 403
    for user in (trial.data_manager, trial.administrator):
        assert check(as_user(user), b"anything").status_code == 200


def test_the_pages_of_the_trail_and_of_the_log_lead_there(trial: Trial, auditor: Client, as_user: Any) -> None:
    link = 'href="/files/verify/"'
    assert link in auditor.get("/access-log/").content.decode()
    assert link in as_user(trial.data_manager).get("/trail/").content.decode()
    assert link not in as_user(trial.monitor).get("/trail/").content.decode()


def test_looking_up_a_file_reads_few_rows(trial: Trial, auditor: Client, django_assert_max_num_queries: Any) -> None:
    AccessEvent.objects.bulk_create(
        AccessEvent(actor_name="axel", kind="export", sha256="a" * 64, size=1) for _ in range(300)
    )
    with django_assert_max_num_queries(10):
        assert len(check(auditor, sha256="a" * 64).context["events"]) == 100
