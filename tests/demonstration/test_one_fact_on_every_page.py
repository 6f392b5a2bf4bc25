"""Each derived fact of the demonstration, held against each place that says it: pages, API, files, report, figures."""

import csv
import html
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from endpoints.arithmetic.percentages import rounded, signed
from endpoints.arithmetic.results import SUBJECT_TIMES, TIMES
from endpoints.behind import subjects as behind_of
from endpoints.figures.tables import TABLES, percent, reached, written
from endpoints.models import Outcome
from endpoints.reading import Selection, selection
from protocol import current
from tests.printed import sheets
from values.dates import shown_date

pytestmark = pytest.mark.django_db
CHOSEN = (("P2", "measurable"), ("P2", "all_treated"), ("P1", "all_treated"))
TAGS = re.compile(r"<[^>]+>")
COUNTS = re.compile(r"[\d,]+")


@pytest.fixture
def sponsor() -> Client:
    """Signed in over a demonstration of so few subjects that each of them can be looked at."""
    call_command("demo_trial", seed=3, subjects=12, forms="light", stdout=io.StringIO())
    client = Client()
    client.force_login(User.objects.get(username="sponsor"))
    return client


def words(response: Any) -> str:
    assert response.status_code == 200
    text = TAGS.sub(" ", response.content.decode())
    return " ".join(html.unescape(text).split())


def file_of(client: Client, codes: tuple[str, str], code: str) -> list[dict[str, str]]:
    content = client.get(reverse("endpoints_file", args=[*codes, code, "csv"])).content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_every_fact_is_the_same_wherever_it_is_said(sponsor: Client) -> None:
    assert Outcome.objects.count() == 12
    for outcome in Outcome.objects.all():
        a_subject_is_told_alike(sponsor, outcome)
    for codes in CHOSEN:
        chosen = selection(*codes)
        assert chosen.estimate is not None and chosen.estimate.subjects == chosen.outcomes().count()
        numbers_lead_to_as_many_subjects(sponsor, chosen)
        files_say_what_the_tables_say(sponsor, chosen)
        figures_are_drawn_of_the_outcomes(chosen)
        page_and_api_and_report_agree(sponsor, chosen)


def a_subject_is_told_alike(client: Client, outcome: Outcome) -> None:
    derived = client.get(f"/api/v1/outcomes/{outcome.pk}/").json()
    assert derived == outcome.derivation
    profile = words(client.get(reverse("endpoints_subject", args=[outcome.pk])))
    casebook = words(client.get(reverse("subject", args=[outcome.pk])))
    row = outcome.row
    assert row["assessed"] == derived["bor"]["assessed"] == derived["cbor"]["assessed"]
    for name, title in (("cbor", "confirmed"), ("bor", "unconfirmed")):
        value = derived[name]["value"] if row["assessed"] else "Not assessed"
        assert row[name] == derived[name]["value"]
        assert f"Best overall response, {title} {value} {derived[name]['reason']}" in profile
    for name in (time.code for time in SUBJECT_TIMES):
        time_to_event = derived[name]
        assert row[name] == (time_to_event and [time_to_event["days"], time_to_event["event"]])
        if time_to_event:
            how = "event" if time_to_event["event"] else "censored"
            sentence = (
                rf"\b{time_to_event['days']:,} days? \([\d.]+ months\), {how} {re.escape(time_to_event['words'])}"
            )
            assert re.search(sentence, profile)
    for assessment in derived["assessments"]:
        assert shown_date(assessment["date"]) in profile
        if assessment["change"] is not None:
            shown = f"{signed(assessment['change'])} %"
            assert shown in profile and shown in casebook
            of_reason = str(abs(rounded(Decimal(assessment["change"]))))
            assert f"{of_reason} %" in assessment["reason"] or assessment["target"] in ("CR", "PD") or of_reason == "0"


def numbers_lead_to_as_many_subjects(client: Client, chosen: Selection) -> None:
    """Each number of a table that leads to subjects counts as many of them, on the page and in the API, and each is
    told with the days and the reason of its derivation."""
    assert chosen.estimate is not None
    cells = {cell for code in TABLES for row in table_of(chosen, code).rows for cell in row if cell.which}
    assert len(cells) > 40
    for cell in cells:
        match = COUNTS.match(cell.text)
        assert match, cell
        rows = list(behind_of(chosen, cell.which)[1])
        assert len(rows) == int(match[0].replace(",", "")), cell
        kind = cell.which.partition(".")[0]
        for row in rows:
            if kind in row.derivation and kind not in ("confirmed", "unconfirmed"):
                time_to_event = row.derivation[kind]
                assert int(row.days) == time_to_event["days"] and row.reason == time_to_event["words"], cell
        filters = {"population": chosen.codes[0], "analysis_set": chosen.codes[1], "which": cell.which}
        listed = client.get("/api/v1/outcomes/", filters).json()
        assert listed["count"] == len(rows), cell


