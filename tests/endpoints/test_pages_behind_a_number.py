"""Click a number: the subjects behind it. Click a subject: the records and the reason."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cohorts.services import add_visit
from endpoints.arithmetic.sensitivity import ANALYSES
from endpoints.display import page_of
from endpoints.models import Estimate, Outcome
from endpoints.reading import selection
from endpoints.refresh import refresh_marked
from tests.accounts.staff import signed_in
from tests.cast import FIRST_DOSE, Trial
from tests.endpoints.population import populate

pytestmark = pytest.mark.django_db


def listed(client: Client, which: str, analysis_set: str = "all_treated") -> list[str]:
    """The labels of all subjects on the first page of the list behind a number."""
    response = client.get(reverse("endpoints_subjects", args=["P2", analysis_set]), {"which": which})
    assert response.status_code == 200, which
    return re.findall(r"/endpoints/subjects/\d+/\">([^<]+)<", response.content.decode())


@pytest.mark.requirement("ICH E6(R3) 4.2.6")
@pytest.mark.parametrize("analysis_set", ["measurable", "all_treated"])
def test_behind_every_number_of_every_table_are_as_many_subjects_as_it_says(trial: Trial, analysis_set: str) -> None:
    populate(trial.site, 16)
    client = signed_in(trial.sponsor)
    cells = [
        cell
        for table, _ in page_of(selection("P2", analysis_set))["tables"].values()
        for row in table.rows
        for cell in row
        if cell.which
    ]
    assert len(cells) > 40
    for cell in cells:
        assert len(listed(client, cell.which, analysis_set)) == int(cell.text.split()[0]), cell


# Each result of a sensitivity analysis, and which of its numbers counts subjects.
RESULTS = {"orr": "x", "cbr": "x", "pfs": "events"}


def test_every_sensitivity_analysis_has_its_subjects(trial: Trial) -> None:
    populate(trial.site, 16)
    client = signed_in(trial.sponsor)
    figures = Estimate.objects.get(population="P2", analysis_set="all_treated").figures["sensitivity"]
    analyses = {row["name"]: tuple((row[name] or {unit: 0})[unit] for name, unit in RESULTS.items()) for row in figures}
    responders, benefit, events = analyses.pop("headline")
    behind = {name: [listed(client, f"sensitivity.{name}.{result}") for result in RESULTS] for name in ANALYSES}
    assert {name: tuple(map(len, lists)) for name, lists in behind.items()} == analyses
    # Three of the sixteen responded once, and nothing confirmed it.
    assert set(listed(client, "confirmed.orr")) < set(behind["unconfirmed"][0])
    assert analyses["unconfirmed"][0] == responders + 3 and analyses["unconfirmed"][1] >= benefit
    assert analyses["missed_censored"][2] <= events


def test_the_list_says_why(trial: Trial) -> None:
    subjects = populate(trial.site, 7)
    client = signed_in(trial.sponsor)
    address = reverse("endpoints_subjects", args=["P2", "all_treated"])
    text = client.get(address, {"which": "confirmed.none"}).content.decode()
    assert "Partial response on 3 Mar 2008, not confirmed." in text
    assert "Not assessed: no assessment after baseline." in text
    assert listed(client, "confirmed.not assessed") == [subjects[4].label]


@pytest.mark.parametrize("which", ["nothing", "confirmed.XX", "pfs.half", "sensitivity.none.orr", "sensitivity"])
def test_a_number_that_does_not_exist_is_not_found(trial: Trial, which: str) -> None:
    populate(trial.site, 1)
    client = signed_in(trial.sponsor)
    assert client.get(reverse("endpoints_subjects", args=["P2", "measurable"]), {"which": which}).status_code == 404


def test_the_list_is_paged_and_costs_the_same_statements(trial: Trial, django_assert_num_queries) -> None:
    populate(trial.site, 60)
    client = signed_in(trial.sponsor)
    address = reverse("endpoints_subjects", args=["P2", "all_treated"])
    assert "1–50 of 60 subjects" in client.get(address).content.decode()
    # session, user, memberships, count, keys, rows, sites and notices of the frame
    with django_assert_num_queries(8):
        client.get(address)


def responder(trial: Trial):
    subject = trial.treated_subject()
    trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR")
    trial.assess(subject, 113, {"T01": "40", "T02": "28"}, "SD")
    while refresh_marked():
        pass
    return subject


def test_a_subject_s_page_tells_each_assessment_with_sum_changes_both_responses_and_the_reason(trial: Trial) -> None:
    subject = responder(trial)
    text = signed_in(trial.auditor).get(reverse("endpoints_subject", args=[subject.pk])).content.decode()
    assert "−30.0 %" in text
    assert "70 mm" in text
    assert "−2.9 %" in text
    assert "By the investigator: stable disease." in text
    assert "differs from the derived one" in text
    assert "Partial response on 3 Mar 2008, not confirmed." in text
    assert "Last adequate assessment" in text


def test_each_record_is_a_link_to_its_form_and_to_its_trail_for_those_who_may_read_it(trial: Trial) -> None:
    subject = responder(trial)
    form = subject.forms.filter(code="tumour").latest("pk")
    address = reverse("endpoints_subject", args=[subject.pk])
    auditor = signed_in(trial.auditor).get(address).content.decode()
    assert f'href="{reverse("form", args=[form.pk])}"' in auditor
    assert f'href="{reverse("trail")}?form={form.pk}"' in auditor
    sponsor = signed_in(trial.sponsor).get(address).content.decode()
    assert f'href="{reverse("form", args=[form.pk])}"' in sponsor
    assert f'href="{reverse("trail")}?form={form.pk}"' in sponsor


def test_the_sponsor_reads_the_trail_of_a_record_and_no_other(trial: Trial) -> None:
    form = responder(trial).forms.filter(code="tumour").latest("pk")
    client = signed_in(trial.sponsor)
    page = client.get(reverse("trail"), {"form": form.pk})
    assert page.status_code == 200
    assert b"Overall response (investigator)" in page.content
    assert client.get(reverse("trail")).status_code == 403
    assert client.get(reverse("trail_csv"), {"form": form.pk}).status_code == 403


def test_the_investigator_sees_the_own_subject_s_outcome_but_no_other_site_s(trial: Trial) -> None:
    of_own_site, of_other_site = populate(trial.site, 1)[0], populate(trial.other_site, 1)[0]
    client = signed_in(trial.investigator)
    assert client.get(reverse("endpoints_subject", args=[of_own_site.pk])).status_code == 200
    assert client.get(reverse("endpoints_subject", args=[of_other_site.pk])).status_code == 404


def test_who_enters_data_or_gives_accounts_sees_no_derived_outcome(trial: Trial) -> None:
    subject = populate(trial.site, 1)[0]
    address = reverse("endpoints_subject", args=[subject.pk])
    assert signed_in(trial.coordinator).get(address).status_code == 403
    assert signed_in(trial.stranger).get(address).status_code == 404
    assert signed_in(trial.administrator).get(address).status_code == 404


def test_a_subject_who_was_not_derived_yet_has_a_page_that_says_so(trial: Trial) -> None:
    subject = trial.subject()
    text = signed_in(trial.sponsor).get(reverse("endpoints_subject", args=[subject.pk])).content.decode()
    assert "Not derived yet" in text


def test_a_subject_s_page_costs_the_same_statements_for_any_number_of_assessments(
    trial: Trial, django_assert_num_queries
) -> None:
    subjects = populate(trial.site, 7)
    client = signed_in(trial.sponsor)
    fewest, most = (Outcome.objects.get(subject=subjects[n]) for n in (4, 6))
    assert len(most.derivation["assessments"]) > len(fewest.derivation["assessments"])
    client.get(reverse("endpoints_subject", args=[most.subject_id]))
    for outcome in (fewest, most):
        # session, user, subject, memberships, outcome, those of earlier versions, forms, sites of the frame
        with django_assert_num_queries(9):
            client.get(reverse("endpoints_subject", args=[outcome.subject_id]))


def test_an_untreated_subject_counts_nowhere(trial: Trial) -> None:
    subject = trial.subject()
    trial.screen(subject)
    while refresh_marked():
        pass
    assert not Outcome.objects.get(subject=subject).treated
    assert not Estimate.objects.exists()
    text = signed_in(trial.sponsor).get(reverse("endpoints_subject", args=[subject.pk])).content.decode()
    assert "Not treated: no dose was given." in text


def test_a_subject_s_page_names_the_new_therapy_and_its_date(trial: Trial) -> None:
    record = {"kind": "CHEMOTHERAPY", "name": "capecitabine", "start_date": "2008-03-25", "ongoing": "U"}
    subject = responder(trial)
    trial.fill(subject, "new_therapy", record)
    while refresh_marked():
        pass
    address = reverse("endpoints_subject", args=[subject.pk])
    page = signed_in(trial.investigator).get(address).content.decode()
    assert "chemotherapy, capecitabine" in page
    assert "Started on 25 Mar 2008; what is assessed after that day does not count for the response." in page
    assert page.count("Assessed after new anticancer therapy had begun: it counts for progression alone.") == 1
    form = subject.forms.get(code="new_therapy")
    assert f'href="{reverse("form", args=[form.pk])}"' in page
    sponsor = signed_in(trial.sponsor).get(address).content.decode()
    assert "capecitabine" not in sponsor and "chemotherapy, withheld" in sponsor


def test_a_therapy_that_only_a_follow_up_tells_of_is_named_too(trial: Trial) -> None:
    subject = responder(trial)
    visit = add_visit(subject=subject, on=FIRST_DOSE + timedelta(days=150), by=trial.by).code
    record = {"contact_date": "2008-06", "vital_status": "ALIVE", "new_therapy_given": "Y"}
    trial.fill(
        subject, "follow_up", record | {"new_therapy_name": "lapatinib", "new_therapy_date": "2008-05"}, visit=visit
    )
    while refresh_marked():
        pass
    text = signed_in(trial.investigator).get(reverse("endpoints_subject", args=[subject.pk])).content.decode()
    assert "lapatinib" in text and "Started on 15 May 2008" in text
