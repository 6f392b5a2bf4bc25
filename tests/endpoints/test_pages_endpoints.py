"""The endpoints page: who sees it, what stands on it, and that it only reads."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actor import acting
from endpoints.headlines import headlines
from endpoints.models import Estimate, Mark
from protocol import current
from tests.accounts.staff import signed_in
from tests.cast import SETUP, Trial
from tests.endpoints.population import populate
from tests.unlimited import unlimited
from values.times import shown_moment

pytestmark = pytest.mark.django_db
# session, user, memberships, the estimate with its protocol version, marks, sites and notices of the frame
STATEMENTS = 7


def page(client: Client, *codes: str) -> str:
    address = reverse("endpoints_of", args=codes) if codes else reverse("endpoints")
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_sponsor_sees_the_headline_population_first(trial: Trial) -> None:
    populate(trial.site, 14)
    text = page(signed_in(trial.sponsor))
    assert "Phase II" in text
    # 14 less the 2 without measurable disease; 2 confirmed PR and 2 CR
    assert "4 of 12" in text
    assert "33.3 %" in text
    assert "9.9 to 65.1" in text


def test_every_population_and_set_has_a_page_also_without_subjects(trial: Trial) -> None:
    client = signed_in(trial.auditor)
    populate(trial.site, 1, cohort="P1-5D")
    for population in ("P2", "P1", "P1-5D", "P1-10D", "P1-30W"):
        for analysis_set in ("measurable", "all_treated"):
            page(client, population, analysis_set)
    assert "Nothing has been estimated yet" in page(client, "P2", "measurable")
    assert "1 of 1" in page(client, "P1-5D", "measurable")


def test_a_card_of_one_event_says_one_event(trial: Trial) -> None:
    populate(trial.site, 4)
    figures = Estimate.objects.get(population="P2", analysis_set="measurable").figures
    for time in figures["times"].values():
        time["events"] = 1
    notes = [card.note for card in headlines(figures, current().analysis)]
    assert [note.partition(";")[0] for note in notes if "event" in note] == ["1 event", "1 event"]


def test_an_estimate_of_nobody_says_so(trial: Trial) -> None:
    populate(trial.site, 0)
    text = page(signed_in(trial.sponsor), "P2", "measurable")
    assert "No subjects yet" in text
    assert "No subject of this population counts in this analysis set." in text


def test_tables_and_figures_are_numbered_with_population_set_and_subjects(trial: Trial) -> None:
    populate(trial.site, 14)
    text = page(signed_in(trial.sponsor), "P2", "all_treated")
    for title in (
        "Table 1. Best response, Phase II, all treated, N = 14",
        "Figure 1. Progression-free survival, Phase II, all treated, N = 14",
        "Figure 3. Duration of response, Phase II, all treated, N = 4",
        "Figure 4. Follow-up (reverse Kaplan-Meier), Phase II, all treated, N = 14",
        "Figure 5. Best change of the sum of target lesions, Phase II, all treated, 12 of N = 14",
    ):
        assert title in text


def test_a_median_that_is_not_reached_is_nr(trial: Trial) -> None:
    populate(trial.site, 3)
    assert "NR" in page(signed_in(trial.sponsor), "P2", "all_treated")


@pytest.mark.parametrize("name", ["coordinator", "investigator", "monitor", "administrator"])
def test_people_of_a_site_and_administrators_see_no_pooled_figure(trial: Trial, name: str) -> None:
    populate(trial.site, 2)
    client = signed_in(getattr(trial, name))
    for address in (
        reverse("endpoints"),
        reverse("endpoints_of", args=["P2", "measurable"]),
        reverse("endpoints_as_of", args=["P2", "measurable"]),
        reverse("endpoints_subjects", args=["P2", "measurable"]),
        reverse("endpoints_table", args=["P2", "measurable", "waterfall"]),
        reverse("endpoints_file", args=["P2", "measurable", "pfs", "svg"]),
        reverse("endpoints_file", args=["P2", "measurable", "response", "csv"]),
        reverse("endpoints_report", args=["P2", "measurable"]),
    ):
        assert client.get(address).status_code == 403, address


def test_nobody_sees_anything_without_signing_in(trial: Trial) -> None:
    response = Client().get(reverse("endpoints"))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_an_unknown_population_or_set_is_not_found(trial: Trial) -> None:
    client = signed_in(trial.sponsor)
    assert client.get(reverse("endpoints_of", args=["P9", "measurable"])).status_code == 404
    assert client.get(reverse("endpoints_of", args=["P2", "everybody"])).status_code == 404


def test_the_page_costs_the_same_few_statements_for_any_number_of_subjects(
    trial: Trial, django_assert_num_queries
) -> None:
    client = signed_in(trial.sponsor)
    populate(trial.site, 3)
    page(client)
    with django_assert_num_queries(STATEMENTS):
        page(client)
    populate(trial.other_site, 40)
    with django_assert_num_queries(STATEMENTS):
        page(client)


def test_the_page_says_as_of_when_and_how_many_changes_are_on_their_way(trial: Trial) -> None:
    subjects = populate(trial.site, 3)
    Mark.objects.create(subject=subjects[0])
    Mark.objects.create(subject=subjects[1])
    text = page(signed_in(trial.sponsor))
    as_of = Estimate.objects.get(population="P2", analysis_set="measurable").as_of
    assert f"<strong>{shown_moment(as_of, seconds=True)}</strong>" in text
    assert "<strong>2</strong> changes pending" in text


def test_the_line_is_silent_until_something_changes_then_asks_for_the_new_figures(trial: Trial) -> None:
    subjects = populate(trial.site, 3)
    client = signed_in(trial.sponsor)
    address = reverse("endpoints_as_of", args=["P2", "measurable"])
    made = Estimate.objects.get(population="P2", analysis_set="measurable").as_of.isoformat()
    assert client.get(address, {"made": made, "state": f"{made} 0"}).status_code == 204
    Mark.objects.create(subject=subjects[0])
    waiting = client.get(address, {"made": made, "state": f"{made} 0"})
    assert "1</strong> change pending" in waiting.content.decode()
    assert "HX-Trigger" not in waiting
    with acting(SETUP):
        populate(trial.other_site, 1)
    fresh = client.get(address, {"made": made, "state": f"{made} 1"})
    assert fresh["HX-Trigger"] == "estimate-changed"


def test_htmx_gets_the_figures_without_the_frame(trial: Trial) -> None:
    populate(trial.site, 3)
    response = signed_in(trial.sponsor).get(reverse("endpoints"), headers={"HX-Request": "true"})
    text = response.content.decode()
    assert "<html" not in text
    assert "Best response" in text


def test_figures_that_replace_older_ones_fetch_no_file_which_would_count_as_an_export(trial: Trial) -> None:
    populate(trial.site, 3)
    client = signed_in(trial.sponsor)
    assert "<noscript><img" in page(client)
    text = client.get(reverse("endpoints"), headers={"HX-Request": "true"}).content.decode()
    assert "data-fallback" in text
    assert "<noscript" not in text


def test_the_footnotes_state_every_setting_and_which_are_assumed(trial: Trial) -> None:
    populate(trial.site, 3)
    text = page(signed_in(trial.sponsor))
    assert "Days after which a second assessment confirms a response" in text
    assert "RECIST 1.0 asks for at least four weeks." in text
    assert "stated by the sources" in text
    assert "cohorts.P1-30W.planned" in text


def test_figures_of_another_protocol_version_say_so(trial: Trial) -> None:
    populate(trial.site, 2)
    version = Estimate.objects.get(population="P2", analysis_set="measurable").protocol
    with acting(SETUP), unlimited():
        version.pk, version.sha256, version.version = None, "0" * 64, "0.9"
        version.save()
        Estimate.objects.filter(population="P2").update(protocol=version)
    assert "Another version of the protocol" in page(signed_in(trial.sponsor))


def test_the_table_beside_a_figure_is_fetched_when_it_is_unfolded(trial: Trial) -> None:
    populate(trial.site, 7)
    client = signed_in(trial.sponsor)
    text = client.get(reverse("endpoints_table", args=["P2", "all_treated", "waterfall"])).content.decode()
    assert "101-007" in text
    assert "−100.0" in text
    assert client.get(reverse("endpoints_table", args=["P2", "all_treated", "nothing"])).status_code == 404
    assert client.get(reverse("endpoints_table", args=["P1", "all_treated", "waterfall"])).status_code == 404
