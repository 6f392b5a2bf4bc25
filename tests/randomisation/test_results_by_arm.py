"""Results by randomised group on pages, in files, the report and the API: what is shown, and to whom it never is."""

import csv
import io
import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.actor import SYSTEM, acting
from accounts.services import create_token
from endpoints.display import page_of
from endpoints.models import Estimate, Outcome
from endpoints.reading import selection
from endpoints.refresh import estimate_populations, mark_everyone, refresh_marked
from randomisation.models import Allocation
from reports.endpoints_report import contents
from tests.cast import SETUP, Trial
from tests.endpoints.population import populate
from tests.endpoints.test_pages_endpoints import STATEMENTS, page, signed_in
from tests.endpoints.test_refresh import drain
from tests.printed import overprinted, sheets, smallest
from tests.randomisation.lists import HEAD, imported, randomised, waiting
from tests.randomisation.two_arms import two_arms
from tests.unlimited import unlimited

STRATA = ("measurable_disease=yes, who_status=below 1", "measurable_disease=no, who_status=1 or more")
BOTH = ("BOTH", "all_randomised")


@pytest.fixture
def trial(db: None, under: Any) -> Trial:
    under(two_arms('primary_endpoint = "pfs"'))
    return Trial()


def filled(trial: Trial, with_everolimus: int = 14, without: int = 13, first: int = 1) -> None:
    """So many subjects of both groups, in both strata."""
    populate(trial.site, with_everolimus, "WITH", first=first, strata=STRATA)
    populate(trial.other_site, without, "WITHOUT", first=first, strata=STRATA)


def with_token(user: Any) -> Any:
    made = APIClient()
    made.credentials(HTTP_AUTHORIZATION=f"Token {create_token(user=user, by=SYSTEM)}")
    return made


def words(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())


def file(client: Client, code: str, *codes: str) -> list[dict[str, str]]:
    response = client.get(reverse("endpoints_file", args=[*(codes or BOTH), code, "csv"]))
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig"))))  # type: ignore[arg-type]


def test_the_page_shows_each_group_by_its_words_and_the_primary_endpoint_as_such(trial: Trial) -> None:
    filled(trial)
    shown = words(page(signed_in(trial.sponsor), *BOTH))
    for text in (
        "Table 1. Results by randomised group, Randomised, all randomised, N = 27",
        "Intention to treat: all who were randomised, in the group that the list gave.",
        "Progression-free survival (primary endpoint), median",
        "PFS, hazard ratio (primary endpoint)",
        "With everolimus against Without everolimus; 95 % CI",
        "Figure 1. Progression-free survival by randomised group, Randomised, all randomised, N = 27",
        "Figure 4. Progression-free survival, Randomised, all randomised, N = 27",
        "Stratified by Measurable disease and Performance status, as the list was.",
        "only the analysis that the plan foresees tests the hypothesis",
        "ORR, confirmed, all groups together",
        "log-rank test, Mantel",
    ):
        assert text in shown, text


def test_a_set_that_leaves_out_randomised_subjects_is_not_called_intention_to_treat(trial: Trial) -> None:
    filled(trial)
    shown = words(page(signed_in(trial.sponsor), "BOTH", "measurable"))
    assert "Not by intention to treat: of the randomised, the set Measurable disease alone." in shown
    assert "Intention to treat: all" not in shown


def test_a_trial_of_one_group_shows_nothing_of_groups(db: None) -> None:
    trial = Trial()
    populate(trial.site, 7)
    shown = words(page(signed_in(trial.sponsor), "P2", "all_treated"))
    assert "Table 1. Best response" in shown
    assert "Figure 1. Progression-free survival, Phase II" in shown
    for text in ("andomised group", "azard ratio", "primary endpoint", "log-rank"):
        assert text not in shown.partition("Every setting")[0], text
    client = signed_in(trial.sponsor)
    for code in ("by_arm", "hazards", "differences", "arm_curves", "arm_at_risk"):
        address = reverse("endpoints_file", args=["P2", "all_treated", code, "csv"])
        assert client.get(address).status_code == 404, code
    assert client.get(reverse("endpoints_file", args=["P2", "all_treated", "pfs_arms", "svg"])).status_code == 404


def test_without_a_reference_arm_the_groups_stand_beside_each_other_and_are_not_compared(db: None, under: Any) -> None:
    under(two_arms().replace('reference_arm = "WITHOUT"\n', ""))
    trial = Trial()
    filled(trial)
    shown = words(page(signed_in(trial.sponsor), *BOTH))
    assert "Results by randomised group" in shown
    assert "Not compared: the protocol file names no reference arm ( analysis.reference_arm )" in shown
    assert "hazard ratio" not in shown.partition("Every setting")[0]


