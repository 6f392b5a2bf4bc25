"""A laboratory's file: looked through line by line, then in as a whole or not at all."""

import csv
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.access import access_for
from accounts.actor import Locked
from assessments.laboratory.file import NEEDED, OPTIONAL, read_file
from assessments.laboratory.importing import import_samples, look_through
from assessments.models import CaseForm, Haematology, LaboratoryResult
from audit.models import Event
from signature.closing import Reach, shut
from signature.models import ClosureState
from tests.cast import actor
from tests.laboratory.samples import BLOOD, SERUM, rows
from values.unreadable import UnreadableValue

HEAD = "subject,visit,sample_date,analyte,value,unit"


def line(analyte: str = "HGB", value: str = "121", unit: str = "g/L", **other: str) -> str:
    cells = {"subject": "101-001", "visit": "SCR", "sample_date": "2007-12-28"} | other
    return ",".join([cells["subject"], cells["visit"], cells["sample_date"], analyte, value, unit])


def file_of(*lines: str) -> str:
    return "\n".join([HEAD, *lines]) + "\n"


WHOLE = file_of(*(line(code, value, unit) for code, (value, unit) in BLOOD.items()))


@pytest.fixture
def subject(trial: Any, ranges: Any) -> Any:
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    return subject


@pytest.fixture
def look(trial: Any) -> Any:
    return lambda text, user=None: look_through(read_file(text).lines, access_for(user or trial.coordinator))


def enter(trial: Any, preview: Any) -> list[CaseForm]:
    by = actor(trial.coordinator, "coordinator", "import")
    return import_samples(preview, by=lambda site: by, reason="Laboratory file a.csv")


def errors(preview: Any) -> dict[int, str]:
    return {wrong_line.number: " ".join(wrong_line.errors) for wrong_line in preview.wrong}


def test_a_file_goes_in_by_the_channel_import_flagged_and_graded(trial: Any, subject: Any, look: Any) -> None:
    low = WHOLE.replace("SCR,2007-12-28,NEUT,3.2", "SCR,2007-12-28,NEUT,1.2")
    [form] = enter(trial, look(low))
    assert (form.code, form.visit.code, form.state) == ("haematology", "SCR", "draft")
    assert LaboratoryResult.objects.get(case_form=form, analyte="NEUT").grade == 2
    assert set(Event.objects.filter(case_form_id=form.pk).values_list("channel", flat=True)) == {"import"}


@pytest.mark.requirement("EMA 2023 control of data")
def test_the_data_manager_brings_in_a_file_under_the_own_name_and_types_nothing(
    trial: Any, subject: Any, client: Any
) -> None:
    client.force_login(trial.data_manager)
    sent = {"content": WHOLE, "name": "central.csv", "action": "import"}
    assert client.post("/laboratory/import/", sent).status_code == 302
    form = CaseForm.objects.get(code="haematology")
    written = Event.objects.filter(case_form_id=form.pk).values_list("actor_name", "role", "channel").distinct()
    assert list(written) == [("dora", "data_manager", "import")]
    assert LaboratoryResult.objects.filter(case_form=form).count() == len(BLOOD)
    for address in (f"/forms/{form.pk}/", f"/subjects/{subject.pk}/forms/haematology/"):
        assert client.post(address, {"sample_date": "2007-12-28"}).status_code in (403, 404)


def test_the_data_manager_s_file_changes_nothing_that_the_site_recorded(trial: Any, subject: Any, look: Any) -> None:
    enter(trial, look(file_of(line(value="121"))))
    preview = look(file_of(line(value="99")), trial.data_manager)
    assert "correct it there, with the reason" in errors(preview)[2]
    assert not preview.may_go_in
    assert LaboratoryResult.objects.get(value__isnull=False).value.value == 121


def test_who_only_checks_or_reads_brings_in_no_file(trial: Any, subject: Any, client: Any) -> None:
    for user in (trial.monitor, trial.sponsor, trial.auditor, trial.administrator):
        client.force_login(user)
        assert client.get("/laboratory/import/").status_code == 403
        assert client.post("/laboratory/import/", {"content": WHOLE, "action": "import"}).status_code == 403
    assert not CaseForm.objects.filter(code="haematology").exists()


