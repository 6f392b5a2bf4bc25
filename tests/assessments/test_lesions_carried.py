"""Which lesions a tumour assessment asks for."""

from typing import Any

from assessments.catalogue import CATALOGUE
from assessments.entry import Entry
from assessments.services import Place, mark_not_done
from tests.cast import Trial


def labels(subject: Any, case_form: Any = None) -> list[str]:
    entry = Entry(CATALOGUE["tumour"], subject=subject, case_form=case_form)
    return [row.initial["label"] for row in entry.rows or () if row.initial]


def test_a_baseline_marked_as_not_done_hands_no_lesion_on_and_one_filled_again_does(trial: Trial) -> None:
    subject = trial.treated_subject()
    assert labels(subject) == ["T01", "T02", "NT01"]
    before = trial.assess(subject, 57, {"T01": "30"}, "SD")
    baseline = subject.forms.get(code="tumour_baseline")
    place = Place(subject, CATALOGUE["tumour_baseline"], baseline.visit, baseline)
    mark_not_done(place=place, why="Read for another subject", by=trial.by, seen_version=1, reason="Wrong scan")
    assert labels(subject) == []
    assert labels(subject, before) == ["T01", "NT01"]
    baseline.refresh_from_db()
    record = {"assessment_date": "2008-01-02", "disease_measurable": "Y"}
    trial.fill(subject, "tumour_baseline", record, case_form=baseline, complete=False, reason="It was ours")
    assert labels(subject) == ["T01", "T02", "NT01"]