@pytest.mark.parametrize("code", ["by_arm", "hazards", "differences"])
def test_each_number_of_a_table_leads_to_as_many_subjects_as_it_says(trial: Trial, code: str) -> None:
    filled(trial)
    client = signed_in(trial.sponsor)
    table, _ = page_of(selection(*BOTH))["tables"][code]
    cells = [cell for row in table.rows for cell in row if cell.which]
    assert cells
    for cell in cells:
        response = client.get(reverse("endpoints_subjects", args=BOTH), {"which": cell.which})
        assert response.status_code == 200, cell.which
        assert response.context["page"].paginator.count == int(cell.text.partition(" ")[0].replace(",", "")), cell.which


def test_the_subjects_behind_a_hazard_ratio_are_those_of_both_groups_with_days_and_strata(trial: Trial) -> None:
    filled(trial)
    address = reverse("endpoints_subjects", args=BOTH)
    shown = signed_in(trial.sponsor).get(address, {"which": "compared.WITH.pfs.n"}).content.decode()
    assert "With everolimus against Without everolimus: Progression-free survival: all" in shown
    assert "27 subjects" in shown
    assert "101-001" in shown
    assert "102-001" in shown
    assert "Measurable disease: yes, Performance status: below 1" in shown


@pytest.mark.parametrize(
    "which",
    [
        *("arm.WITH", "arm.HALF.pfs.n", "arm.WITH.pfs", "compared.WITHOUT.pfs.n", "compared.WITH.orr", "arm..all"),
        *("arm.WITH.arm.WITHOUT.pfs.n", "compared.WITH.compared.WITH.pfs.n", "arm.WITH.sensitivity.derived.orr"),
    ],
)
def test_a_number_that_there_is_not_has_no_page(trial: Trial, which: str) -> None:
    filled(trial)
    address = reverse("endpoints_subjects", args=BOTH)
    assert signed_in(trial.sponsor).get(address, {"which": which}).status_code == 404


def test_the_files_have_what_the_tables_say(trial: Trial) -> None:
    filled(trial)
    client, arms = (
        signed_in(trial.sponsor),
        Estimate.objects.get(population="BOTH", analysis_set=BOTH[1]).figures["arms"],
    )
    (compared,) = arms["comparisons"]
    rows = file(client, "hazards")
    assert [(row["endpoint"], row["analysis"]) for row in rows] == [
        *(("pfs", "stratified"), ("pfs", "unstratified"), ("os", "stratified"), ("os", "unstratified")),
    ]
    for row in rows:
        analysis = compared["times"][row["endpoint"]][row["analysis"]]
        assert (row["group"], row["reference"], row["sides"]) == ("With everolimus", "Without everolimus", "two-sided")
        assert float(row["hazard_ratio"]) == analysis["ratio"]["value"]
        assert float(row["p"]) == analysis["test"]["p"]
    by_arm = {(row["group_code"], row["endpoint"], row["kind"], row["unit"]): row for row in file(client, "by_arm")}
    for group in arms["groups"]:
        rate = group["response"]["confirmed"]["orr"]
        row = by_arm[group["code"], "orr", "confirmed", "percent"]
        assert (int(row["count"]), int(row["of"])) == (rate["x"], rate["n"])
        assert float(row["lower"]) == pytest.approx(100 * rate["lower"])
        months = by_arm[group["code"], "pfs", "median", "months"]
        assert months["estimate"] == group["times"]["pfs"]["median"]["months"][0]
    difference = file(client, "differences")[0]
    assert float(difference["difference"]) == pytest.approx(100 * compared["rates"]["orr"]["difference"]["value"])
    assert {row["group"] for row in file(client, "arm_curves")} == {"With everolimus", "Without everolimus"}
    assert {row["endpoint"] for row in file(client, "arm_at_risk")} == {"pfs", "os", "dor", "follow_up"}


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
@pytest.mark.parametrize("code", ["pfs_arms", "os_arms", "dor_arms"])
def test_the_pictures_are_files_too(trial: Trial, code: str, kind: str) -> None:
    filled(trial)
    address = reverse("endpoints_file", args=[*BOTH, code, kind])
    for width in ("180", "85"):
        assert signed_in(trial.sponsor).get(address, {"mm": width}).status_code == 200