def test_nothing_of_a_file_goes_in_where_one_subject_was_locked_meanwhile(trial: Any, subject: Any, look: Any) -> None:
    other = trial.subject()
    trial.fill(other, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    preview = look(file_of(line(), line(subject=other.label)))
    by = actor(trial.data_manager, "data_manager")
    shut(reach=Reach(other.site, other), state=ClosureState.LOCKED, reason="clean", by=by)
    with pytest.raises(Locked, match=r"^The subject was locked by dora"):
        enter(trial, preview)
    assert not LaboratoryResult.objects.exists()


def test_a_sample_with_everything_goes_in_complete(trial: Any, subject: Any, look: Any) -> None:
    preview = look(WHOLE)
    assert [sample.complete for sample in preview.samples] == [True]
    [form] = enter(trial, preview)
    assert form.state == "complete"


def test_what_keeps_a_sample_from_being_complete_is_named(trial: Any, subject: Any, look: Any) -> None:
    [sample] = look(file_of(line(value="95"))).samples
    assert not sample.complete
    assert any("Haemoglobin clinically significant" in words for words in sample.waits_for)
    assert any("Platelets result" in words for words in sample.waits_for)


def test_units_and_names_are_read_as_laboratories_write_them(trial: Any, subject: Any, look: Any) -> None:
    german = "subject;visit;sample_date;analyte;value;unit;fasting\n101-001;SCR;2007-12-28;Creatinine;70,5;µmol/l;yes\n"
    preview = look(german)
    assert errors(preview) == {}
    [form] = enter(trial, preview)
    creatinine = LaboratoryResult.objects.get(case_form=form)
    assert (creatinine.analyte, str(creatinine.value), creatinine.unit) == ("CREAT", "70.5", "umol/L")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (line(subject="101-999"), "There is no subject 101-999 for whom you may import results."),
        (line(visit="C9D1"), "101-001 has no visit C9D1."),
        (line("XYZ"), "Unknown analyte “XYZ”."),
        (line(value="NaN"), "“NaN” is not a number."),
        (line(value="neg"), "“neg” is not a number."),
        (line(value="-5"), "Haemoglobin of -5 g/L cannot be."),
        (line(value="1e99999999"), "“1e99999999” is written with an exponent."),
        (line(value='"<1,500"'), "“<1,500” may be thousands or decimals"),
        (line(value="≤5"), "a limit is written with < or > in front of one number"),
        (line(value="<0"), "Haemoglobin below 0 cannot be."),
        (line("PLAT", value='"150,000"', unit="/uL"), "“150,000” may be thousands or decimals: write 150000"),
        (line(unit="mEq/L"), "Haemoglobin is not reported in “mEq/L”; known: g/L, g/dL, mmol/L."),
        (line(value=""), "There is neither a value nor a reason in not_done."),
        (line(value="121", unit="g/dL"), "Was it reported in g/L?"),
        (line(sample_date="02/03/2007"), "“02/03/2007” does not say which number is the month."),
        (line(sample_date="2007-02-30"), "“2007-02-30” is not a day of the calendar."),
        (line(sample_date="2099-01-01"), "is in the future"),
        (line() + ",more", "7 columns instead of 6."),
    ],
)
def test_a_line_that_is_wrong_says_why_and_nothing_goes_in(
    trial: Any, subject: Any, look: Any, wrong: str, words: str
) -> None:
    preview = look(file_of(wrong))
    assert words in errors(preview)[2]
    assert not preview.may_go_in


def test_a_result_that_is_there_twice_is_refused(trial: Any, subject: Any, look: Any) -> None:
    assert errors(look(file_of(line(), line(value="122")))) == {3: "The same result stands in line 2 already."}


def test_lines_of_one_sample_that_differ_in_their_date_are_refused(trial: Any, subject: Any, look: Any) -> None:
    faults = errors(look(file_of(line(), line("PLAT", "240", "10^9/L", sample_date="2007-12-29"))))
    assert "differ in sample date: 2007-12-28, 2007-12-29" in faults[2]


def test_what_was_recorded_before_is_left_as_it_is(trial: Any, subject: Any, look: Any) -> None:
    enter(trial, look(WHOLE))
    again = look(WHOLE)
    assert (again.wrong, again.new, again.may_go_in) == ([], [], False)


def test_another_value_than_the_recorded_one_is_for_the_form(trial: Any, subject: Any, look: Any) -> None:
    enter(trial, look(WHOLE))
    assert errors(look(file_of(line(value="99")))) == {
        2: "The form has 121 g/L already: correct it there, with the reason."
    }


def test_a_later_file_adds_what_a_draft_lacks(trial: Any, subject: Any, look: Any) -> None:
    [form] = enter(trial, look(file_of(line())))
    assert form.state == "draft"
    [form] = enter(trial, look(WHOLE))
    assert (form.version, form.state, form.laboratory_results.count()) == (2, "complete", 5)


