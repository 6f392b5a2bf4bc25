"""A file of questions: looked through line by line, then asked as a whole or not at all."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.access import access_for
from audit.models import Event
from review.models import Query
from review.queries.file import given_lines, read_questions
from review.queries.looking import look_through
from review.services import close_query, raise_query
from tests.cast import actor
from tests.signature.closed import lock_form
from values.unreadable import UnreadableValue

HEAD = "subject,visit,form,item,text,to\n"


def sent(client, text, **more):
    file = SimpleUploadedFile("questions.csv", text.encode() if isinstance(text, str) else text)
    return client.post("/queries/import/", {"file": file} | more)


def test_a_file_of_another_ending_is_refused_by_its_name(trial, as_user):
    file = SimpleUploadedFile("questions.xlsx", b"PK\x03\x04")
    page = as_user(trial.monitor).post("/queries/import/", {"file": file, "action": "look"})
    assert page.status_code == 422
    assert "The name of the file must end in .csv, .txt or .tsv." in page.content.decode()


def errors(trial, text):
    """Sentences by the number of their line."""
    preview = look_through(read_questions(HEAD + text).lines, access_for(trial.monitor))
    return {line.number: line.errors for line in preview.wrong}


def test_a_file_is_looked_through_and_then_asked_as_a_whole(trial, form, as_user):
    client = as_user(trial.monitor)
    text = HEAD + "101-001,SCR,demography,age,54 or 45?,carla\n101-001,,,,Which hospital?,role:investigator\n"
    page = sent(client, text)
    assert page.status_code == 200
    assert "Raise 2 queries" in page.content.decode()
    assert Query.objects.count() == 0
    answer = client.post("/queries/import/", {"content": page.context["content"], "action": "import"})
    assert answer.url == "/queries/"
    first, second = Query.objects.order_by("id")
    assert (first.case_form, first.item, first.text, first.assigned_to) == (form, "age", "54 or 45?", trial.coordinator)
    assert (second.case_form, second.subject_id, second.assigned_role) == (None, form.subject_id, "investigator")
    assert {event.channel for event in Event.objects.filter(table_name="review_query")} == {"import"}


def test_queries_are_pasted_from_a_spreadsheet_too(trial, form, as_user):
    client = as_user(trial.monitor)
    cells = {"pasted": "Subject\tForm\tItem\tText\n101-001\tdemography\tage\t54 or 45?\n"}
    page = client.post("/queries/import/", cells | {"action": "look"})
    assert "Pasted cells: The columns are separated by tabs." in page.content.decode()
    text, name = page.context["content"], page.context["name"]
    assert client.post("/queries/import/", {"content": text, "name": name, "action": "import"}).status_code == 302
    assert Query.objects.get().text == "54 or 45?"
    assert sent(client, HEAD, pasted="subject,text").context["form"].errors == {
        "file": ["Choose a file or paste cells, not both."]
    }


def test_one_wrong_line_and_nothing_is_asked(trial, form, as_user):
    client = as_user(trial.monitor)
    text = HEAD + "101-001,SCR,demography,age,Right?,\n101-999,SCR,demography,age,Wrong subject,\n"
    page = sent(client, text, action="import")
    assert page.status_code == 422
    assert "1 of 2 lines cannot be raised" in " ".join(page.content.decode().split())
    assert "There is no subject 101-999 at your sites." in page.content.decode()
    assert Query.objects.count() == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (",SCR,demography,age,?,", "The subject is missing."),
        ("101-001,SCR,demography,age,,", "The text is missing."),
        ("101-001,SCR,demography,shoe,?,", "has no item “shoe”"),
        ("101-001,SCR,shoes,age,?,", "There is no form “shoes”."),
        ("101-001,C1D1,demography,age,?,", "The subject has no such form."),
        ("101-001,,,age,?,", "needs its form"),
        ("101-001,SCR,demography,age,?,stella", "stella has no part in the queries of site 101."),
        ("101-001,SCR,demography,age,?,role:sponsor", "role:sponsor has no part"),
        ("101-001,SCR,history,rows[9]-outcome,?,", "has no item “rows[9]-outcome”"),
        ("101-001,SCR,history,rows[1]-shoe,?,", "has no item “rows[1]-shoe”"),
        ("102-001,,,,?,", "There is no subject 102-001 at your sites."),
        (
            "101-001,SCR,demography,age,54, or 45?,carla",
            "7 columns instead of 6. A value with a comma needs quotation marks",
        ),
        ("101-001,SCR,demography,age," + "x" * 2001 + ",", "more than 2,000 characters"),
    ],
)
def test_each_line_says_what_is_wrong_with_it(trial, form, line, words):
    trial.subject(trial.other_site)
    faults = errors(trial, line + "\n")
    assert list(faults) == [2]
    assert words in " ".join(faults[2])


def test_a_text_of_the_greatest_length_and_a_row_by_its_name_go_in(trial, form):
    assert (
        errors(trial, "101-001,SCR,demography,age," + "x" * 2000 + ",\n101-001,SCR,history,rows[1]-outcome,?,\n") == {}
    )
    assert errors(trial, "101-001,SCR,tumour_baseline,rows[T01]-location,?,\n") == {}


def test_what_is_asked_already_is_not_asked_twice(trial, form):
    line = "101-001,SCR,demography,age,54?,\n"
    assert errors(trial, line + line) == {3: ["This query is already open there."]}
    query = raise_query(case_form=form, item="age", text="54?", by=actor(trial.monitor, "monitor"))
    assert errors(trial, line) == {2: ["This query is already open there."]}
    close_query(query=query, text="Yes.", by=actor(trial.monitor, "monitor"))
    assert errors(trial, line) == {}


def test_a_locked_form_is_not_asked_about(trial, form):
    lock_form(case_form=form, reason="cut", by=actor(trial.data_manager, "data_manager"))
    assert errors(trial, "101-001,SCR,demography,age,54?,\n") == {2: ["The form was locked by dora."]}


def test_of_several_such_forms_one_is_named_by_its_number(trial, form):
    for term in ("Rash", "Nausea"):
        trial.fill(form.subject, "medication", {"medication": term}, complete=False)
    assert "name the visit or the form_id" in errors(trial, "101-001,,medication,,?,\n")[2][0]
    second = form.subject.forms.filter(code="medication").latest("id")
    table = read_questions(f"subject;form_id;text\n101-001;{second.pk};Since when?\n")
    preview = look_through(table.lines, access_for(trial.monitor))
    assert [question.case_form for _, _, question in preview.questions] == [second]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("subject\n101-001\n", "missing: text"),
        ("subject,text,text\n", "named twice"),
        ("subject,text\n", "The file has no questions"),
        (b"PK\x03\x04", "workbook"),
        (b"subject,text\n\x81,x\n", "neither UTF-8 nor windows-1252"),
        ("subject,text\n\0,x\n", "not text"),
        ('subject,text\n"101-001,x\n', "quotation mark"),
        ("subject,text\n" + "1,x\n" * 2001, "more than 2000 questions"),
        ("subject,text\n" + "x" * 1_000_000, "larger than 1 MB"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_whole(content, words):
    with pytest.raises(UnreadableValue, match=words):
        read_questions(content)


def test_a_column_that_nobody_asked_for_is_left_out_and_said(trial, form, as_user):
    """As in each other file that is read here: a list made for another purpose has columns of its own."""
    page = sent(as_user(trial.monitor), "sep=;\nSubject;Text;Shoe\n101-001;Why?;left\n101-001;Since when?\n")
    assert page.status_code == 200
    assert "Raise 2 queries" in page.content.decode()
    assert "The columns are separated by semicolons. Columns that are left out: Shoe." in page.content.decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_file_is_read_as_spreadsheets_write_it(encoding, separator):
    content = f"subject{separator}text\r\n101-001{separator}Größe prüfen?\r\n".encode(encoding)
    assert [line.values["text"] for line in read_questions(content).lines] == ["Größe prüfen?"]


def test_a_guess_at_the_characters_of_a_file_is_said_and_its_text_kept(trial, form, as_user):
    text = HEAD + "101-001,,,,Größe prüfen?,\n"
    page = as_user(trial.monitor).post(
        "/queries/import/", {"file": SimpleUploadedFile("q.csv", text.encode("cp1252")), "action": "look"}
    )
    assert "Read as windows-1252 as it is not UTF-8: look whether umlauts and µ are right." in page.content.decode()
    assert page.context["content"] == text


def test_no_file_and_no_right_are_refused(trial, form, as_user):
    assert as_user(trial.monitor).post("/queries/import/", {}).status_code == 422
    assert sent(as_user(trial.coordinator), HEAD + "101-001,,,,?,\n", action="import").status_code == 403
    assert Query.objects.count() == 0


def test_what_the_api_sends_is_read_as_the_lines_of_a_file():
    [line] = given_lines([{"subject": "101-001", "text": " Why? ", "form_id": 7}])
    assert (line.values["text"], line.values["form_id"], line.errors) == ("Why?", "7", [])
    assert given_lines([{"subject": "x", "text": "y", "shoe": 1}, "z"])[0].errors == ["There is no such column: shoe."]
    assert given_lines(["z"])[0].errors == ["The subject is missing.", "The text is missing."]
