"""One thing spelled in two ways is one thing; the order of rows means nothing; a file says how it is written."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.models import EndOfTreatment, TumourAssessment
from cohorts.models import Subject
from sdtm.encodings import Unreadable
from sdtm.reading import read_file
from tests.sdtm.study import WEEK_8, WRITERS, _csv, _ds, _json, _rs, _tr, _tu, _values, data, facts

pytestmark = pytest.mark.django_db


def with_ties() -> dict[str, list[dict[str, Any]]]:
    """The small study with everything of which the first row of a file might be taken for the right one."""
    datasets = data()
    datasets["ds"] += [
        _ds("1001", 7, "PROTOCOL MILESTONE", "RANDOMIZED", "2014-02-01"),
        _ds("1001", 8, "DISPOSITION EVENT", "ADVERSE EVENT", "2014-04-23"),
        _ds("1001", 9, "OTHER EVENT", "DEATH", "2014-09-10"),
        _ds("1002", 5, "OTHER EVENT", "DEATH", "2014-09-12"),
        _ds("1002", 5, "OTHER EVENT", "DEATH", "2014-09-10"),
        _ds("1003", 5, "PROTOCOL MILESTONE", "INFORMED CONSENT OBTAINED", "2013-12-20"),
    ]
    datasets["dm"].append(dict(datasets["dm"][1]))
    datasets["ex"] += [datasets["ex"][0] | {"EXDOSE": 27.0}, dict(datasets["ex"][1])]
    datasets["tu"] += [_tu("T01", "NON-TARGET", "LUNG", WEEK_8), _tu("NEW02", "NEW", "BRAIN", WEEK_8)]
    datasets["tr"] += [_tr("T01", "LDIAM", 99.0, WEEK_8), _tr("T01", "DIAMETER", 98.0, WEEK_8)]
    datasets["rs"] += [_rs("OVRLRESP", "CR", WEEK_8), _rs("NEWLPROG", "N", WEEK_8), _rs("NEWLIND", "Y", WEEK_8)]
    return datasets


@given(seed=st.integers(0, 2**32))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_rows_does_not_change_the_record(study: Any, seed: int) -> None:
    shuffled = with_ties()
    for rows in shuffled.values():
        random.Random(seed).shuffle(rows)
    assert record_of(study, shuffled) == record_of(study, with_ties())


def record_of(study: Any, datasets: dict[str, Any]) -> list[str]:
    """What an import puts into the record; all of it is taken back."""
    study.write(datasets=datasets)
    with transaction.atomic():
        assert "3 subjects came in" in study.run()
        lines = [" ".join(word for word in fact.split() if not word.startswith("case_form")) for fact in facts()]
        transaction.set_rollback(True)
    (study.folder / "not_taken.csv").unlink()
    return lines


def test_a_tie_is_reported(study: Any) -> None:
    study.write(datasets=with_ties())
    study.run()
    whys = {(line["domain"], line["row"]): line["why"] for line in study.report()}
    assert (
        whys["DS", "7"]
        == "a second end of treatment, on the same day: the form tells the last one, PROGRESSIVE DISEASE"
    )
    assert whys["TR", "15"].endswith("which says otherwise: 25.4 was taken")
    assert whys["RS", "6"].endswith("as row 1, which says otherwise: PR was taken")
    assert EndOfTreatment.objects.get(case_form__subject__source_id="X-701-1001").reason == "PROGRESSIVE DISEASE"


def spelled_otherwise(datasets: dict[str, Any]) -> None:
    for domain in ("tr", "rs"):
        for row in datasets[domain]:
            row["USUBJID"] = row["USUBJID"].lower()
    for row in datasets["tr"]:
        row["TRLNKID"] = (row["TRLNKID"] or "").lower()
        row["TRTESTCD"] = row["TRTESTCD"].lower()
        row["VISITNUM"] = f"{row['VISITNUM']:.1f}"
    for row in datasets["rs"]:
        row["VISITNUM"], row["VISIT"] = "", row["VISIT"].title()
    for row in datasets["dm"]:
        row["SITEID"] = " 701.0 "


def test_the_spelling_of_keys_does_not_part_what_belongs_together(study: Any) -> None:
    study.write()
    with transaction.atomic():
        study.run()
        expected, listed = facts(), study.report()
        transaction.set_rollback(True)
    (study.folder / "not_taken.csv").unlink()
    datasets = data()
    spelled_otherwise(datasets)
    study.write(datasets=datasets)
    study.run()
    assert [fact.split()[:2] for fact in facts()] == [fact.split()[:2] for fact in expected]
    assert [line["why"] for line in study.report()] == [line["why"] for line in listed]
    assert "already: nothing was changed" in study.run()


def test_an_unscheduled_visit_is_no_part_of_the_planned_one(study: Any) -> None:
    unscheduled = (8.1, "UNSCHEDULED 8.1", "2014-03-10")
    datasets = data()
    datasets["rs"].append(_rs("OVRLRESP", "SD", unscheduled))
    datasets["tr"].append(_tr("T01", "LDIAM", 40.0, unscheduled))
    study.write(datasets=datasets)
    study.run()
    assessments = TumourAssessment.objects.order_by("assessment_date").values_list(
        "assessment_date", "overall_response"
    )
    assert [*assessments] == [("2014-02-26", "PR"), ("2014-03-10", "SD"), ("2014-04-23", "PD")]


def umlauts() -> dict[str, Any]:
    datasets = data()
    datasets["ds"][3]["DSTERM"] = datasets["ds"][3]["DSDECOD"] = "Übelkeit und Schwäche"
    return datasets


def explanation() -> str:
    return str(EndOfTreatment.objects.get(case_form__subject__source_id="X-701-1002").explanation)


def again(path: Path, change: Callable[[str], bytes]) -> None:
    path.write_bytes(change(path.read_text(encoding="utf-8")))


CHANGES: dict[str, Callable[[str], bytes]] = {
    "utf-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "windows-1252": lambda text: text.encode("windows-1252"),
    "semicolons": lambda text: text.replace(",", ";").encode(),
    "tabs": lambda text: text.replace(",", "\t").encode(),
    "old line ends": lambda text: text.replace("\r\n", "\r").encode(),
}


@pytest.mark.parametrize("how", CHANGES)
def test_csv_is_read_however_a_spreadsheet_wrote_it(study: Any, how: str) -> None:
    datasets = umlauts()
    for rows in (datasets["dm"], datasets["tu"]):
        for row in rows:  # no comma inside of a value, so that the change of the separator is one
            row.update({name: value.replace(",", "") for name, value in row.items() if isinstance(value, str)})
    for name, rows in datasets.items():
        _csv(study.folder / f"{name}.csv", rows)
        again(study.folder / f"{name}.csv", CHANGES[how])
    output = study.run()
    assert "3 subjects came in" in output
    assert explanation() == "Übelkeit und Schwäche"
    assert ("ds.csv is not UTF-8: it was read as windows-1252, a guess" in output) == (how == "windows-1252")


def test_the_encoding_that_a_person_says_counts(study: Any) -> None:
    study.write(datasets=umlauts())
    again(study.folder / "ds.csv", lambda text: text.encode("cp850"))
    output = study.run("carla", "--encoding", "cp850")
    assert "a guess" not in output
    assert explanation() == "Übelkeit und Schwäche"


@pytest.mark.parametrize(
    ("encoding", "words"),
    [("utf-8", "ds.csv is not utf-8: say with --encoding what it is."), ("klingon", "There is no encoding klingon")],
)
def test_an_encoding_that_does_not_fit_is_refused(study: Any, encoding: str, words: str) -> None:
    study.write(datasets=umlauts())
    again(study.folder / "ds.csv", lambda text: text.encode("windows-1252"))
    with pytest.raises(CommandError) as refused:
        study.run("carla", "--encoding", encoding)
    assert str(refused.value).startswith(words)


@pytest.mark.parametrize("encoding", ["latin-1", "windows-1252"])
@pytest.mark.parametrize("version", [5, 8])
def test_transport_files_of_sas_in_western_encodings_are_read(study: Any, encoding: str, version: int) -> None:
    import polars
    import pyreadstat

    datasets = umlauts()
    for name, rows in datasets.items():
        if name != "ds":
            WRITERS["xpt"](study.folder / f"{name}.xpt", rows)
    columns = {name: [str(row.get(name) or "") for row in datasets["ds"]] for name in datasets["ds"][0]}
    # As many bytes as the letters take in one byte each, so that the bytes of the other encoding fit in their place.
    plain = {name: [text.replace("Ü", "\x01").replace("ä", "\x02") for text in of] for name, of in columns.items()}
    path = study.folder / "ds.xpt"
    pyreadstat.write_xport(polars.DataFrame(plain), str(path), table_name="DS", file_format_version=version)
    path.write_bytes(path.read_bytes().replace(b"\x01belkeit", b"\xdcbelkeit").replace(b"Schw\x02che", b"Schw\xe4che"))
    output = study.run()
    assert "ds.xpt is not UTF-8: it was read as windows-1252, a guess" in output
    assert explanation() == "Übelkeit und Schwäche"
    with transaction.atomic():
        assert "a guess" not in study.run("carla", "--encoding", encoding)


def test_json_with_a_mark_and_of_version_1_0_is_read(study: Any) -> None:
    for name, rows in umlauts().items():
        _json(study.folder / f"{name}.json", rows)
        again(study.folder / f"{name}.json", lambda text: text.encode("utf-8-sig"))
    rows = umlauts()["ds"]
    items = [{"OID": f"IT.{name}", "name": name, "label": name, "type": "string"} for name in rows[0]]
    items.insert(0, {"OID": "ITEMGROUPDATASEQ", "name": "ITEMGROUPDATASEQ", "label": "Record", "type": "integer"})
    data_of = [[number, *values] for number, values in enumerate(_values(rows), start=1)]
    group = {"IG.DS": {"records": len(rows), "name": "DS", "label": "DS", "items": items, "itemData": data_of}}
    content = {"datasetJSONVersion": "1.0.0", "clinicalData": {"studyOID": "S", "itemGroupData": group}}
    (study.folder / "ds.json").write_text(json.dumps(content))
    assert "3 subjects came in" in study.run()
    assert explanation() == "Übelkeit und Schwäche"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("rs.csv", b"", "rs.csv is empty: not even the names of variables are in it."),
        ("rs.json", b"", "rs.json is empty"),
        ("rs.json", b"[1, 2]", "rs.json is not Dataset-JSON: it has no columns."),
        ("rs.json", b'{"clinicalData": {"itemGroupData": {}}}', "rs.json holds 0 datasets of Dataset-JSON 1.0"),
        ("rs.json", b'{"columns": [{}], "rows": []}', "rs.json is not Dataset-JSON: a column has no name."),
        ("rs.json", b'{"columns": [], "rows": {"a": 1}}', "rs.json is not Dataset-JSON: its rows are not lists"),
        ("rs.json", b'{"columns": ', "rs.json cannot be read: Expecting value"),
        ("rs.csv", b"PK\x03\x04", "rs.csv: The file is a workbook or another packed file"),
        ("rs.xpt", b"not SAS", "rs.xpt cannot be read:"),
        ("rs.csv", "USUBJID,RSTESTCD,RSSTRESC\n".encode("utf-16-le"), "rs.csv: The file is not text. --encoding says"),
        ("rs.csv", b"USUBJID,DOMAIN,RSTESTCD,RSSTRESC\nX,TR,A,B\n", "rs.csv says that it is TR: it is no RS dataset."),
    ],
)
def test_a_file_that_cannot_be_read_says_why(study: Any, name: str, content: bytes, words: str) -> None:
    study.write()
    (study.folder / "rs.csv").unlink()
    (study.folder / name).write_bytes(content)
    with pytest.raises(CommandError) as refused:
        study.run()
    assert str(refused.value).startswith(words)
    assert not Subject.objects.exists()


def test_a_row_with_too_few_or_too_many_values_is_listed_and_the_rest_comes_in(study: Any) -> None:
    study.write()
    with (study.folder / "rs.csv").open("a") as file:
        file.write("X-701-1001,OVRLRESP\nX-701-1001" + ",x" * 30 + "\n,,,,\n")
    assert "3 subjects came in" in study.run()
    listed = [(line["row"], line["why"]) for line in study.report() if line["domain"] == "RS"]
    assert listed == [
        ("6", "the row has 2 values, the first line names 11"),
        ("7", "the row has 31 values, the first line names 11"),
    ]


def test_decimal_commas_of_a_semicolon_file_are_read_and_a_mark_of_thousands_is_not(study: Any) -> None:
    datasets = data()
    datasets["ex"][1]["EXDOSE"], datasets["ex"][0]["EXDOSE"] = "40,5", "1.500"
    for name, rows in datasets.items():
        _csv(study.folder / f"{name}.csv", rows)
    text = (study.folder / "ex.csv").read_text().replace('"40,5"', "40#5").replace(",", ";").replace("40#5", "40,5")
    (study.folder / "ex.csv").write_text(text)
    study.run()
    assert "dose=40.500" in "\n".join(facts())
    (line,) = [line for line in study.report() if line["what"] == "value not taken" and line["domain"] == "EX"] or [
        line for line in study.report() if line["variable"] == "EXDOSE"
    ]
    assert (line["value"], "may be thousands or decimals" in line["why"]) == ("1.500", True)


def test_a_second_run_over_data_with_repeats_and_ties_finds_no_change(study: Any) -> None:
    study.write(datasets=with_ties())
    study.run()
    assert "differ" not in study.run()


@pytest.mark.parametrize("spelled", ["T1", "t-01", "T 01", "T_1"])
def test_a_lesion_is_known_however_its_number_is_written(study: Any, spelled: str) -> None:
    datasets = data()
    datasets["tr"][6]["TRLNKID"] = spelled
    study.write(datasets=datasets)
    study.run()
    assert [line["row"] for line in study.report() if line["domain"] == "TR"] == ["2"]
    assert "T01 LIVER  MEASURED ['25.40'] 2014-02-26" in facts()


def test_a_line_end_inside_of_a_value_belongs_to_it(study: Any) -> None:
    datasets = data()
    datasets["ds"][3]["DSTERM"] = datasets["ds"][3]["DSDECOD"] = "moved\u2028away\nfor good"
    study.write(datasets=datasets)
    assert "3 subjects came in" in study.run()
    assert explanation().split() == ["moved", "away", "for", "good"]


def test_responses_without_any_lesion_are_complete_assessments(study: Any) -> None:
    datasets = data()
    del datasets["tu"], datasets["tr"]
    datasets["rs"] = [row for row in datasets["rs"] if row["RSTESTCD"] == "OVRLRESP"]
    study.write(datasets=datasets)
    study.run()
    assessments = TumourAssessment.objects.filter(case_form__state="complete").order_by("pk")
    assert [(form.overall_response, form.non_target_response) for form in assessments] == [("PR", "NE"), ("PD", "NE")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("dm.csv", "USUBJID,SITEID,usubjid\n1,701,2\n"),
        (
            "dm.json",
            '{"columns": [{"name": "USUBJID"}, {"name": "SITEID"}, {"name": "USUBJID"}], "rows": [["1", "2", "3"]]}',
        ),
    ],
)
def test_a_variable_that_is_named_twice_is_refused(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(Unreadable, match=f"{name} names USUBJID twice"):
        read_file(tmp_path / name, "DM")


def test_a_row_of_json_with_too_many_values_is_listed_whatever_they_are(tmp_path: Path) -> None:
    content = '{"columns": [{"name": "USUBJID"}, {"name": "SITEID"}], "rows": [["1", "2", 3]]}'
    (tmp_path / "dm.json").write_text(content)
    assert read_file(tmp_path / "dm.json", "DM")[0].damage == "the row has 3 values, the first line names 2"