def table_of(chosen: Selection, code: str) -> Any:
    assert chosen.estimate is not None
    return TABLES[code](chosen.estimate.figures, current().analysis)


def files_say_what_the_tables_say(client: Client, chosen: Selection) -> None:
    response = {(row["response"], row["result"]): row for row in file_of(client, chosen.codes, "response")}
    results = ["CR", "PR", "SD", "PD", "NE", "not assessed", "ORR", "DCR", "CBR"]
    lines = [line for line in table_of(chosen, "response").rows if line[0].text != "Non-CR/Non-PD"]
    for line, result in zip(lines, results, strict=True):
        for place, kind in ((1, "confirmed"), (4, "unconfirmed")):
            row = response[kind, result]
            count = row["n"] if place and result not in ("ORR", "DCR", "CBR") else f"{row['n']} of {row['of']}"
            assert line[place].text == count
            assert line[place + 1].text == percent(float(row["percent"]) if row["percent"] else None)
    times = {row["endpoint"]: row for row in file_of(client, chosen.codes, "times") if row["fraction"] == "0.5"}
    for line, time in zip(table_of(chosen, "times").rows, TIMES, strict=True):
        row = times[time.code]
        assert [cell.text for cell in line[1:4]] == [row["subjects"], row["events"], row["censored"]]
        if row["subjects"] != "0":
            middle, lower, upper = (reached(row[f"{part}months"] or None) for part in ("", "lower_", "upper_"))
            assert (line[4].text, line[5].text) == (middle, f"{lower} to {upper}")
    bars = {row["subject"]: row for row in file_of(client, chosen.codes, "waterfall")}
    for line in table_of(chosen, "waterfall").rows:
        row = bars[line[0].text]
        change = row["best_change_percent"]
        shown = (written(row["best_response"]), signed(change) if change else "–", row["why_none"])
        assert tuple(cell.text for cell in line[1:]) == shown
    assert len(bars) == chosen.outcomes().count()


def figures_are_drawn_of_the_outcomes(chosen: Selection) -> None:
    assert chosen.estimate is not None
    figures = chosen.estimate.figures
    rows = {outcome.row["ref"]: outcome.row for outcome in chosen.outcomes()}
    assert figures["n"] == len(rows)
    headline = "cbor" if figures["response"]["headline"] == "confirmed" else "bor"

    def best(ref: str) -> str:
        return rows[ref][headline] if rows[ref]["assessed"] else "not assessed"

    for part in ("waterfall", "spider", "swimmer"):
        assert all(drawn["response"] == best(drawn["ref"]) for drawn in figures[part])
    changes = {ref: [change for _, _, change in row["course"] if change is not None] for ref, row in rows.items()}
    assert {bar["ref"]: bar["change"] for bar in figures["waterfall"]} == {
        ref: min(of_subject) for ref, of_subject in changes.items() if of_subject
    }
    assert {line["ref"]: [change for _, change in line["points"]][1:] for line in figures["spider"]} == {
        ref: of_subject for ref, of_subject in changes.items() if of_subject
    }
    for lane in figures["swimmer"]:
        assert lane["days"] == rows[lane["ref"]]["os"][0]
        assert lane["dead"] == (rows[lane["ref"]]["death_day"] is not None)
    for name in ("pfs", "os", "dor"):
        times = [row[name] for row in rows.values() if row[name]]
        curve = figures["times"][name]
        assert (curve["n"], curve["events"]) == (len(times), sum(event for _, event in times))
        assert sum(curve["censored"]["count"]) == curve["n"] - curve["events"]


def page_and_api_and_report_agree(client: Client, chosen: Selection) -> None:
    assert chosen.estimate is not None
    population, analysis_set = chosen.codes
    stored = client.get(f"/api/v1/estimates/{population}/{analysis_set}/").json()
    assert stored["figures"] == chosen.estimate.figures
    assert stored["subjects"] == stored["figures"]["n"] == chosen.outcomes().count()
    page = words(client.get(reverse("endpoints_of", args=chosen.codes)))
    printed = client.get(reverse("endpoints_report", args=chosen.codes))
    paper = " ".join(" ".join(sheet.extract_text() for sheet in sheets(printed.content)).split())
    for cells in lines_of_tables(chosen):
        line = " ".join(filter(None, cells))
        assert line in page, line
        assert line in paper, line


def lines_of_tables(chosen: Selection) -> Iterator[list[str]]:
    """The lines of numbers, as one reads them across."""
    for code in ("response", "times", "landmarks"):
        for row in table_of(chosen, code).rows:
            yield [cell.text for cell in row[1:]]
