"""What somebody with a stolen page, a forged one or another site's keys can and cannot do."""

import csv
import re
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.actor import acting
from accounts.models import Membership, User
from assessments.models import CaseForm
from cohorts.models import Subject
from review.services import answer_query, raise_query
from signature.models import Signature
from tests.api.operations import OPERATIONS
from tests.cast import PASSWORD, SETUP, Trial, actor


@pytest.mark.requirement("21 CFR 11.10(g)", "EMA 2023 security")
@pytest.mark.django_db
def test_a_coordinator_cannot_grow_by_forms_or_api(trial: Trial, as_user: Any, api: Any) -> None:
    coordinator, roles = trial.coordinator, Membership.objects.count()
    client = as_user(coordinator)
    for address in (f"/people/{coordinator.pk}/grant/", "/people/add/"):
        sent = {"role": "data_manager", "username": "mallory", "email": "m@example.org", "reason": "x"}
        assert client.post(address, sent).status_code == 403
    caller = api(coordinator)
    assert caller.post(f"/api/v1/users/{coordinator.pk}/memberships/", {"role": "data_manager"}).status_code == 403
    assert caller.post("/api/v1/users/", {"username": "mallory", "email": "m@example.org"}).status_code == 403
    assert caller.patch("/api/v1/me/", {"is_superuser": True, "roles": ["auditor"]}).status_code == 405
    assert Membership.objects.count() == roles
    assert not User.objects.filter(username="mallory").exists()


@pytest.mark.django_db
def test_a_form_is_not_moved_to_another_subject_by_what_is_sent(trial: Trial, api: Any) -> None:
    subject, other = trial.subject(), trial.subject(trial.other_site)
    trial.screen(subject)
    form = subject.forms.get(code="demography")
    sent = {"subject": other.pk, "version": form.version, "reason": "x", "age": 55}
    api(trial.coordinator).patch(f"/api/v1/forms/demography/{form.pk}/", sent)
    assert CaseForm.objects.get(pk=form.pk).subject_id == subject.pk
    assert not other.forms.exists()


@pytest.mark.django_db
def test_a_post_without_the_page_s_token_changes_nothing(trial: Trial) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(trial.coordinator)
    assert client.post("/subjects/add/", {"site": trial.site.pk}).status_code == 403
    assert client.post("/subjects/add/", {"csrfmiddlewaretoken": "x" * 64}).status_code == 403
    assert not Subject.objects.exists()


@pytest.mark.requirement("21 CFR 11.100", "21 CFR 11.200")
@pytest.mark.django_db
def test_nobody_signs_with_another_one_s_name_or_for_another_site(trial: Trial, as_user: Any) -> None:
    trial.screen(screened := trial.subject())
    trial.screen(other := trial.subject(trial.other_site))
    client = as_user(trial.investigator)
    for subject, name, version in ((screened, "carla", 1), (other, "ines", 1), (screened, "ines", 7)):
        form = subject.forms.get(code="demography")
        sent = {"form": [f"{form.pk}-{version}"], "username": name, "password": PASSWORD}
        assert client.post("/sign/", sent).status_code == 422
    form = screened.forms.get(code="demography")
    sent = {"form": [f"{form.pk}-1"], "username": "ines", "password": PASSWORD}
    assert as_user(trial.coordinator).post("/sign/", sent).status_code == 403
    assert not Signature.objects.exists()


def asked_to_sign(form: CaseForm, **others: Any) -> dict[str, Any]:
    forms = [{"form": form.pk, "version": form.version}]
    return {"forms": forms, "username": "ines", "password": PASSWORD} | others


@pytest.mark.requirement("21 CFR 11.70", "EMA 2023 signatures")
@pytest.mark.django_db
def test_a_form_that_changed_between_the_look_and_the_signature_is_not_signed_by_the_api(
    trial: Trial, api: Any
) -> None:
    trial.screen(subject := trial.subject())
    form = subject.forms.get(code="demography")
    seen = asked_to_sign(form)
    record = {"birth_date": "1953-05", "age": 55, "sex": "F", "race": "WHITE"}
    trial.fill(subject, "demography", record, visit="SCR", case_form=form, reason="typing error")
    answer = api(trial.investigator).post("/api/v1/signatures/", seen, format="json")
    assert (answer.status_code, answer.json()["code"], answer.json()["version"]) == (409, "stale", 2)
    assert not Signature.objects.exists()


