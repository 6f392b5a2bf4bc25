"""What leaves the list: the rows that the filter shows, in their order, and no formula among them."""

import csv
import io
import re
import zipfile

import pytest

from audit.files import guarded
from audit.models import AccessEvent
from review.queries.assignees import Assignee
from review.services import answer_query, assign_query, close_query, raise_query


def rows(answer):
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def sheet(answer, number):
    """(type, text) of the cells of one sheet, row by row."""
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        xml = book.read(f"xl/worksheets/sheet{number}.xml").decode()
    assert "<f>" not in xml
    lines = []
    for row in re.findall(r"<row[^>]*>(.*?)</row>", xml, re.S):
        cells = re.findall(r"<c ([^>]*)>(?:<is><t[^>]*>(.*?)</t></is>|<v>(.*?)</v>)</c>", row, re.S)
        lines.append(
            [(("text" if 't="inlineStr"' in kind else "number"), words or value) for kind, words, value in cells]
        )
    return lines


def test_a_file_has_the_rows_of_the_filter_in_their_order(trial, form, monitor, as_user):
    kept = [raise_query(case_form=form, item=item, text=f"About {item}", by=monitor) for item in ("age", "sex")]
    raise_query(case_form=form, text="The form", by=monitor)
    close_query(query=raise_query(case_form=form, item="age", text="Old", by=monitor), text="Seen.", by=monitor)
    client = as_user(trial.monitor)
    address = "q=About&sort=-opened"
    shown = [line.query.pk for line in client.get(f"/queries/?{address}").context["queries"]]
    assert shown == [query.pk for query in reversed(kept)]
    assert [int(row["query"]) for row in rows(client.get(f"/queries.csv?{address}"))] == shown
    workbook = client.get(f"/queries.xlsx?{address}")
    assert [int(row[0][1]) for row in sheet(workbook, 1)[1:]] == shown


def test_a_row_says_where_whose_turn_how_old_and_what_was_said_last(trial, form, monitor, as_user):
    query = raise_query(case_form=form, item="age", text="54?", by=monitor)
    assign_query(query=query, to=Assignee(trial.coordinator.pk, words="Carla"), by=monitor)
    answer_query(query=query, text="It is 54.", by=trial.by)
    [row] = rows(as_user(trial.sponsor).get("/queries.csv"))
    fixed = {name: row[name] for name in row if name not in ("query", "form_id", "opened_utc", "last_step_utc")}
    assert fixed == {
        "site": "101",
        "subject": "101-001",
        "protocol_version": "1.0",
        "visit": "SCR",
        "form": "demography",
        "item": "age",
        "item_label": "Age at consent",
        "state": "answered",
        "origin": "manual",
        "check": "",
        "text": "54?",
        "assigned_to": "carla",
        "days_open": "0",
        "days_since_last_step": "0",
        "steps": "3",
        "last_step_by": "carla",
        "last_step_text": "It is 54.",
        "form_signatures": "",
    }
    assert [row[4][1] for row in sheet(as_user(trial.sponsor).get("/queries.xlsx"), 2)] == [
        "step",
        "open",
        "assigned",
        "answered",
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1 day", "-x", "@SUM(A1)", " =HYPERLINK(1)", "\t=1", "＝1+1"])
def test_no_text_becomes_a_formula(trial, form, monitor, as_user, text):
    raise_query(case_form=form, text=text, by=monitor)
    client = as_user(trial.monitor)
    assert rows(client.get("/queries.csv"))[0]["text"] == f"'{text}"
    cells = sheet(client.get("/queries.xlsx"), 1)[1]
    assert ("text", text) in cells


def test_what_is_no_formula_stays_as_it_is():
    plain = ["54 or 45?", "a=b", "-3.5", "-0,4", "+2", "-31.2 %", "-1e-05", "−3", "–", "", None, -4, True]
    assert [guarded(cell) for cell in plain] == plain


def test_files_hold_the_own_sites_alone_and_are_noted(trial, form, monitor, as_user):
    raise_query(case_form=form, text="?", by=monitor)
    assert rows(as_user(trial.stranger).get("/queries.csv")) == []
    assert len(sheet(as_user(trial.stranger).get("/queries.xlsx"), 1)) == 1
    noted = AccessEvent.objects.filter(kind="export").order_by("id").values_list("actor_name", "detail")
    assert list(noted) == [
        ("stella", "queries as CSV, filter: none"),
        ("stella", "queries as XLSX, filter: none"),
    ]


def test_a_filter_that_makes_no_sense_gives_no_file(trial, form, monitor, as_user):
    raise_query(case_form=form, text="?", by=monitor)
    assert as_user(trial.monitor).get("/queries.csv?age=seven").status_code == 400
