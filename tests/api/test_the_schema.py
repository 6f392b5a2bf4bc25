"""The description of the API: whole, without warnings, and readable as a page under the strict policy."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from assessments.catalogue import CATALOGUE
from assessments.items import items_of
from protocol import current, load, under
from tests.cast import Trial

pytestmark = pytest.mark.django_db
OSIMERTINIB = Path(__file__).parents[2] / "docs" / "examples" / "osimertinib.toml"


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    described: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    assert described["openapi"].startswith("3.")
    return described["components"]["schemas"]


def test_every_operation_says_what_it_does_and_nothing_of_how_it_is_made() -> None:
    operations = [
        (f"{method} {path}", operation.get("description", ""))
        for path, methods in SchemaGenerator().get_schema(request=None, public=True)["paths"].items()
        for method, operation in methods.items()
    ]
    assert len(operations) > 100
    assert [name for name, words in operations if not words[:1].isupper()] == []
    assert [name for name, words in operations if re.search(r"casebook\.|serializers|One kind of thing", words)] == []


def test_the_schema_is_valid_and_without_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn")
    assert "openapi: 3.1" in capsys.readouterr().out


@pytest.mark.parametrize("code", [code for code in CATALOGUE if code in current().forms()])
def test_every_item_is_described_with_its_codelist_and_limits(schemas: dict[str, Any], code: str) -> None:
    record = schemas[f"{code.title().replace('_', '')}Record"]["properties"]
    for field, item in items_of(CATALOGUE[code].record):
        described = record[field.name]
        assert item.cdash in described["description"]
        assert not item.unit or f"In {item.unit}." in described["description"]
        if field.choices:
            assert {value for value, _ in field.choices if value} <= set(described["enum"])


def test_the_schema_is_that_of_the_trial_in_force(trial: Trial, api: Any) -> None:
    """Forms that the file does not fill and items that it does not ask are not described; what is asked, in its words
    and with its answers."""
    with under(load(OSIMERTINIB)):
        described: Any = SchemaGenerator().get_schema(request=None, public=True)
        catalogue = api(trial.coordinator).get("/api/v1/catalogue/").json()
    schemas, paths = described["components"]["schemas"], described["paths"]
    left_out = {"dispensing", "dlt_evaluation", "everolimus", "infusion"}
    assert left_out.isdisjoint(form["code"] for form in catalogue)
    assert not [path for path in paths if any(f"/forms/{code}/" in path for code in left_out)]
    assert "InfusionRecord" not in schemas
    assert "/api/v1/forms/exposure/" in paths
    history, event = (schemas[name]["properties"] for name in ("HistoryRecord", "AdverseEventRecord"))
    assert not {"her2_ihc", "her2_fish", "oestrogen_receptor"} & {*history}
    assert history["choice_1"]["title"] == "Sensitising EGFR mutation"
    assert {code for code in history["choice_1"]["enum"] if code} == {
        choice["code"]
        for form in catalogue
        if form["code"] == "history"
        for item in form["items"]
        if item["name"] == "choice_1"
        for choice in item["codelist"]
    }
    assert event["grade"]["title"] == "CTCAE 5.0 grade, the worst"
    assert event["related_drug_1"]["title"] == "Related to osimertinib"
    assert "related_everolimus" not in event
    again: Any = SchemaGenerator().get_schema(request=None, public=True)
    assert "/api/v1/forms/infusion/" in again["paths"]
    assert "/api/v1/forms/exposure/" not in again["paths"]
    assert "her2_ihc" in again["components"]["schemas"]["HistoryRecord"]["properties"]


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