def test_a_complete_form_takes_a_late_result_with_the_file_as_reason(trial: Any, subject: Any, look: Any) -> None:
    form = trial.fill(subject, "chemistry", {"sample_date": "2007-12-28", "fasting": "Y"}, rows(SERUM), visit="SCR")
    enter(trial, look(file_of(line("INR", "1.0", "ratio"))))
    assert LaboratoryResult.objects.get(case_form=form, analyte="INR").grade == 0
    assert Event.objects.filter(case_form_id=form.pk).latest("id").reason == "Laboratory file a.csv"


def test_before_consent_nothing_goes_in(trial: Any, look: Any) -> None:
    trial.subject()
    assert "Informed consent must be complete first." in errors(look(WHOLE))[2]


@pytest.mark.requirement("ICH E6(R3) 4.2.1", "ICH E6(R3) 4.2.5")
def test_nothing_is_half_imported(trial: Any, subject: Any, look: Any, monkeypatch: Any) -> None:
    from assessments.laboratory import importing as laboratory_import
    from cohorts.services import Refused

    sodium = line("SODIUM", "140", "mmol/L")
    preview = look(file_of(line(), sodium))
    real, calls = laboratory_import.save_form, []

    def second_fails(**arguments: Any) -> CaseForm:
        calls.append(arguments)
        if len(calls) == 2:
            raise Refused("The form was closed meanwhile.")
        return real(**arguments)

    monkeypatch.setattr(laboratory_import, "save_form", second_fails)
    with pytest.raises(Refused):
        enter(trial, preview)
    assert not CaseForm.objects.filter(code__in=("haematology", "chemistry")).exists()


