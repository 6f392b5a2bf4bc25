"""A laboratory's file: looked through line by line, then in as a whole or not at all."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Locked
from assessments.laboratory.importing import import_samples
from assessments.models import CaseForm, LaboratoryResult
from audit.models import Event
from signature.closing import Reach, shut
from signature.models import ClosureState
from tests.cast import actor
from tests.laboratory.result_files import WHOLE, file_of, line
from tests.laboratory.samples import BLOOD, SERUM, rows


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


def test_a_sample_is_looked_through_in_as_many_statements_for_one_line_as_for_five(
    trial: Any, subject: Any, look: Any
) -> None:
    counts = []
    for text in (file_of(line()), WHOLE):
        with CaptureQueriesContext(connection) as seen:
            look(text)
        counts.append(len(seen))
    assert counts[0] == counts[1]