@pytest.mark.requirement("21 CFR 11.200")
@pytest.mark.django_db
def test_a_signature_that_is_sent_again_signs_nothing_more(trial: Trial, api: Any, as_user: Any) -> None:
    trial.screen(subject := trial.subject())
    form = subject.forms.get(code="demography")
    caller = api(trial.investigator)
    assert caller.post("/api/v1/signatures/", asked_to_sign(form), format="json").status_code == 201
    again = caller.post("/api/v1/signatures/", asked_to_sign(form), format="json")
    assert (again.status_code, again.json()["code"]) == (409, "signed")
    sent = {"form": [f"{form.pk}-1"], "username": "ines", "password": PASSWORD}
    assert as_user(trial.investigator).post("/sign/", sent).status_code == 422
    assert Signature.objects.count() == 1


@pytest.mark.requirement("21 CFR 11.100", "21 CFR 11.200")
@pytest.mark.django_db
def test_by_the_api_nobody_signs_with_another_one_s_name_or_password_or_without_the_right(
    trial: Trial, api: Any
) -> None:
    trial.screen(subject := trial.subject())
    form = subject.forms.get(code="demography")
    with acting(SETUP):
        trial.coordinator.set_password("another one's Password 7")
        trial.coordinator.save(update_fields=["password"])
    for who, others, status in (
        (trial.coordinator, {}, 403),
        (trial.monitor, {"username": "mona"}, 403),
        (trial.stranger, {"username": "stella"}, 404),
        (trial.investigator, {"username": "carla", "password": "another one's Password 7"}, 400),
        (trial.investigator, {"password": "another one's Password 7"}, 400),
    ):
        answer = api(who).post("/api/v1/signatures/", asked_to_sign(form, **others), format="json")
        assert answer.status_code == status, (who, others)
    assert not Signature.objects.exists()


@pytest.mark.django_db
def test_another_site_s_keys_find_nothing_in_filters_of_lists_and_files(trial: Trial, as_user: Any) -> None:
    trial.screen(subject := trial.subject())
    form = subject.forms.get(code="demography")
    client = as_user(trial.stranger)
    filters = {"site": trial.site.pk, "subject": subject.pk, "form": form.pk, "q": subject.label}
    for address in (
        "/subjects/",
        "/queries/",
        "/queries.csv",
        "/trail/",
        "/trail.csv",
        "/signatures/",
        "/signatures.csv",
        "/worklists/",
        "/laboratory/",
    ):
        for name, value in filters.items():
            answer = client.get(address, {name: value})
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert answer.status_code in (200, 302, 400, 404, 422), (address, name)
            # What was typed into the search stands there again.
            assert name == "q" or subject.label.encode() not in content, (address, name)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/accounts/login/", "/api/v1/subjects/", "/nowhere/"])
