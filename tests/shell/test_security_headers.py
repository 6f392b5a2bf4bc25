"""What each answer tells a browser not to do, whoever asks and whatever for."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client

from audit.models import AccessEvent
from tests.cast import Trial

pytestmark = pytest.mark.django_db

ADDRESSES = (
    "/",
    "/subjects/",
    "/accounts/login/",
    "/no-such-page/",
    "/api/v1/subjects/",
    "/access-log.csv",
    "/health/",
)
OTHER_ORIGIN = {"Origin": "https://elsewhere.example"}


@pytest.fixture(params=["auditor", "nobody"])
def reader(request: pytest.FixtureRequest) -> Client:
    client = Client()
    if request.param != "nobody":
        client.force_login(getattr(Trial(), request.param))
    return client


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_headers_that_keep_it_in_its_place(reader: Client, address: str) -> None:
    answer = reader.get(address, headers=OTHER_ORIGIN)
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["form-action"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert not answer.has_header("Access-Control-Allow-Origin")


@pytest.mark.parametrize("address", ADDRESSES)
def test_trace_is_answered_nowhere(reader: Client, address: str) -> None:
    answer = reader.trace(address)
    assert answer.status_code in (302, 401, 403, 404, 405)
    assert b"TRACE" not in b"".join(answer) or address.startswith("/api/")


@pytest.mark.parametrize("folder", ["/static/", "/static/js/", "/static/vega/"])
def test_no_folder_is_listed(reader: Client, folder: str) -> None:
    assert reader.get(folder).status_code == 404


def test_behind_tls_browsers_are_told_to_use_nothing_else() -> None:
    """In a program of its own: the settings are read once."""
    program = (
        "import django; django.setup(); from django.http import HttpResponse; from django.test import RequestFactory;"
        " from django.middleware.security import SecurityMiddleware as middleware;"
        " request = RequestFactory().get('/', headers={'X-Forwarded-Proto': 'https'});"
        " print(middleware(lambda _: HttpResponse())(request).get('Strict-Transport-Security'))"
    )
    for behind_tls, header in {True: "max-age=31536000; includeSubDomains", False: "None"}.items():
        environment = os.environ | {"BEHIND_TLS": str(behind_tls)}
        run = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert run.stdout.strip() == header


@pytest.mark.parametrize(("proxies", "counted"), [(0, "127.0.0.1"), (1, "203.0.113.7")])
def test_a_client_s_own_word_about_its_address_is_not_believed(settings: Any, proxies: int, counted: str) -> None:
    """Without a proxy none is; behind one, the last that it added."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    Client().post(
        "/accounts/login/",
        {"login": "nobody", "password": "wrong"},
        headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"},
    )
    assert AccessEvent.objects.get(kind="sign_in_failed").address == counted
