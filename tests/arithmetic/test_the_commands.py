"""The two doors for statisticians: what they print, and how they answer what cannot be right."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[2]


def visit(day: Any, size: Any, **more: Any) -> dict[str, Any]:
    return {"day": day, "targets": {"T1": size}, "non_target": None, "new_lesion": "N", **more}


def case(**more: Any) -> dict[str, Any]:
    plain = {"id": "A1", "treatment_start": "2008-01-07", "baseline": [visit(-6, 100)], "visits": [visit(57, 70)]}
    return {**plain, **more}


def answers(folder: Path, cases: Any, *options: str) -> Any:
    file = folder / "cases.json"
    file.write_text(cases if isinstance(cases, str) else json.dumps(cases))
    out = StringIO()
    call_command("derive", str(file), *options, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def complaint(folder: Path, cases: Any, *options: str) -> str:
    with pytest.raises(CommandError) as refused:
        answers(folder, cases, *options)
    return str(refused.value)


def test_a_case_is_answered_in_the_keys_of_the_file(tmp_path: Path) -> None:
    answer = answers(tmp_path, {"vectors": [case(visits=[visit(57, 70), visit(85, 70)])]})["A1"]
    assert (answer["target"], answer["overall"], answer["bor"], answer["cbor"]) == (
        ["PR", "PR"],
        ["PR", "PR"],
        "PR",
        "PR",
    )
    assert {"cb_A", "cb_B", "pfs", "os", "dor", "v11"} <= answer.keys()
    assert (answer["pfs"]["days"], answer["pfs"]["event"]) == (85, 0)
    assert (answer["dor"]["days"], answer["dor"]["event"]) == (29, 0)
    assert answer["v11"].keys() == answer.keys() - {"v11"}


def test_responses_stand_in_the_order_of_entry_and_by_date(tmp_path: Path) -> None:
    answer = answers(tmp_path, [case(visits=[visit(113, 90), visit(57, 60)])])["A1"]
    assert answer["target"] == ["PD", "PR"]
    assert answer["sorted_target"] == ["PR", "PD"]


def test_a_setting_can_be_changed_and_wins_over_the_file(tmp_path: Path) -> None:
    cases = {"params": {"confirm_days": 28}, "vectors": [case(visits=[visit(57, 70), visit(78, 70)])]}
    assert answers(tmp_path, cases)["A1"]["cbor"] == "SD"
    assert answers(tmp_path, cases, "--set", "confirmation_days=21")["A1"]["cbor"] == "PR"
    assert answers(tmp_path, cases, "--set", "recist_version=1.1", "--set", "sd_min_days=100")["A1"]["cbor"] == "NE"


def test_the_params_of_the_file_are_settings(tmp_path: Path) -> None:
    gap = [visit(57, 100), visit(57 + 127, 120)]
    for interval, reason in ((56, "event after >=2 missed assessments"), (63, "PD")):
        answer = answers(tmp_path, {"params": {"visit_interval_days": interval}, "vectors": [case(visits=gap)]})["A1"]
        assert answer["pfs_fda_missed2"]["reason"] == reason


def test_the_investigators_response_counts_where_it_is_set_to(tmp_path: Path) -> None:
    cases = [case(visits=[visit(57, 70, investigator="SD")])]
    assert answers(tmp_path, cases)["A1"]["overall"] == ["PR"]
    assert answers(tmp_path, cases, "--set", "response_source=investigator")["A1"]["overall"] == ["SD"]


def test_nodes_may_be_named_or_told_by_their_organ(tmp_path: Path) -> None:
    for more in ({"nodes": ["T1"]}, {"organs": {"T1": "axillary lymph node"}}):
        answer = answers(tmp_path, [case(baseline=[visit(-6, 20)], visits=[visit(57, 9)], **more)])["A1"]
        assert (answer["target"], answer["v11"]["target"]) == (["PR"], ["CR"])


def test_sizes_keep_every_digit_that_was_written(tmp_path: Path) -> None:
    text = json.dumps([case()]).replace(" 70", " 70.00000000000000000001")
    assert answers(tmp_path, text)["A1"]["target"] == ["SD"]


def test_a_data_cut_in_the_context_leaves_out_what_came_later(tmp_path: Path) -> None:
    answer = answers(tmp_path, [case(context={"death_day": 90, "cut_day": 80})])["A1"]
    assert (answer["os"]["event"], answer["os"]["days"]) == (0, 57)


def test_a_key_that_is_not_known_is_noted_and_one_misspelt_is_refused(tmp_path: Path) -> None:
    notes = StringIO()
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([case(weather="fine")]))
    call_command("derive", str(file), stdout=StringIO(), stderr=notes)
    assert "case A1: key 'weather' in the case is not known and not used" in notes.getvalue()
    assert "was 'new_lesion' meant" in complaint(tmp_path, [case(visits=[visit(57, 70, new_leison="Y")])])


BAD_CASES = {
    "not JSON: line 1, column 2": "{",
    'expected an object with a list "vectors"': "3",
    "NaN is not a number": json.dumps([case(visits=[visit(57, float("nan"))])]),
    "Infinity is not a number": json.dumps([case(visits=[visit(57, float("inf"))])]),
    "1e99999999999999999999 is beyond any number": json.dumps([case()]).replace("70", "1e99999999999999999999"),
    "of 5000 digits, is beyond any number": json.dumps([case()]).replace("70", "9" * 5000),
    "case A1: this id appears twice": [case(), case()],
    "case number 1: needs an id": [case(id=None)],
    "case number 2: needs an id": [case(), 7],
    "key 'T1' appears twice": json.dumps([case()]).replace('{"T1": 70}', '{"T1": 70, "T1": 60}'),
    "case A1: visits is missing": [{key: value for key, value in case().items() if key != "visits"}],
    "case A1: visits must be a list": [case(visits={})],
    "case A1: visits 1 must be an object": [case(visits=[5])],
    "visits 1: has neither a day nor a date": [case(visits=[visit(None, 70)])],
    "visits 1: day 0 does not exist": [case(visits=[visit(0, 70)])],
    'visits 1: day must be a whole number, not "57"': [case(visits=[visit("57", 70)])],
    "visits 1: day must be a whole number, not true": [case(visits=[visit(True, 70)])],
    "visits 1: day 99999999 is beyond the calendar": [case(visits=[visit(99999999, 70)])],
    "visits 1: day 57 is 2008-03-03, but date says": [case(visits=[visit(57, 70, date="2008-03-04")])],
    "visits 1: '2008-02-30' is not a day": [case(visits=[visit(None, 70, date="2008-02-30")])],
    "visits 1: '3 March' is not a date": [case(visits=[visit(None, 70, date="3 March")])],
    "baseline 1: lesion T1: -4 mm is not between": [case(baseline=[visit(-6, -4)])],
    "visits 1: lesion T1: 1001 mm is not between": [case(visits=[visit(57, 1001)])],
    'visits 1: lesion T1: "big" is not a size': [case(visits=[visit(57, "big")])],
    "visits 1: lesion T1: true is not a size": [case(visits=[visit(57, True)])],
    "visits 1: lesion T1 has an empty list of fragments": [case(visits=[visit(57, [])])],
    "visits 1: targets must be an object": [case(visits=[visit(57, 70, targets=[70])])],
    'visits 1: non_target "GONE" is not one of': [case(visits=[visit(57, 70, non_target="GONE")])],
    "visits 1: new_lesion true is not one of": [case(visits=[visit(57, 70, new_lesion=True)])],
    "treatment_start must be a full date": [case(treatment_start="2008-01")],
    "case A1: treatment_start must be a text": [case(treatment_start=20080107)],
    "case A1: context must be an object": [case(context=[3])],
    "case A1: death_day must be a whole number, not 3.5": [case(context={"death_day": 3.5})],
    "day counts from the first dose, but treatment_start is null": [case(treatment_start=None)],
    "params: unknown setting 'confirm_dayz'; was 'confirm_days' meant?": {"params": {"confirm_dayz": 3}, "vectors": []},
    "params: start_day must be 1": {"params": {"start_day": 0}, "vectors": []},
    "params: confirmation_days=0": {"params": {"confirm_days": 0}, "vectors": []},
    "params: confirmation_days=x": {"params": {"confirm_days": "x"}, "vectors": []},
}


@pytest.mark.parametrize("reason", BAD_CASES)
def test_a_bad_file_of_cases_is_refused_with_the_case_and_the_reason(tmp_path: Path, reason: str) -> None:
    assert reason in complaint(tmp_path, BAD_CASES[reason])


def test_every_bad_case_of_a_file_is_named_at_once(tmp_path: Path) -> None:
    words = complaint(
        tmp_path, [case(id="A1", visits=[visit(0, 7)]), case(id="A2"), case(id="A3", visits=[visit(57, -1)])]
    )
    assert "case A1: visits 1" in words and "case A3: visits 1" in words and "A2" not in words


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("colour=red", "unknown setting 'colour'"),
        ("confirmation_day=3", "was 'confirmation_days' meant?"),
        ("confirmation_days", "expected KEY=VALUE"),
        ("confirmation_days=soon", "confirmation_days=soon"),
        ("confirmation_days=-3", "confirmation_days=-3"),
        ("too_small_mm=NaN", "too_small_mm=NaN"),
        ("too_small_mm=Infinity", "too_small_mm=Infinity"),
        ("recist_version=2.0", "recist_version=2.0"),
    ],
)
def test_a_bad_setting_is_refused_with_its_name(tmp_path: Path, setting: str, reason: str) -> None:
    assert reason in complaint(tmp_path, [case()], "--set", setting)


def test_a_setting_given_twice_is_refused(tmp_path: Path) -> None:
    assert "is set twice" in complaint(tmp_path, [case()], "--set", "ne_between=1", "--set", "ne_between=2")


def figures(folder: Path, rows: str, *options: str) -> Any:
    file = folder / "times.csv"
    file.write_text(rows, encoding="utf-8")
    out = StringIO()
    call_command("km", str(file), *options, stdout=out)
    return json.loads(out.getvalue())


def test_a_file_of_times_gives_its_curve(tmp_path: Path) -> None:
    curve = figures(tmp_path, "time,event\n10,1\n20,1\n30,0\n400,1\n")
    assert (curve["n"], curve["events"]) == (4, 3)
    assert [curve["quartiles"][name][0] for name in ("0.25", "0.5", "0.75")] == [15, 210, 400]
    assert curve["landmarks"]["3"][0] == 0.5
    assert curve["landmarks"]["36"] == [0, None, None]
    assert (curve["at_risk"]["0"], curve["at_risk"]["3"], curve["at_risk"]["36"]) == (4, 1, 0)


def test_the_scale_of_the_limits_can_be_chosen(tmp_path: Path) -> None:
    rows = "time,event\n" + "".join(f"{day},{day % 3 > 0:d}\n" for day in range(1, 40))
    lower = {
        scale: figures(tmp_path, rows, "--conf-type", scale)["quartiles"]["0.5"]
        for scale in ("log-log", "log", "plain")
    }
    assert len({tuple(limits) for limits in lower.values()}) > 1
    assert figures(tmp_path, rows) == figures(tmp_path, rows, "--conf-type", "log-log")


def test_columns_may_stand_in_any_order_with_others_beside_them(tmp_path: Path) -> None:
    plain = figures(tmp_path, "time,event\n1.5,1\n3,0\n")
    assert figures(tmp_path, "\ufeffsite,Event,Time\r\nA,1,1.5\r\n\r\nB,0,3\r\n") == plain


BAD_TIMES = {
    "the file is empty": "",
    "the file has a first line, but no rows": "time,event\n",
    "line 1: the column time appears nowhere": "1,1\n2,0\n",
    "line 1: the column event appears nowhere": "time\n2\n",
    "line 1: the column time appears twice": "time,time,event\n1,1,1\n",
    "line 3: time 'x' is not a number": "time,event\n1,1\nx,0\n",
    "line 2: time '' is not a number": "time,event\n,1\n",
    "line 2: time 'nan' is not a number": "time,event\nnan,1\n",
    "line 2: time 'inf' is not a number": "time,event\ninf,1\n",
    "line 2: time '1_0' is not a number": "time,event\n1_0,1\n",
    "line 2: time 1e999 is too large": "time,event\n1e999,1\n",
    "line 2: time -1 is negative": "time,event\n-1,1\n",
    "line 4: event '2' is neither 1": "time,event\n1,1\n2,0\n3,2\n",
    "line 2: event 'yes' is neither 1": "time,event\n1,yes\n",
    "line 2: has 1 values, the first line has 2": "time,event\n1\n",
    "line 3: has 3 values": "time,event\n1,1\n1,1,1\n",
}


@pytest.mark.parametrize("reason", BAD_TIMES)
def test_a_bad_file_of_times_is_refused_with_the_line_and_the_reason(tmp_path: Path, reason: str) -> None:
    with pytest.raises(CommandError) as refused:
        figures(tmp_path, BAD_TIMES[reason])
    assert reason in str(refused.value)


def test_a_file_wrong_in_many_lines_is_complained_of_in_few(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        figures(tmp_path, "time,event\n" + "x,1\n" * 50)
    assert len(str(refused.value).splitlines()) == 21
    assert "and 30 more lines" in str(refused.value)


@pytest.mark.parametrize("command", ["derive", "km"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, command: str) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command(command, str(tmp_path / "nowhere"))
    (tmp_path / "picture").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="not text in UTF-8"):
        call_command(command, str(tmp_path / "picture"))


@pytest.mark.parametrize("command", ["derive", "km"])
def test_a_refusal_ends_with_an_error_code_and_without_a_traceback_or_a_database(tmp_path: Path, command: str) -> None:
    (tmp_path / "empty").write_text("")
    nowhere = {"PATH": "/usr/bin", "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    ended = subprocess.run(
        [sys.executable, ROOT / "manage.py", command, tmp_path / "empty"], env=nowhere, capture_output=True, text=True
    )
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr
    assert str(tmp_path / "empty") in ended.stderr
    assert ended.stdout == ""


@pytest.mark.parametrize("name", ["sd_min_days", "clinical_benefit_days", "confirmation_days", "baseline_window_days"])
def test_a_length_beyond_the_calendar_is_no_failure(tmp_path: Path, name: str) -> None:
    assert answers(tmp_path, [case()], "--set", f"{name}={10**30}")["A1"]["cb_A"] == "N"


def test_a_time_mistyped_by_far_makes_no_endless_table(tmp_path: Path) -> None:
    assert len(figures(tmp_path, "time,event\n9007199254740991,1\n5,0\n")["at_risk"]) == 401


def test_the_help_names_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("derive", "--help")
    printed = capsys.readouterr().out
    assert "confirmation_days=28" in printed and "landmarks_months=3,6,12,18,24,36" in printed
