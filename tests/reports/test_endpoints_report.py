"""The report of the endpoints: a PDF of everything, for those who may see it, noted in the log of access."""

import datetime
import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AccessEvent
from endpoints.figures import FIGURES
from endpoints.reading import selection
from endpoints.records import FORMS
from endpoints.refresh import refresh_marked
from protocol import current
from reports.endpoints_report import contents, endpoints_report
from signature.signing import sign_forms
from tests.cast import Trial, actor
from tests.endpoints.population import populate
from tests.printed import faces, filled, overprinted, sheets, smallest

pytestmark = pytest.mark.django_db
TABLES = ("Best response", "Time to event", "Landmarks", "Sensitivity analyses", "Non-responders")
NOW = datetime.datetime(2026, 11, 22, 14, 2, 7, tzinfo=datetime.UTC)


def test_the_report_holds_every_table_figure_and_setting(trial: Trial) -> None:
    populate(trial.site, 55)
    chosen = selection("P2", "measurable")
    report = contents(chosen, NOW)
    assert report["printed"] == "22 Nov 2026 14:02:07 UTC"
    assert report["synthetic"] is True
    assert chosen.estimate is not None
    assert chosen.estimate.protocol.sha256[:12] in report["made_under"]
    assert set(report["tables"]) == {"response", "times", "landmarks", "sensitivity", "non_responders"}
    assert all(figure["files"] for figure in report["figures"].values())
    assert len(report["settings"]) == len(current().analysis.described())
    assert any(setting["assumed"] for setting in report["settings"])
    pdf = endpoints_report(chosen, printed_at=NOW)
    assert pdf.startswith(b"%PDF-")
    if folder := os.environ.get("SHOTS"):
        Path(folder, "report.pdf").write_bytes(pdf)


def report_of(count: int, trial: Trial) -> list[Any]:
    """The pages of the report of so many subjects."""
    populate(trial.site, count)
    return sheets(endpoints_report(selection("P2", "all_treated"), printed_at=NOW))


@pytest.mark.parametrize("count", [0, 1, 14, 55, 130])
def test_every_letter_can_be_read_and_is_of_one_typeface_and_no_page_but_the_last_is_half_empty(
    trial: Trial, count: int
) -> None:
    pages = report_of(count, trial)
    assert smallest(pages) >= 7
    assert faces(pages) == {"Arimo"}
    assert [pair for page in pages for pair in overprinted(page)] == []
    assert min(filled(page, top=24, bottom=22) for page in pages[:-1]) > 0.7


def test_tables_and_figures_are_numbered_with_population_set_and_subjects(trial: Trial) -> None:
    text = " ".join(sheet.extract_text() for sheet in report_of(55, trial))
    for title in (
        *(f"Table {number}. {name}" for number, name in enumerate(TABLES, start=1)),
        *(f"Figure {number}. {figure.title}" for number, figure in enumerate(FIGURES.values(), start=1)),
    ):
        assert f"{title}, Phase II, all treated, " in text
    assert "Figure 2. Overall survival, Phase II, all treated, N = 55" in text


@pytest.mark.requirement("21 CFR 11.50")
def test_the_report_says_how_many_of_the_records_behind_it_are_signed(trial: Trial) -> None:
    subject = trial.treated_subject()
    refresh_marked()
    chosen = selection("P2", "measurable")
    behind = subject.forms.filter(code__in=FORMS, state="complete")
    assert contents(chosen, NOW)["signed"].startswith(f"0 of {behind.count()} complete forms are signed")
    seen = dict(behind.values_list("pk", "version")[:2]) | dict(
        subject.forms.filter(code="ecg").values_list("pk", "version")
    )
    sign_forms(seen=seen, signed_by=trial.investigator, by=actor(trial.investigator, "investigator"))
    assert contents(chosen, NOW)["signed"].startswith(f"2 of {behind.count()} complete forms are signed")


@pytest.mark.requirement("21 CFR 11.10(a)")
def test_the_same_estimate_printed_at_the_same_moment_gives_the_same_file(trial: Trial) -> None:
    populate(trial.site, 3)
    chosen = selection("P2", "measurable")
    assert endpoints_report(chosen, printed_at=NOW) == endpoints_report(chosen, printed_at=NOW)


@pytest.mark.parametrize("count", [0, 1])
def test_a_report_of_nobody_and_of_one_subject_can_be_printed(trial: Trial, count: int) -> None:
    populate(trial.site, count)
    assert endpoints_report(selection("P2", "measurable"), printed_at=NOW).startswith(b"%PDF-")


def test_the_file_says_what_it_is_and_the_log_of_access_who_took_it(trial: Trial) -> None:
    populate(trial.site, 3)
    client = Client()
    client.force_login(trial.sponsor)
    response = client.get(reverse("endpoints_report", args=["P2", "measurable"]))
    assert response["Content-Type"] == "application/pdf"
    name = response["Content-Disposition"].split('"')[1]
    assert name.startswith("TRAINING-NCT00426556_P2_measurable_report_20")
    event = AccessEvent.objects.get(kind="export")
    assert (event.actor_id, event.file_name) == (trial.sponsor.pk, name)
    assert event.detail.startswith("report as PDF: ")


def test_there_is_no_report_before_the_first_estimate(trial: Trial) -> None:
    client = Client()
    client.force_login(trial.sponsor)
    assert client.get(reverse("endpoints_report", args=["P2", "measurable"])).status_code == 404
    assert not AccessEvent.objects.filter(kind="export").exists()