def test_the_report_has_the_groups_their_comparison_and_the_picture(trial: Trial) -> None:
    filled(trial)
    chosen = selection(*BOTH)
    assert chosen.estimate is not None
    printed = contents(chosen, chosen.estimate.as_of)
    assert list(printed["tables"])[:3] == ["by_arm", "hazards", "differences"]
    assert list(printed["figures"])[:3] == ["pfs_arms", "os_arms", "dor_arms"]
    assert printed["of_arms"].startswith("Intention to treat")
    response = signed_in(trial.sponsor).get(reverse("endpoints_report", args=BOTH))
    assert response.status_code == 200
    pages = sheets(b"".join(response))  # type: ignore[arg-type]
    assert smallest(pages) >= 7
    assert [pair for each in pages for pair in overprinted(each)] == []


def test_the_api_has_the_groups_and_the_subjects_behind_them(trial: Trial) -> None:
    filled(trial)
    client = with_token(trial.sponsor)
    figures = client.get(reverse("api-figures", args=BOTH)).json()["figures"]
    assert [group["label"] for group in figures["arms"]["groups"]] == ["With everolimus", "Without everolimus"]
    behind = client.get(reverse("api-outcome-list"), {"population": "BOTH", "which": "arm.WITH.pfs.n"}).json()
    assert behind["count"] == 14
    assert {row["stratum"] for row in behind["results"]} == set(STRATA)


@pytest.mark.parametrize("name", ["coordinator", "investigator", "monitor", "administrator"])
def test_people_of_a_site_monitors_and_administrators_see_no_result_by_group(trial: Trial, name: str) -> None:
    filled(trial)
    client = signed_in(getattr(trial, name))
    files = ("by_arm", "hazards", "differences", "arm_curves", "arm_at_risk")
    for address in (
        *(reverse("endpoints_of", args=["BOTH", each]) for each in ("all_randomised", "measurable", "all_treated")),
        *(reverse("endpoints_file", args=[*BOTH, code, "csv"]) for code in files),
        *(reverse("endpoints_file", args=[*BOTH, code, "svg"]) for code in ("pfs_arms", "os_arms", "dor_arms")),
        *(
            reverse("endpoints_table", args=[*BOTH, code])
            for code in ("by_arm", "hazards", "differences", "arm_at_risk")
        ),
        *(
            f"{reverse('endpoints_subjects', args=BOTH)}?which={which}"
            for which in ("arm.WITH.all", "compared.WITH.pfs.n")
        ),
        reverse("endpoints_report", args=BOTH),
    ):
        assert client.get(address).status_code == 403, address
    for address in (
        reverse("api-estimate-list"),
        reverse("api-figures", args=BOTH),
        f"{reverse('api-outcome-list')}?population=BOTH&which=arm.WITH.all",
    ):
        assert with_token(getattr(trial, name)).get(address).status_code == 403, address


@pytest.mark.parametrize("name", ["coordinator", "investigator"])
def test_no_page_that_a_site_reaches_by_a_link_tells_a_result_by_group(trial: Trial, name: str) -> None:
    imported(trial)
    subject = randomised(trial, waiting(trial)).subject
    drain()
    filled(trial, first=100)
    client, seen = signed_in(getattr(trial, name)), set()
    ahead = [reverse("home"), reverse("subject", args=[subject.pk])]
    while ahead and len(seen) < 150:
        address = ahead.pop(0)
        seen.add(address)
        response = client.get(address, follow=True)
        if response.status_code != 200 or "text/html" not in response["Content-Type"]:
            continue
        text = response.content.decode()
        shown = words(text)
        for secret in ("Hazard ratio", "hazard ratio 0", "hazard ratio 1", "log-rank p", "Results by randomised group"):
            assert secret not in shown, (address, secret)
        links = (unescape(link) for link in re.findall(r'href="(/[^"#]*)', text))
        ahead += [link for link in links if link not in seen and link not in ahead and "logout" not in link]
    assert len(seen) > 20


def test_the_page_costs_no_more_statements_by_group_nor_with_more_subjects(
    trial: Trial, django_assert_num_queries: Any
) -> None:
    client = signed_in(trial.sponsor)
    filled(trial, 3, 3)
    page(client, *BOTH)
    with django_assert_num_queries(STATEMENTS):
        page(client, *BOTH)
    populate(trial.site, 40, "WITH", first=100, strata=STRATA)
    with django_assert_num_queries(STATEMENTS):
        page(client, *BOTH)


