"""Figures and tables as files: what they are called, what is in them, who may have them, and that it is noted."""

import csv
import io

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from audit.models import AccessEvent
from endpoints.figures import FIGURES
from endpoints.figures.files import FILES
from endpoints.models import Estimate
from tests.cast import Trial
from tests.endpoints.population import populate
from tests.printed import faces, sheets, smallest

pytestmark = pytest.mark.django_db
STARTS = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF-"}


@pytest.fixture
def sponsor(trial: Trial) -> Client:
    client = Client()
    client.force_login(trial.sponsor)
    return client


def get(client: Client, code: str, kind: str, population: str = "P2"):
    return client.get(reverse("endpoints_file", args=[population, "all_treated", code, kind]))


def rows_of(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("kind", STARTS)
@pytest.mark.parametrize("code", FIGURES)
def test_each_figure_comes_in_each_format(trial: Trial, sponsor: Client, code: str, kind: str) -> None:
    populate(trial.site, 8)
    response = get(sponsor, code, kind)
    assert response.status_code == 200
    assert response.content.startswith(STARTS[kind])


@pytest.mark.parametrize(("mm", "points"), [("180", 510), ("85", 241)])
def test_a_figure_comes_in_one_column_of_a_journal_and_in_two(
    trial: Trial, sponsor: Client, mm: str, points: int
) -> None:
    populate(trial.site, 8)
    address = reverse("endpoints_file", args=["P2", "all_treated", "pfs", "pdf"])
    response = sponsor.get(address, {"mm": mm})
    assert f"_pfs_{mm}mm_" in response["Content-Disposition"]
    pages = sheets(response.content)
    assert [round(page.width) for page in pages] == [points]
    assert smallest(pages) >= 7
    assert faces(pages) == {"Arimo"}
    assert sponsor.get(address, {"mm": "120"}).status_code == 404


def test_a_png_has_the_pixels_that_a_journal_asks_for(trial: Trial, sponsor: Client) -> None:
    populate(trial.site, 8)
    png = get(sponsor, "pfs", "png").content
    # width in pixels, of which 300 make an inch of the 510 points
    assert int.from_bytes(png[16:20], "big") == pytest.approx(510 / 72 * 300, abs=2)


@pytest.mark.parametrize("code", FILES)
def test_each_table_comes_as_csv_of_one_shape_and_is_the_same_twice(trial: Trial, sponsor: Client, code: str) -> None:
    populate(trial.site, 8)
    first, second = get(sponsor, code, "csv"), get(sponsor, code, "csv")
    assert first.content == second.content
    lines = list(csv.reader(io.StringIO(first.content.decode("utf-8-sig"))))
    assert len(lines) > 1
    assert len({len(line) for line in lines}) == 1


def test_the_name_of_a_file_says_study_population_set_content_and_moment(trial: Trial, sponsor: Client) -> None:
    populate(trial.site, 2)
    as_of = Estimate.objects.get(population="P2", analysis_set="all_treated").as_of
    disposition = get(sponsor, "pfs", "svg")["Content-Disposition"]
    assert (
        disposition == f'attachment; filename="TRAINING-NCT00426556_P2_all_treated_pfs_180mm_{as_of:%Y%m%dT%H%M%SZ}'
        f'-edc{settings.RELEASE}.svg"'
    )


@pytest.mark.requirement("21 CFR 11.10(b)")
def test_each_file_that_was_taken_is_noted_with_who_took_it(trial: Trial, sponsor: Client) -> None:
    populate(trial.site, 2)
    get(sponsor, "os", "pdf")
    get(sponsor, "response", "csv")
    events = AccessEvent.objects.filter(kind="export").order_by("pk")
    assert [event.actor_name for event in events] == [trial.sponsor.username] * 2
    assert "_os_" in events[0].file_name
    assert events[0].detail.startswith("figure os, 180 mm, as PDF: ")
    assert events[1].file_name.endswith(".csv")


def test_the_rates_in_the_file_are_those_of_the_page(trial: Trial, sponsor: Client) -> None:
    populate(trial.site, 14)
    rates = {(row["response"], row["result"]): row for row in rows_of(get(sponsor, "response", "csv"))}
    orr = rates["confirmed", "ORR"]
    assert (orr["n"], orr["of"]) == ("4", "14")
    assert float(orr["percent"]) == pytest.approx(28.5714, abs=1e-4)
    assert [float(orr[name]) for name in ("lower_percent", "upper_percent")] == pytest.approx(
        [8.3889, 58.1035], abs=1e-3
    )


def test_a_time_that_is_not_reached_is_an_empty_cell(trial: Trial, sponsor: Client) -> None:
    populate(trial.site, 3)
    quartiles = {(row["endpoint"], row["fraction"]): row for row in rows_of(get(sponsor, "times", "csv"))}
    assert quartiles["os", "0.75"]["days"] == ""
    assert quartiles["pfs", "0.25"]["days"] == "113.0"


@pytest.mark.parametrize(("code", "kind"), [("pfs", "csv"), ("nothing", "svg"), ("nothing", "csv"), ("pfs", "exe")])
def test_a_file_that_does_not_exist_is_not_found(trial: Trial, sponsor: Client, code: str, kind: str) -> None:
    populate(trial.site, 2)
    assert get(sponsor, code, kind).status_code == 404
    assert not AccessEvent.objects.filter(kind="export").exists()


def test_there_is_no_figure_of_nobody_and_no_file_before_the_first_estimate(trial: Trial, sponsor: Client) -> None:
    populate(trial.site, 0)
    assert get(sponsor, "waterfall", "svg").status_code == 404
    assert get(sponsor, "response", "csv").status_code == 200
    assert get(sponsor, "response", "csv", population="P1").status_code == 404
