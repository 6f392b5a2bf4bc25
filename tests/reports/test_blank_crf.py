"""The annotated blank case report form: every form of the protocol, made of the catalogue, for whoever is signed in."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from assessments.catalogue import CATALOGUE
from audit.models import AccessEvent
from protocol import current
from reports.blank_crf import blank_crf, contents, when
from tests.cast import Trial


def form(code: str) -> Any:
    return next(blank for blank in contents(current())["forms"] if blank["code"] == code)


def test_it_holds_every_form_of_the_protocol_and_no_other() -> None:
    assert {blank["code"] for blank in contents(current())["forms"]} == current().forms()


def test_an_item_stands_with_its_names_terms_unit_limits_and_condition() -> None:
    event = {item["label"]: item for item in form("adverse_event")["items"]}
    assert event["Outcome"]["names"] == "AEOUT · AE.AEOUT"
    assert ["Fatal", "FATAL"] in event["Outcome"]["terms"]
    assert event["Results in death"]["condition"] == "only if Serious is Y"
    weight = next(item for item in form("vital_signs")["items"] if item["label"] == "Weight")
    assert (weight["answer"], weight["may_lack"]) == ("number, in kg, 20 to 300", True)


def test_it_says_when_the_protocol_asks_for_a_form() -> None:
    assert when(current(), CATALOGUE["adverse_event"]) == "One form an entry, at any time"
    assert when(current(), CATALOGUE["everolimus"]) == "Once, at any time"
    assert "Day 1 of cycle 4 and every 3 cycles after" in when(current(), CATALOGUE["lvef"])


@pytest.mark.requirement("21 CFR 11.10(b)")
@pytest.mark.django_db
def test_the_same_protocol_gives_the_same_file_also_by_command(tmp_path: Path) -> None:
    call_command("blank_crf", tmp_path / "crf.pdf", stdout=io.StringIO())
    assert (tmp_path / "crf.pdf").read_bytes() == blank_crf()
    assert blank_crf().startswith(b"%PDF-")


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["coordinator", "sponsor", "administrator", "stranger"])
def test_whoever_is_signed_in_may_have_it_and_it_is_noted(who: str) -> None:
    client = Client()
    client.force_login(getattr(Trial(), who))
    answer = client.get(reverse("blank_crf"))
    assert answer.content.startswith(b"%PDF-")
    assert f"NCT00426556-blank-crf-edc{settings.RELEASE}.pdf" in answer["Content-Disposition"]
    assert AccessEvent.objects.filter(kind="export", file_name__contains="blank-crf").exists()


@pytest.mark.django_db
def test_nobody_else_may(client: Client) -> None:
    assert client.get(reverse("blank_crf")).status_code == 302
