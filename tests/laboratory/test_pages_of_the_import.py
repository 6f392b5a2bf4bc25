"""A laboratory's file on the page and by the command: looked through, corrected, entered."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from assessments.laboratory.file import NEEDED, OPTIONAL, read_file
from assessments.models import CaseForm, Haematology
from audit.models import Event
from tests.laboratory.result_files import HAEMOGLOBIN, WHOLE, WITH_UMLAUT, file_of, line
from values.unreadable import UnreadableValue


def upload(text: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("a.csv", text.encode()), "action": "look"}


@pytest.mark.parametrize("name", ["results.xlsx", "results.csv.exe", "results"])
def test_a_file_of_another_ending_is_refused_by_its_name(trial: Any, sign_in: Any, name: str) -> None:
    sent = {"file": SimpleUploadedFile(name, WHOLE.encode()), "action": "look"}
    page = sign_in(trial.coordinator).post("/laboratory/import/", sent)
    assert page.status_code == 422
    assert "The name of the file must end in .csv, .txt or .tsv." in page.content.decode()


def test_the_page_looks_through_a_file_and_enters_it_when_told(trial: Any, subject: Any, sign_in: Any) -> None:
    desk = sign_in(trial.coordinator)
    seen = desk.post("/laboratory/import/", upload(WHOLE))
    assert seen.status_code == 200
    assert b"Enter 1 sample" in seen.content
    assert not CaseForm.objects.filter(code="haematology").exists()
    sent = {"content": seen.context["content"], "name": seen.context["name"], "action": "import"}
    assert desk.post("/laboratory/import/", sent).status_code == 302
    form = CaseForm.objects.get(code="haematology")
    created = Event.objects.get(table_name="assessments_caseform", case_form_id=form.pk, action="insert")
    assert (created.actor_name, created.channel) == ("carla", "import")


def test_the_page_lists_the_lines_to_correct(trial: Any, subject: Any, sign_in: Any) -> None:
    answer = sign_in(trial.coordinator).post("/laboratory/import/", upload(file_of(line("XYZ"))))
    assert answer.status_code == 422
    assert "Unknown analyte “XYZ”." in answer.content.decode()
    assert b"Enter 1 sample" not in answer.content


def test_the_command_enters_a_file_for_a_user(trial: Any, subject: Any, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "a.csv"
    path.write_text(WHOLE)
    call_command("import_laboratory", path, by="carla", dry_run=True)
    assert not CaseForm.objects.filter(code="haematology").exists()
    call_command("import_laboratory", path, by="carla")
    assert "1 sample went in." in capsys.readouterr().out
    assert CaseForm.objects.get(code="haematology").state == "complete"


def test_the_command_says_which_lines_are_wrong(trial: Any, subject: Any, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "a.csv"
    path.write_text(file_of(line("XYZ")))
    with pytest.raises(CommandError, match="1 wrong of 1 line\\."):
        call_command("import_laboratory", path, by="carla")
    assert "line 2: Unknown analyte" in capsys.readouterr().err
    with pytest.raises(CommandError, match="nobody who may enter data"):
        call_command("import_laboratory", path, by="mona")


def test_the_preview_shows_value_unit_limits_flag_and_grade_before_anything_is_saved(
    trial: Any, subject: Any, sign_in: Any
) -> None:
    lines = (line(value="9.5", unit="g/dl"), line("NEUT", "<0.1", "G/L"), line("WBC", "0.4", "10*3/uL"))
    page = sign_in(trial.coordinator).post("/laboratory/import/", upload(file_of(*lines))).content.decode()
    row = page[page.index("Results as read") :]
    for words in ("9.5 g/dl", "9.5 g/dL", "95 g/L", "12 to 16", "Grade 2", "&lt;0.1 G/L", "&lt;0.1 10⁹/L", "Grade 4"):
        assert words in row
    assert "far from usual" in row
    assert not CaseForm.objects.filter(code="haematology").exists()


def test_cells_are_pasted_and_a_file_beside_them_is_refused(trial: Any, subject: Any, sign_in: Any) -> None:
    desk = sign_in(trial.coordinator)
    pasted = {"pasted": WHOLE.replace(",", "\t"), "action": "look"}
    seen = desk.post("/laboratory/import/", pasted)
    assert "Pasted cells: The columns are separated by tabs." in seen.content.decode()
    assert seen.context["preview"].may_go_in
    both = desk.post("/laboratory/import/", upload(WHOLE) | pasted)
    assert (both.status_code, "not both" in both.content.decode()) == (422, True)
    nothing = desk.post("/laboratory/import/", {"action": "look"})
    assert (nothing.status_code, "Choose a file, or paste cells." in nothing.content.decode()) == (422, True)


def test_a_file_of_windows_goes_in_as_it_was_looked_through(trial: Any, subject: Any, sign_in: Any) -> None:
    desk = sign_in(trial.coordinator)
    file = SimpleUploadedFile("a.csv", WITH_UMLAUT.encode("cp1252"))
    seen = desk.post("/laboratory/import/", {"file": file, "action": "look"})
    assert "windows-1252" in seen.content.decode()
    sent = {"content": seen.context["content"], "name": "a.csv", "action": "import"}
    assert desk.post("/laboratory/import/", sent).status_code == 302
    assert Haematology.objects.get().laboratory == "Labor Köln, µ"


@pytest.mark.parametrize(("query", "separator"), [("", ","), ("?separator=semicolon", ";")])
def test_the_template_is_a_file_that_says_that_it_has_no_results(
    trial: Any, sign_in: Any, query: str, separator: str
) -> None:
    answer = sign_in(trial.coordinator).get(f"/laboratory/import/template/{query}")
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbfsubject")
    assert content.decode("utf-8-sig").strip().split(separator) == [*NEEDED, *OPTIONAL]
    with pytest.raises(UnreadableValue, match="The file has no results"):
        read_file(content)
    filled = content + separator.join([*HAEMOGLOBIN, "", "", "", "", ""]).encode()
    assert read_file(filled).lines[0].errors == []
    assert sign_in(trial.monitor).get(f"/laboratory/import/template/{query}").status_code == 403


def test_the_command_says_how_it_read_each_line(trial: Any, subject: Any, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "a.csv"
    path.write_text(file_of(line(value="9.5", unit="g/dl")), encoding="utf-16")
    call_command("import_laboratory", path, by="carla", dry_run=True)
    output = capsys.readouterr().out
    assert "Read as UTF-16." in output
    assert "line 2: HGB 9.5 g/dl: 95 g/L, Low (12 to 16), grade 2 Hemoglobin" in output
