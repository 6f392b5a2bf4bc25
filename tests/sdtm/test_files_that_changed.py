"""A subject that is here already stays as it is; what its files say otherwise by now is said, row by row."""

from typing import Any

from audit.models import Event
from tests.sdtm.study import data, facts

CHANGED = "changed since, not taken"


def differences(study: Any) -> list[tuple[str, str, str, str]]:
    lines = [line for line in study.report() if line["what"] == CHANGED]
    return [(line["USUBJID"], line["domain"], line["row"], line["why"].split(" since ")[0]) for line in lines]


def test_a_value_that_changed_is_listed_by_its_row_and_not_taken(study: Any) -> None:
    study.write()
    study.run()
    before, events, report = facts(), Event.objects.count(), study.report()
    datasets = data()
    datasets["tr"][6]["TRSTRESN"] = datasets["tr"][6]["TRSTRESC"] = 99.0
    study.write(datasets=datasets)
    output = study.run()
    assert "nothing was changed" in output
    assert "The files differ from what was imported before (2 in TR). None of that was taken" in output
    assert differences(study) == [
        ("X-701-1001", "TR", "7", "the row is new or was changed"),
        ("X-701-1001", "TR", "0", "1 of the rows were changed or removed"),
    ]
    assert [line for line in study.report() if line["what"] != CHANGED] == report
    assert (facts(), Event.objects.count()) == (before, events)


def test_new_and_removed_rows_are_told_too_and_new_subjects_still_come_in(study: Any) -> None:
    datasets = data()
    last = datasets["dm"].pop()
    study.write(datasets=datasets | {"ds": datasets["ds"][:-1]})
    study.run()
    datasets["dm"].append(last)
    datasets["ex"].pop()
    datasets["ex"].append(datasets["ex"][0] | {"EXSEQ": 9.0})
    study.write(datasets=datasets)
    output = study.run()
    assert "1 subjects came in, 2 were here already" in output
    assert "(2 in EX)" in output
    assert differences(study) == [
        ("X-701-1001", "EX", "3", "the row is new or was changed"),
        ("X-701-1002", "EX", "0", "1 of the rows were changed or removed"),
    ]


def test_the_same_data_in_another_order_or_format_or_by_another_reader_are_no_change(study: Any) -> None:
    study.write()
    study.run()
    datasets = data()
    datasets["tr"].reverse()
    study.write(datasets=datasets)
    assert "differ" not in study.run()
    assert "differ" not in study.run("carla", "--reader", "radiologist 1")
    for file in study.folder.glob("*.csv"):
        if file.name != "not_taken.csv":
            file.unlink()
    study.write("parquet")
    assert "differ" not in study.run()


def test_what_was_put_right_in_the_files_is_no_longer_listed(study: Any) -> None:
    study.write()
    study.run()
    datasets = data()
    datasets["dm"][0]["AGE"] = 64.0
    study.write(datasets=datasets)
    study.run()
    assert len(differences(study)) == 2
    study.write()
    study.run()
    assert differences(study) == []
