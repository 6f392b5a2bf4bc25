"""The page *Protocol*: for every role, of any version, and the same as PDF."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from amendments.services import propose
from audit.models import AccessEvent
from cohorts.amendments import put_in_force
from cohorts.models import GoesOver, ProtocolVersion
from tests.cast import SETUP, Trial
from tests.cohorts.amended import ECG_ON_DAY_1, amended
from tests.printed import sheets

EVERYBODY = [
    "coordinator",
    "investigator",
    "monitor",
    "data_manager",
    "sponsor",
    "auditor",
    "administrator",
    "stranger",
]


@pytest.fixture
def trial(db: None) -> Trial:
    return Trial()


@pytest.fixture
def proposed(trial: Trial) -> ProtocolVersion:
    return propose(content=amended(ECG_ON_DAY_1), goes_over=GoesOver.VISIT, by=SETUP)


def desk(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def pages_of(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in sheets(pdf)]


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_role_reads_schedule_treatment_eligibility_and_plan(trial: Trial, who: str) -> None:
    text = desk(getattr(trial, who)).get("/protocol/").content.decode()
    for words in ("Tumour assessment", "80 mg/m²", "Pregnancy", "Febrile neutropenia of grade 3", "cb_A", "in force"):
        assert words in text
    assert "RECIST without a version" in text, "what is assumed says so"


def test_only_who_may_see_subjects_is_led_to_the_approvals(trial: Trial) -> None:
    shown = {who: b"/protocol/versions/" in desk(getattr(trial, who)).get("/protocol/").content for who in EVERYBODY}
    assert (shown["coordinator"], shown["administrator"]) == (True, False)


def test_a_version_that_is_proposed_or_superseded_says_so(trial: Trial, proposed: ProtocolVersion) -> None:
    client, first = desk(trial.coordinator), ProtocolVersion.objects.exclude(pk=proposed.pk).get()
    assert "proposed: not in effect yet" in client.get(f"/protocol/{proposed.pk}/").content.decode()
    put_in_force(version=proposed, signed_by=trial.data_manager, by=SETUP, reason="Safety of the heart")
    assert "Version 2.0" in client.get("/protocol/").content.decode()
    assert "superseded" in client.get(f"/protocol/{first.pk}/").content.decode()
    assert client.get("/protocol/999999/").status_code == 404


@pytest.mark.parametrize("who", ["coordinator", "administrator"])
def test_the_pdf_holds_what_the_page_does_and_is_noted(trial: Trial, who: str) -> None:
    answer = desk(getattr(trial, who)).get("/protocol.pdf")
    text = " ".join(pages_of(answer.content))
    for words in ("Schedule of assessments", "Febrile neutropenia of grade 3", "Assumed, as no source states it"):
        assert words in text
    assert AccessEvent.objects.filter(
        kind="export", file_name=f"TRAINING-NCT00426556-protocol-1.0-edc{settings.RELEASE}.pdf"
    ).exists()


def test_the_pdf_of_a_proposed_version_says_on_each_page_what_it_is(trial: Trial, proposed: ProtocolVersion) -> None:
    answer = desk(trial.sponsor).get(f"/protocol/{proposed.pk}/protocol.pdf")
    assert all("proposed: not in effect yet" in page for page in pages_of(answer.content))


def test_nobody_else_reads_it(client: Client) -> None:
    assert client.get("/protocol/").status_code == 302