def test_a_request_for_another_host_is_refused_with_a_page(client: Client, address: str) -> None:
    answer = client.get(address, headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert b"evil.example" not in answer.content


FILES = ("/csv/", "/xlsx/")
LINE = "{subject},SCR,2007-12-28,HGB,121,g/L"
WHAT_WAS_SAID = re.compile(r"[^<>]*\bit\b[^<>]*at your sites[^<>]*|[^<>]*no subject[^<>]*")
SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.mark.requirement("EMA 2023 security")
@pytest.mark.django_db
def test_markup_and_formulas_typed_into_a_query_are_text_on_every_page_and_in_every_file(
    trial: Trial, as_user: Any
) -> None:
    trial.screen(subject := trial.subject())
    form = subject.forms.get(code="demography")
    query = raise_query(case_form=form, item="age", text=SCRIPT, by=actor(trial.monitor, "monitor"))
    answer_query(query=query, text='=HYPERLINK("http://evil.example")', by=trial.by)
    client = as_user(trial.data_manager)
    pages = [f"/queries/{query.pk}/", f"/forms/{form.pk}/", f"/subjects/{subject.pk}/", "/queries/", "/trail/"]
    for address in (*pages, *(f"{page}?{urlencode({'q': SCRIPT, 'user': SCRIPT})}" for page in pages)):
        answer = client.get(address)
        content = answer.content.decode()
        assert "<script>alert" not in content and "<img src=x" not in content, address
        assert "default-src 'self'" in answer["Content-Security-Policy"]
    for address in ("/queries.csv", "/trail.csv"):
        content = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
        cells = [cell for row in csv.reader(StringIO(content)) for cell in row]
        assert any(cell.startswith("'=HYPERLINK") for cell in cells), address
        assert not any(cell.startswith("=") for cell in cells), address


@pytest.mark.requirement("EMA 2023 security")
@pytest.mark.django_db
@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x"])
def test_signing_in_leads_nowhere_else_and_gives_another_session_than_was_planted(trial: Trial, elsewhere: str) -> None:
    cache.clear()
    client = Client()
    planted = client.session.session_key
    sent = {"login": "carla", "password": PASSWORD, "next": elsewhere}
    answer = client.post(f"/accounts/login/?{urlencode({'next': elsewhere})}", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session.session_key != planted
    assert client.get("/subjects/").status_code == 200


@pytest.mark.requirement("21 CFR 11.10(d)")
@pytest.mark.django_db
def test_filters_and_orders_of_the_api_find_nothing_of_another_site(trial: Trial, api: Any) -> None:
    trial.screen(other := trial.subject(trial.other_site))
    site, form = trial.other_site.pk, other.forms.get(code="demography").pk
    query = raise_query(case_form=other.forms.get(code="consent"), text="x", by=actor(trial.data_manager, "x"))
    client = api(trial.coordinator)
    parameters = ("ordering=-subject__site__code&page_size=100000", f"site={site}", "site=102", f"subject={other.pk}")
    lists = {row[1] for row in OPERATIONS if row[0] == "get" and "{" not in row[1] and not row[1].endswith(FILES)}
    # Of the forms, which are all of one making, one kind.
    for address in sorted(address for address in lists if "/forms/" not in address or "demography" in address):
        for what in (*parameters, f"form={form}&subject__site={site}"):
            answer = client.get(f"{address}?{what}")
            assert answer.status_code in (200, 400, 403, 404), (address, what)
            assert other.label not in answer.content.decode(), (address, what)
    assert client.post(f"/api/v1/queries/{query.pk}/answer/", {"text": "x"}).status_code == 404
    assert client.post("/api/v1/subjects/", {"site": "102"}).status_code == 404
    sent = {"site": "101", "status": "enrolled", "number": 99}
    # What the system gives out is given out by the system: said by somebody else, it is refused.
    assert set(client.post("/api/v1/subjects/", sent).json()["errors"]) == {"status", "number"}
    assert client.post("/api/v1/subjects/", {"site": "101"}).status_code == 201
    made = Subject.objects.get(site=trial.site)
    assert (made.label, made.status, hasattr(made, "enrolment")) == ("101-001", "screening", False)


@pytest.mark.requirement("21 CFR 11.10(d)", "EMA 2023 security")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "who", "head", "line"),
    [
        ("/queries/import/", "monitor", "subject,text", "{subject},?"),
        ("/laboratory/import/", "coordinator", "subject,visit,sample_date,analyte,value,unit", LINE),
    ],
)
def test_a_file_that_names_another_site_s_subject_hears_what_is_said_of_nobody(
    trial: Trial, as_user: Any, address: str, who: str, head: str, line: str
) -> None:
    trial.screen(elsewhere := trial.subject(trial.other_site))
    faults = []
    for label in (elsewhere.label, "102-777"):
        content = f"{head}\n{line.format(subject=label)}\n".encode()
        file = SimpleUploadedFile("<img src=x onerror=alert(1)>.csv", content)
        answer = as_user(getattr(trial, who)).post(address, {"file": file, "action": "look"})
        assert answer.status_code == 422
        assert b"<img src=x" not in answer.content
        faults.append(WHAT_WAS_SAID.findall(answer.content.decode().replace(label, "it")))
    assert faults[0] == faults[1] != []