@pytest.mark.parametrize("user", ["stranger", "monitor"])
def test_who_may_not_enter_data_of_a_subject_does_not_find_it(trial: Any, subject: Any, look: Any, user: str) -> None:
    assert "There is no subject 101-001" in errors(look(WHOLE, getattr(trial, user)))[2]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "The file is empty"),
        ("sep=;\n", "missing: subject"),
        (" \n\n", "The file is empty"),
        (HEAD + "\n" + "3" * 200_000, "far too long, in line 2"),
        ("subject,visit\n1,2\n", "missing: sample_date"),
        (HEAD + ",unit\n", "named twice"),
        (HEAD + "\n", "has no results"),
        (HEAD.replace("unit", "Sample Date") + ",unit\n", "named twice: sample_date"),
        (b"\xff\xfe\x00", "begins as UTF-16, and is not"),
        (b"PK\x03\x04" + b"\0" * 100, "is a workbook"),
        (HEAD + '\n101-001,SCR,2007-12-28,HGB,"121,g/L\n', "opened and not closed as it should be, in line 2"),
        ("sep=|\n" + HEAD.replace(",", "|") + "\n", "separated by “|”: write commas, semicolons or tabs"),
        ("x" * 1_000_001, "larger than 1 MB"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(content: Any, words: str) -> None:
    with pytest.raises(UnreadableValue, match=words):
        read_file(content)


def test_a_cell_is_far_too_long_whatever_limit_a_library_left_behind() -> None:
    """scipy lifts the csv module's limit for the whole process once a part of it is imported."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        with pytest.raises(UnreadableValue, match="A cell is far too long, in line 2"):
            read_file(HEAD + "\n" + "3" * 200_000)
    finally:
        csv.field_size_limit(before)


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


def as_table(*lines: list[str], separator: str = ",") -> str:
    return "".join(f"{separator.join(cells)}\r\n" for cells in lines)


COLUMNS = HEAD.split(",")
HAEMOGLOBIN = ["101-001", "SCR", "2007-12-28", "HGB", "121", "g/L"]
WITH_UMLAUT = as_table([*COLUMNS, "laboratory"], [*HAEMOGLOBIN, "Labor Köln, µ"], separator=";")


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        (WITH_UMLAUT.encode(), "Read as UTF-8. The columns are separated by semicolons."),
        (WITH_UMLAUT.encode("utf-8-sig"), "Read as UTF-8. The columns"),
        (
            WITH_UMLAUT.encode("cp1252"),
            "Read as windows-1252 as it is not UTF-8: look whether umlauts and µ are right.",
        ),
        (WITH_UMLAUT.replace(";", "\t").encode("utf-16"), "Read as UTF-16. The columns are separated by tabs."),
        (f"sep=;\r\n{WITH_UMLAUT}".encode(), "separated by semicolons"),
        (f"\ufeffsep=;\r\n{WITH_UMLAUT}".encode(), "separated by semicolons"),
        (f"\r\n{WITH_UMLAUT}\r\n;;;;;;\r\n\r\n".encode(), "separated by semicolons"),
    ],
)
def test_a_file_is_read_as_spreadsheets_write_it_and_it_is_said_how(content: bytes, notes: str) -> None:
    file = read_file(content)
    assert [(line.values["laboratory"], line.words, line.errors) for line in file.lines] == [
        ("Labor Köln, µ", "121 g/L", [])
    ]
    assert notes in " ".join(file.notes)


def test_names_of_columns_are_read_in_any_case_with_blanks_and_unknown_ones_are_listed() -> None:
    names = [" Subject ", "VISIT", "Sample Date", "Analyte", "Value", "Unit", "Comment", "", "Comment 2", ""]
    file = read_file(as_table(names, [*HAEMOGLOBIN, "late", "", "", ""]))
    assert (file.lines[0].errors, file.lines[0].words) == ([], "121 g/L")
    assert "Columns that are left out: Comment, Comment 2." in file.notes


def test_lines_have_the_numbers_of_the_file_whatever_stands_before_them() -> None:
    file = read_file(as_table(["sep=,"], [], COLUMNS, [], [*HAEMOGLOBIN[:3], "XYZ", *HAEMOGLOBIN[4:]], ["", ""]))
    assert [(line.number, line.errors) for line in file.lines] == [(5, ["Unknown analyte “XYZ”."])]


def test_cells_that_are_missing_at_the_end_of_a_line_are_empty_and_others_are_told() -> None:
    more = [*COLUMNS, "fasting", "not_done"]
    short, long = read_file(as_table(more, HAEMOGLOBIN, [*HAEMOGLOBIN, "yes", "", "", "what"])).lines
    assert short.errors == []
    assert long.errors == ["10 columns instead of 8. A value with a comma needs quotation marks in a file with commas."]
    [unnamed] = read_file(as_table([*COLUMNS, "", ""], [*HAEMOGLOBIN, "", "late"])).lines
    assert unnamed.errors == ["Column 8 has no name in the first line, and holds “late”."]
    assert read_file(as_table(COLUMNS, HAEMOGLOBIN[:5])).lines[0].errors == [
        "The unit is missing; known: g/L, g/dL, mmol/L."
    ]


def test_a_decimal_comma_without_quotation_marks_in_a_file_with_commas_is_explained() -> None:
    [line] = read_file(f"{HEAD}\n101-001,SCR,2007-12-28,NEUT,0,4,10^9/L\n").lines
    assert "7 columns instead of 6. A value with a comma needs quotation marks" in line.errors[0]


@pytest.mark.parametrize(
    ("separator", "others", "written", "read"),
    [
        (";", ["7,2"], "1,500", "1.5"),
        (";", ["7,2"], "1.500", None),
        (";", ["7,2"], "150.000", None),
        (";", ["7.2"], "1,500", None),
        (",", ["7.2"], "1.500", "1.5"),
        (",", ["7.2"], '"1,500"', None),
        (",", ['"7,2"'], "1.500", None),
        ("\t", ["7,2"], "1,500", "1.5"),
        ("\t", ["7,2"], "1.500", None),
        ("\t", ["72"], "1,500", None),
        ("\t", ["7,2", "7.2"], "1.500", None),
        (";", ["72"], "<0,125", "<0.125"),
        (",", ["72"], ">1.000", ">1"),
        (";", ["72"], ">1.000", None),
    ],
)
def test_three_decimals_are_read_by_the_decimal_mark_of_the_file_or_refused(
    separator: str, others: list[str], written: str, read: str | None
) -> None:
    cells = [[*HAEMOGLOBIN[:3], "NEUT", value, "10^9/L"] for value in [written, *others]]
    first = read_file(as_table(COLUMNS, *cells, separator=separator)).lines[0]
    assert (str(first.result) if first.result else None) == read
    assert any("may be thousands or decimals" in error for error in first.errors) is (read is None)


@pytest.mark.parametrize(
    ("day", "time", "read"),
    [
        ("2 Mar 2026", "8:30", ("2026-03-02", "08:30")),
        ("02-MAR-2026", "0830", ("2026-03-02", "08:30")),
        ("20260302", "8h30", ("2026-03-02", "08:30")),
        ("2026-03-02", "08.30", ("2026-03-02", "08:30")),
    ],
)
def test_days_and_times_are_read_as_people_write_them(day: str, time: str, read: tuple[str, str]) -> None:
    cells = [*HAEMOGLOBIN[:2], day, *HAEMOGLOBIN[3:], time]
    [line] = read_file(as_table([*COLUMNS, "sample_time"], cells)).lines
    assert (line.values["sample_date"], line.values["sample_time"], line.errors) == (*read, [])


@pytest.mark.parametrize(
    ("day", "time", "words"),
    [
        ("02.03.2026", "8:30", "does not say which number is the month"),
        ("02/03/2026", "8:30", "does not say which number is the month"),
        ("260302", "8:30", "may be read in more than one way"),
        ("46083", "8:30", "may be read in more than one way"),
        ("t", "8:30", "is not a date"),
        ("Mar 2026", "8:30", "has no day"),
        ("2 Mar 2026", "25:00", "is not a time of day"),
    ],
)
def test_days_and_times_that_mean_two_things_or_none_are_refused(day: str, time: str, words: str) -> None:
    cells = [*HAEMOGLOBIN[:2], day, *HAEMOGLOBIN[3:], time]
    [line] = read_file(as_table([*COLUMNS, "sample_time"], cells)).lines
    assert words in line.errors[0]


@pytest.mark.parametrize(
    ("day", "time", "read"),
    [
        ("2026-03-02 08:30", "", ("2026-03-02", "08:30")),
        ("2026-03-02T08:30:00", "", ("2026-03-02", "08:30")),
        ("2 Mar 2026 8:30", "8:30", ("2026-03-02", "08:30")),
        ("2026-03-02 00:00:00", "", ("2026-03-02", "")),
        ("2026-03-02 0:00", "7:15", ("2026-03-02", "07:15")),
    ],
)
def test_a_time_in_the_cell_of_the_day_is_that_of_the_sample(day: str, time: str, read: tuple[str, str]) -> None:
    cells = [*HAEMOGLOBIN[:2], day, *HAEMOGLOBIN[3:], time]
    [line] = read_file(as_table([*COLUMNS, "sample_time"], cells)).lines
    assert (line.values["sample_date"], line.values["sample_time"], line.errors) == (*read, [])


def test_a_time_in_the_cell_of_the_day_that_contradicts_the_other_is_refused() -> None:
    cells = [*HAEMOGLOBIN[:2], "2026-03-02 08:30", *HAEMOGLOBIN[3:], "9:30"]
    [line] = read_file(as_table([*COLUMNS, "sample_time"], cells)).lines
    assert "is not a date" in line.errors[0]


def test_subjects_and_visits_are_found_however_they_are_spelled(trial: Any, subject: Any, look: Any) -> None:
    spelled = file_of(
        line(subject=" 101 - 001", visit="scr"), line("PLAT", "240", "10^9/L", visit=" Screening and  baseline ")
    )
    spelled = spelled.replace("101 - 001", "101–001")
    preview = look(spelled)
    assert errors(preview) == {}
    assert {sample.label for sample in preview.samples} == {"101-001, Screening and baseline: Haematology"}


def test_every_fault_of_every_line_is_listed_at_once(trial: Any, subject: Any, look: Any) -> None:
    faults = errors(
        look(
            file_of(
                line(sample_date="02/03/2007", value="121", unit="g/dL"),
                line("WBC", "6,1.2", "10^9/L"),
                line("NEUT", "3.2", "g/L", visit="C9D9"),
                line("XYZ", "abc", "", subject="101-999"),
                line("PLAT", "240", "10^9/L", sample_date="2099-01-01"),
                line("PLAT", "240", "10^9/L"),
            )
        )
    )
    assert ["which number is the month" in faults[2], "Was it reported in g/L?" in faults[2]] == [True, True]
    assert "7 columns instead of 6" in faults[3]
    assert ["has no visit C9D9" in faults[4], "is not reported in “g/L”" in faults[4]] == [True, True]
    assert all(words in faults[5] for words in ("Unknown analyte", "“abc” is not a number", "no subject 101-999"))
    assert "differ in sample date" in faults[6]
    assert "The same result stands in line 6 already." in faults[7]


def test_one_bad_date_hides_no_fault_of_the_other_lines_of_its_sample(trial: Any, subject: Any, look: Any) -> None:
    faults = errors(look(file_of(line(sample_date="02/03/2007"), line("PLAT", "6000", "10^9/L"))))
    assert list(faults) == [2, 3]
    assert "Platelets of 6000 10⁹/L cannot be." in faults[3]


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


def test_a_sample_is_looked_through_in_as_many_statements_for_one_line_as_for_five(
    trial: Any, subject: Any, look: Any
) -> None:
    counts = []
    for text in (file_of(line()), WHOLE):
        with CaptureQueriesContext(connection) as seen:
            look(text)
        counts.append(len(seen))
    assert counts[0] == counts[1]