def test_a_subject_behind_a_number_shows_group_stratum_and_day_of_randomisation(trial: Trial) -> None:
    imported(trial)
    subject = randomised(trial, waiting(trial)).subject
    drain()
    shown = words(signed_in(trial.sponsor).get(reverse("endpoints_subject", args=[subject.pk])).content.decode())
    assert "Without everolimus" in shown
    assert "Stratum at randomisation Measurable disease: yes, Performance status: 1 or more" in shown
    assert "Randomised 4 Jan 2008" in shown or "Randomised 04 Jan 2008" in shown


def test_the_refresh_follows_the_list_and_a_death(trial: Trial) -> None:
    imported(trial)
    enrolments = [randomised(trial, waiting(trial)) for _ in range(3)]
    drain()
    arms = Estimate.objects.get(population="BOTH", analysis_set="all_randomised").figures["arms"]
    assert [(group["label"], group["n"]) for group in arms["groups"]] == [
        ("With everolimus", 1),
        ("Without everolimus", 2),
    ]
    assert arms["comparisons"][0]["times"]["os"]["stratified"]["no_ratio"] == "no event"
    assert Outcome.objects.get(subject=enrolments[1].subject).row["arm"] == "WITH"
    trial.fill(enrolments[1].subject, "death", {"death_date": "2008-03-01", "cause": "DISEASE UNDER STUDY"})
    drain()
    arms = Estimate.objects.get(population="BOTH", analysis_set="all_randomised").figures["arms"]
    assert arms["groups"][0]["times"]["os"]["events"] == 1
    assert arms["comparisons"][0]["times"]["os"]["stratified"]["no_ratio"] == "a single event"


def test_statements_of_a_refresh_by_group_do_not_grow_with_subjects(trial: Trial) -> None:
    lines = (f"{number},yes,1 or more,{('WITH', 'WITHOUT')[number % 2]}" for number in range(1, 7))
    imported(trial, "\n".join((HEAD, *lines)))
    taken = []
    for count in (2, 6):
        while Allocation.objects.count() < count:
            randomised(trial, waiting(trial))
        drain()
        mark_everyone()
        with CaptureQueriesContext(connection) as statements:
            assert refresh_marked() == count
        taken.append(len(statements))
    assert taken[0] == taken[1] < 50


def test_an_estimate_from_before_there_were_groups_is_still_shown(trial: Trial) -> None:
    filled(trial, 3, 3)
    with acting(SETUP), unlimited():
        for estimate in Estimate.objects.all():
            del estimate.figures["arms"]
            estimate.save()
    shown = words(page(signed_in(trial.sponsor), *BOTH))
    assert "Table 1. Best response" in shown
    assert "Randomised groups" not in shown
    estimate_populations(["WITH"])
    assert "Randomised groups" in words(page(signed_in(trial.sponsor), *BOTH))


def test_an_estimate_of_nobody_has_groups_of_nobody_and_says_so(trial: Trial) -> None:
    populate(trial.site, 0, "WITH", strata=STRATA)
    shown = words(page(signed_in(trial.sponsor), *BOTH))
    assert "cannot be estimated: no subject in With everolimus and Without everolimus" in shown


def test_who_was_in_the_cohort_before_it_was_randomised_is_in_no_set(trial: Trial) -> None:
    filled(trial, 3, 3)
    populate(trial.site, 4, "WITH", first=50)
    for analysis_set in ("all_randomised", "measurable", "all_treated"):
        chosen = selection("BOTH", analysis_set)
        labels = set(chosen.outcomes().values_list("subject__label", flat=True))
        assert labels
        assert not any(label.startswith("101-05") for label in labels)
        assert chosen.estimate is not None
        assert chosen.estimate.subjects == len(labels)


def test_what_stays_of_a_version_has_its_groups_too(trial: Trial) -> None:
    filled(trial, 5, 5)
    client, version = (
        signed_in(trial.sponsor),
        Estimate.objects.get(population="BOTH", analysis_set=BOTH[1]).protocol_id,
    )
    response = client.get(reverse("endpoints_under", args=[*BOTH, version]))
    shown = words(response.content.decode())
    assert "Table 1. Results by randomised group" in shown
    assert "which=arm" not in response.content.decode()
    kept = client.get(reverse("endpoints_file_under", args=[*BOTH, version, "hazards", "csv"]))
    assert b"hazard_ratio" in b"".join(kept)  # type: ignore[arg-type]
    for code in ("hazards", "by_arm"):
        address = reverse("endpoints_file_under", args=[*BOTH, version, code, "csv"])
        assert signed_in(trial.investigator).get(address).status_code == 403
