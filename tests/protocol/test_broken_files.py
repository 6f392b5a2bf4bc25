"""Each fault of a protocol file is told with its line, its key and what is known; all of them at once."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from assessments.plan.fit import unfit
from protocol import ProtocolError, load
from tests.protocol.broken_files import BROKEN, BrokenProtocol
from tests.protocol.conftest import FOLDER, TRIAL

pytestmark = pytest.mark.django_db


def faults(path):
    with pytest.raises(ProtocolError) as refused:
        load(path, unfit)
    return refused.value.faults


def line_of(text: str, anchor: str) -> int:
    """Of the last line of the anchor's first occurrence, or of its only one."""
    assert anchor in text
    return text[: text.index(anchor)].count("\n") + 1


def test_the_files_of_the_program_have_no_fault():
    for name in ("nct00426556.toml", "pharmaverse.toml"):
        assert unfit(load(FOLDER / name)) == []


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.what)
def test_a_fault_is_told_with_its_line_its_key_and_what_is_known(changed, broken: BrokenProtocol):
    path = changed((broken.old, broken.new))
    named = [fault for fault in faults(path) if fault.path == broken.path and broken.words in fault.words]
    assert named, [str(fault) for fault in faults(path)]
    text = path.read_text()
    if broken.at:
        expected = line_of(text, broken.at)
        assert named[0].line in (expected, expected + broken.at.count("\n"))
    else:
        first, last = line_of(text, broken.new), line_of(text, broken.new) + broken.new.count("\n")
        assert first <= named[0].line <= last
    assert str(named[0]).startswith(f"line {named[0].line}: {broken.path}: ")


def test_guidance_from_a_grade_that_the_criterion_of_its_term_never_reaches_is_a_fault(changed):
    rule = 'terms = ["Febrile neutropenia"], grade = 3'
    path = changed(('ctcae_version = "3.0"', 'ctcae_version = "5.0"'), (rule, 'terms = ["Alopecia"], grade = 3'))
    named = [fault for fault in faults(path) if fault.path == "guidance.E-FEBRILE-3.trigger"]
    assert [fault.words for fault in named] == ["CTCAE 5.0 has grades 1 and 2 of Alopecia, none from 3 on"]
    assert named[0].line == line_of(path.read_text(), 'terms = ["Alopecia"], grade = 3')


def test_every_fault_of_a_file_is_told_at_once(changed):
    """Those of the shape of the file, of its parts among each other and against the program, in its order."""
    path = changed(
        ('response_source = "investigator"', 'response_source = "investigators"'),
        ('code = "D1"\nlabel = "Day 1"', 'code = "DAY1"\nlabel = "Day 1"'),
        ('late_days = 7\nforms = ["dlt_evaluation"]', 'late_day = 7\nforms = ["dlt_evaluation"]'),
        ('analytes = ["HGB", "WBC"', 'analytes = ["HGN", "WBC"'),
        ('item = "platelets", operator', 'item = "platlets", operator'),
        ('terms = ["Febrile neutropenia"], grade = 3', 'terms = ["Febrile neutropaenia"], grade = 3'),
        ("cycle_days = 28", "cycle_days = 2800"),
        (HAEMOGLOBIN, HAEMOGLOBIN.replace("g/dL", "g/L")),
    )
    listed = faults(path)
    assert {
        "analysis.response_source",
        "visits.DAY1.code",
        "visits.DLT.late_day",
        "visits.DLT.late_days",
        "laboratory.haematology.analytes",
        "eligibility.I12.rule",
        "guidance.E-FEBRILE-3.trigger",
        "regimen.cycle_days",
        "eligibility_items.haemoglobin.unit",
    } <= {fault.path for fault in listed}
    lines = [fault.line for fault in listed]
    assert lines == sorted(lines)


HAEMOGLOBIN = 'label = "Haemoglobin"\nkind = "number"\nunit = "g/dL"'


def test_what_was_left_out_to_look_further_is_no_fault(changed):
    """An entry that cannot be read is told once: what rests on it is not unknown for that."""
    path = changed(('operator = ">=", number = 18', 'operator = ">="'), ('kind = "tumour"', 'kind = "tumor"'))
    assert sorted(fault.path for fault in faults(path)) == ["eligibility.I02.rule.number", "visits.TA"]


def test_the_command_names_the_file_and_the_line_of_each_fault(changed):
    path = changed(('item = "platelets", operator', 'item = "platlets", operator'))
    line = line_of(path.read_text(), "platlets")
    with pytest.raises(CommandError) as refused:
        call_command("check_protocol", path)
    assert str(refused.value).splitlines()[0].startswith(f"{path}:{line}: eligibility.I12.rule: unknown item platlets")
    assert str(refused.value).splitlines()[-1] == "1 fault: nothing starts with this file."


def test_the_command_says_of_a_sound_file_what_it_has():
    output = StringIO()
    call_command("check_protocol", TRIAL, stdout=output)
    assert "no fault. NCT00426556 version 1.0: 4 cohorts, 9 visits, 25 forms, 24 criteria." in output.getvalue()


def test_lines_are_those_of_the_file_whatever_ends_them(changed, tmp_path):
    path = changed(("cycle_days = 28", "cycle_days = 2800"))
    windows = tmp_path / "windows.toml"
    windows.write_bytes(path.read_text().replace("\n", "\r\n").encode())
    assert [fault.line for fault in faults(windows)] == [line_of(path.read_text(), "cycle_days = 2800")]
