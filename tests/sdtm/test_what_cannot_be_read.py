"""Absent, read and unreadable are three things: each value that is there and cannot be read is listed."""

from typing import Any

import pytest

from assessments.models import TumourAssessment
from cohorts.models import Subject
from tests.sdtm.study import WEEK_8, _rs, data, facts

pytestmark = pytest.mark.django_db

DATES = (
    *[("dm", 0, name) for name in ("RFSTDTC", "RFPENDTC", "DTHDTC", "BRTHDTC", "DMDTC", "RFICDTC")],
    *[("ex", 1, name) for name in ("EXSTDTC", "EXENDTC")],
    *[("ds", 2, "DSSTDTC"), ("tu", 3, "TUDTC"), ("tr", 6, "TRDTC"), ("rs", 0, "RSDTC")],
)
NUMBERS = (("tr", 6, "TRSTRESN"), ("ex", 0, "EXDOSE"), ("dm", 0, "AGE"), ("rs", 3, "VISITNUM"))


def listed(study: Any, cells: Any, value: str) -> None:
    """Each of these cells, holding this value, is listed by its row with the value and the reason."""
    datasets = data()
    for domain, index, variable in cells:
        datasets[domain][index][variable] = value
        for row in datasets[domain]:
            row.setdefault(variable, "")
    study.write(datasets=datasets)
    assert "0 were not taken" in study.run()
    lines = {(line["domain"], line["row"], line["variable"]): line for line in study.report() if line["variable"]}
    for domain, index, variable in cells:
        line = lines[domain.upper(), str(index + 1), variable]
        assert line["value"] == value
        assert value in line["why"] or "whole date" in line["why"]


@pytest.mark.parametrize("value", ["12/03/2014", "2014-02-30", "2014-03-0５", "UNK"])
def test_a_date_of_any_domain_that_cannot_be_read_is_listed(study: Any, value: str) -> None:
    listed(study, DATES, value)


@pytest.mark.parametrize("value", ["1_5", "1e1", "１５", "fifteen"])
def test_a_number_that_cannot_be_read_is_listed(study: Any, value: str) -> None:
    listed(study, NUMBERS, value)


@pytest.mark.parametrize("value", ["2014-02-26T08:00", "2014-02-26T08:00:00+01:00", "2014-02-26 08:00", "2014-02-26T"])
def test_a_time_of_day_ends_the_date(study: Any, value: str) -> None:
    datasets = data()
    datasets["rs"][0]["RSDTC"] = value
    study.write(datasets=datasets)
    study.run()
    assert TumourAssessment.objects.filter(case_form__state="complete", assessment_date="2014-02-26").exists()
    assert not [line for line in study.report() if line["domain"] == "RS"]


def test_one_subject_s_fault_does_not_end_the_run(study: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from sdtm import entering

    exposure = entering.exposure

    def faulty(rows: Any, ledger: Any) -> Any:
        if rows and rows[0].subject.endswith("1001"):
            raise ZeroDivisionError("a fault that nobody foresaw")
        return exposure(rows, ledger)

    monkeypatch.setattr(entering, "exposure", faulty)
    study.write()
    assert "2 subjects came in, 0 were here already, 1 were not taken." in study.run()
    assert {line["why"] for line in study.report()} == {
        "the subject was not imported: an unexpected fault, which the log has in full (ZeroDivisionError)"
    }
    assert not Subject.objects.filter(source_id="X-701-1001").exists()


def test_what_no_database_takes_is_the_fault_of_its_subject_alone(study: Any) -> None:
    datasets = data()
    datasets["dm"][1]["SUBJID"] = "10\x0002"
    datasets["ds"][2]["DSTERM"] = "seen\x00"
    datasets["ds"][2]["DSDECOD"] = "FINAL VISIT"
    study.write("parquet", datasets=datasets)
    output = study.run()
    assert Subject.objects.filter(source_id="X-701-1003").exists()
    assert "0 were here already" in output


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"SITEID": ""}, "DM names no site"),
        ({"SUBJID": "1" * 50}, "is longer than 40 characters"),
        ({"SUBJID": "1001"}, "there is a subject 701-1001 already, who did not come from these data"),
    ],
)
def test_a_subject_who_cannot_be_named_is_refused_in_words(study: Any, values: dict[str, str], why: str) -> None:
    datasets = data()
    datasets["dm"][1] |= values
    study.write(datasets=datasets)
    assert "2 subjects came in, 0 were here already, 1 were not taken." in study.run()
    assert all(why in line["why"] for line in study.report() if line["USUBJID"] == "X-701-1002")


def test_two_rows_of_dm_that_differ_refuse_the_subject_and_equal_ones_do_not(study: Any) -> None:
    datasets = data()
    datasets["dm"] += [dict(datasets["dm"][0]), datasets["dm"][1] | {"AGE": 64.0}]
    study.write(datasets=datasets)
    assert "2 subjects came in, 0 were here already, 1 were not taken." in study.run()
    reasons = {(line["USUBJID"], line["row"]): line["why"] for line in study.report() if line["domain"] == "DM"}
    assert reasons["X-701-1001", "4"] == "the same row as row 1"
    assert reasons["X-701-1002", "2"].endswith("DM has the subject more than once, and the rows differ in AGE")


def test_a_row_that_nobody_needs_is_not_called_taken(study: Any) -> None:
    datasets = data()
    datasets["ds"].append(datasets["ds"][0] | {"USUBJID": "X-701-1003"})
    study.write(datasets=datasets)
    output = study.run()
    (line,) = [line for line in study.report() if line["domain"] == "DS"]
    assert (line["row"], line["why"]) == ("6", "nothing of it has a place in the record")
    (counts,) = [row.split("│")[1:-1] for row in output.splitlines() if "│ DS" in row]
    assert [cell.strip() for cell in counts] == ["DS", "6", "5", "0", "0", "0", "1"]


def test_a_row_of_which_a_value_was_left_out_is_partly_taken(study: Any) -> None:
    datasets = data()
    datasets["dm"][0]["BRTHDTC"] = "in 1950"
    study.write(datasets=datasets)
    output = study.run()
    (counts,) = [row.split("│")[1:-1] for row in output.splitlines() if "│ DM" in row]
    assert [cell.strip() for cell in counts] == ["DM", "3", "2", "1", "0", "0", "0"]


def test_rows_of_another_study_are_listed_and_two_studies_in_dm_are_refused(study: Any) -> None:
    from django.core.management import CommandError

    datasets = data()
    for rows in datasets.values():
        for row in rows:
            row["STUDYID"] = "X"
    datasets["rs"].append(_rs("OVRLRESP", "CR", WEEK_8) | {"STUDYID": "Y"})
    study.write(datasets=datasets)
    study.run()
    assert [line["why"] for line in study.report() if line["domain"] == "RS"] == ["the row is of study Y"]
    before = facts()
    datasets["dm"][2]["STUDYID"] = "Y"
    study.write(datasets=datasets)
    with pytest.raises(CommandError, match="DM holds subjects of X and Y"):
        study.run()
    assert facts() == before
