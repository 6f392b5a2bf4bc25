"""Unscheduled visits stand by their day, in whatever order they were typed."""

from datetime import date

import pytest

from casebook.services import add_unscheduled_visit


@pytest.fixture
def subject(trial):
    subject = trial.treated_subject()
    for label, on in (("second", date(2008, 2, 20)), ("first", date(2008, 2, 6))):
        visit = add_unscheduled_visit(subject=subject, on=on, label=label, by=trial.by)
        trial.infuse(subject, on, visit=visit.code)
    return subject


def test_in_the_matrix(trial, subject, as_user):
    matrix = as_user(trial.coordinator).get("/subjects/?open=UNS").context["matrix"]
    column = [group.key for group in matrix.groups].index("UNS")
    before = sum(len(group.columns) for group in matrix.groups[:column])
    (row,) = matrix.rows
    words = [cell.words for cell in row.cells[before : before + 2]]
    assert words == ["first, 6 Feb 2008", "second, 20 Feb 2008"]


def test_in_the_casebook_and_in_the_list_of_the_subject_s_visits(trial, subject, as_user):
    client = as_user(trial.coordinator)
    page = client.get(f"/subjects/{subject.pk}/").content.decode()
    assert page.index(">first<") < page.index(">second<")
    visits = client.get(f"/api/v1/visits/?subject={subject.pk}").json()["results"]
    labels = [visit["label"] for visit in visits]
    assert labels.index("first") < labels.index("second")
    days = [visit["visit_date"] or visit["target_date"] for visit in visits]
    assert days == sorted(days)
