"""A laboratory's file: looked through line by line, then in as a whole or not at all."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from accounts.access import access_for
from accounts.actor import Locked
from assessments.laboratory_file import Unreadable, read_lines
from assessments.laboratory_import import import_samples, look_through
from assessments.models import CaseForm, LaboratoryResult
from audit.models import Event
from signature.closing import Reach, shut
from signature.models import ClosureState
from tests.cast import actor
from tests.laboratory.samples import BLOOD, SERUM, rows

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
    return lambda text, user=None: look_through(read_lines(text), access_for(user or trial.coordinator))


def enter(trial: Any, preview: Any) -> list[CaseForm]:
    by = actor(trial.coordinator, "coordinator", "import")
    return import_samples(preview, by=lambda site: by, reason="Laboratory file a.csv")


def errors(preview: Any) -> dict[int, str]:
    return {found.number: " ".join(found.errors) for found in preview.wrong}


def test_a_file_goes_in_by_the_channel_import_flagged_and_graded(trial: Any, subject: Any, look: Any) -> None:
    low = WHOLE.replace("SCR,2007-12-28,NEUT,3.2", "SCR,2007-12-28,NEUT,1.2")
    [form] = enter(trial, look(low))
    assert (form.code, form.visit.code, form.state) == ("haematology", "SCR", "draft")
    assert LaboratoryResult.objects.get(case_form=form, analyte="NEUT").grade == 2
    assert set(Event.objects.filter(case_form_id=form.pk).values_list("channel", flat=True)) == {"import"}


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
    found = LaboratoryResult.objects.get(case_form=form)
    assert (found.analyte, str(found.value), found.unit) == ("CREAT", "70.5000", "umol/L")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (line(subject="101-999"), "There is no subject 101-999 of whom you may enter data."),
        (line(visit="C9D1"), "101-001 has no visit C9D1."),
        (line("XYZ"), "Unknown analyte “XYZ”."),
        (line(value="<5"), "The value is not a number."),
        (line(value="NaN"), "The value is not a number."),
        (line(value="1e99999999"), "The value is not a number."),
        (line("PLAT", value='"150,000"', unit="/uL"), "“150,000” may be thousands or decimals: write 150000"),
        (line(unit="mEq/L"), "Haemoglobin is not reported in “mEq/L”; known: g/L, g/dL, mmol/L."),
        (line(value=""), "There is neither a value nor a reason in not_done."),
        (line(value="121", unit="g/dL"), "Was it reported in g/L?"),
        (line(sample_date="28.12.2007"), "“28.12.2007” is no date"),
        (line(sample_date="2007-02-30"), "Enter the day as YYYY-MM-DD"),
        (line(sample_date="2999-01-01"), "lies in the future"),
        (line() + ",more", "7 columns instead of 6."),
    ],
)
def test_a_line_that_is_wrong_says_why_and_nothing_goes_in(
    trial: Any, subject: Any, look: Any, wrong: str, said: str
) -> None:
    preview = look(file_of(wrong))
    assert said in errors(preview)[2]
    assert not preview.may_go_in


def test_a_result_that_is_there_twice_is_refused(trial: Any, subject: Any, look: Any) -> None:
    assert errors(look(file_of(line(), line(value="122")))) == {3: "The same result stands in line 2 already."}


def test_lines_of_one_sample_that_differ_in_their_date_are_refused(trial: Any, subject: Any, look: Any) -> None:
    found = errors(look(file_of(line(), line("PLAT", "240", "10^9/L", sample_date="2007-12-29"))))
    assert "differ in sample date: 2007-12-28, 2007-12-29" in found[2]


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
    from assessments import laboratory_import
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
    ("content", "said"),
    [
        ("", "missing: subject"),
        ("subject,visit\n1,2\n", "missing: sample_date"),
        (HEAD + ",colour\n", "Unknown columns: colour"),
        (HEAD + ",unit\n", "named twice"),
        (HEAD + "\n", "has no results"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (HEAD + '\n101-001,SCR,2007-12-28,HGB,"' + "x" * 140_000, "is opened and not closed"),
        ("x" * 1_000_001, "larger than 1 MB"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(content: Any, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read_lines(content)


def upload(text: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("a.csv", text.encode()), "action": "look"}


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
    with pytest.raises(CommandError, match="1 of 1 lines are wrong"):
        call_command("import_laboratory", path, by="carla")
    assert "line 2: Unknown analyte" in capsys.readouterr().err
    with pytest.raises(CommandError, match="nobody who may enter data"):
        call_command("import_laboratory", path, by="mona")
