"""The description of the API: whole, without warnings, and readable as a page under the strict policy."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from assessments.catalogue import CATALOGUE
from assessments.items import items_of
from tests.cast import Trial

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    described: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    assert described["openapi"].startswith("3.")
    return described["components"]["schemas"]


def test_the_schema_is_valid_and_without_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn")
    assert "openapi: 3.1" in capsys.readouterr().out


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_item_is_described_with_its_codelist_and_limits(schemas: dict[str, Any], code: str) -> None:
    record = schemas[f"{code.title().replace('_', '')}Record"]["properties"]
    for field, item in items_of(CATALOGUE[code].record):
        described = record[field.name]
        assert item.cdash in described["description"]
        assert not item.unit or f"In {item.unit}." in described["description"]
        if field.choices:
            assert {value for value, _ in field.choices if value} <= set(described["enum"])


def test_the_limits_of_a_number_are_told(schemas: dict[str, Any]) -> None:
    record = schemas["DemographyRecord"]["properties"]
    assert (record["age"]["minimum"], record["age"]["maximum"]) == (0, 120)
    assert "Usual: 18 to 90." in record["age"]["description"]


def test_schema_and_page_are_for_those_who_are_signed_in(trial: Trial) -> None:
    client = Client()
    assert client.get("/api/v1/schema/").status_code == 401
    page = client.get("/api/v1/docs/")
    assert (page.status_code, page.headers["Location"]) == (302, "/accounts/login/?next=/api/v1/docs/")
    client.force_login(trial.coordinator)
    assert client.get("/api/v1/schema/").status_code == 200


def test_the_page_has_nothing_inline(trial: Trial) -> None:
    client = Client()
    client.force_login(trial.coordinator)
    page = client.get("/api/v1/docs/")
    text = page.content.decode()
    assert "<style" not in text
    assert text.count("<script") == text.count("<script src=") == 3
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    script = client.get("/api/v1/docs/?script=")
    assert script.headers["Content-Type"].startswith("application/javascript")
    assert "/api/v1/schema/" in script.content.decode()
