"""The laboratory of a subject over time."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.laboratory.trend import HEIGHT, trend_of, worst_of
from cohorts.services import add_visit
from tests.laboratory.samples import BLOOD, rows


@pytest.fixture
def subject(trial: Any, ranges: Any) -> Any:
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    trial.fill(subject, "haematology", {"sample_date": "2007-12-28"}, rows(BLOOD), visit="SCR")
    return subject


def later(trial: Any, subject: Any, day: str, *, complete: bool = True, **other: Any) -> None:
    from datetime import date

    visit = add_visit(subject=subject, on=date.fromisoformat(day), by=trial.by)
    sent = rows(BLOOD, **other)
    trial.fill(subject, "haematology", {"sample_date": day}, sent, visit=visit.code, complete=complete)


def test_each_analyte_has_its_values_by_day_in_one_unit(trial: Any, subject: Any) -> None:
    anaemic = {"value": "7.9", "unit": "g/dL", "clinically_significant": "Y"}
    later(trial, subject, "2008-01-14", HGB=anaemic)
    trend = trend_of(subject)
    assert [str(day) for day in trend.days] == ["2007-12-28", "2008-01-14"]
    haemoglobin = trend.rows[0]
    assert [(cell.words, cell.flag, cell.grade) for cell in haemoglobin.cells] == [
        ("121", "NORMAL", 0),
        ("79", "LOW", 3),
    ]
    assert haemoglobin.worst.grade == 3
    assert worst_of(trend.rows) == [haemoglobin]


def test_a_draft_is_no_result_yet(trial: Any, subject: Any) -> None:
    later(trial, subject, "2008-01-14", complete=False)
    assert len(trend_of(subject).days) == 1


def test_one_value_is_no_curve_and_two_stay_within_the_picture(trial: Any, subject: Any) -> None:
    assert {row.line for row in trend_of(subject).rows} == {None}
    later(trial, subject, "2008-01-14", PLAT={"value": "900", "clinically_significant": "N"})
    line = next(row.line for row in trend_of(subject).rows if row.analyte.code == "PLAT")
    heights = [float(point.split(",")[1]) for point in line.points.split()]
    assert heights[0] > heights[1]
    assert all(0 <= height <= HEIGHT for height in [*heights, float(line.band[0])])


def test_the_page_costs_as_many_statements_for_one_sample_as_for_three(trial: Any, subject: Any, sign_in: Any) -> None:
    desk = sign_in(trial.monitor)
    address = f"/subjects/{subject.pk}/laboratory/"
    desk.get(address)
    with CaptureQueriesContext(connection) as for_one:
        assert b"Laboratory of 101-001" in desk.get(address).content
    later(trial, subject, "2008-01-14")
    later(trial, subject, "2008-01-21")
    with CaptureQueriesContext(connection) as for_three:
        assert desk.get(address).content.count(b"Jan 2008</th>") == 2
    assert len(for_one) == len(for_three)


def test_a_stranger_finds_no_such_page(trial: Any, subject: Any, sign_in: Any) -> None:
    assert sign_in(trial.stranger).get(f"/subjects/{subject.pk}/laboratory/").status_code == 404
