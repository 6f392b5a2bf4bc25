"""Which lesions a tumour assessment asks for."""

import re
from typing import Any

from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry
from assessments.place import Place
from assessments.services import mark_not_done
from tests.assessments.posting import posted
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


def test_a_complete_assessment_speaks_of_every_lesion_that_it_carries_on(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    address = f"/subjects/{subject.pk}/forms/tumour/?visit={subject.visits.get(code='TA01').pk}"
    record = {"assessment_date": "2008-03-03", "new_lesions": "N", "overall_response": "SD"}
    record["non_target_response"] = "NON-CR/NON-PD"
    lesions = [{"label": "T01", "diameters_mm": "30"}, {"label": "NT01", "state": "PRESENT"}]
    answer = desk.post(address, posted(record, lesions))
    assert answer.status_code == 422
    assert "The finding for T02 is required." in answer.content.decode()
    assert desk.post(address, posted(record, [*lesions, {"label": "T02", "state": "ABSENT"}])).status_code == 302
    form = subject.forms.get(code="tumour")
    # A row that is left out of a change stays as it is, and so nothing is missing.
    change = posted(record | {"overall_response": "PR"}, lesions, version="1", change_reason="Data entry error")
    assert desk.post(f"/forms/{form.pk}/", change).status_code == 302


def test_a_draft_may_be_silent_about_a_lesion(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    address = f"/subjects/{subject.pk}/forms/tumour/?visit={subject.visits.get(code='TA01').pk}"
    assert desk.post(address, posted({}, [{"label": "T01", "diameters_mm": "30"}], action="draft")).status_code == 302


def test_what_was_found_of_a_lesion_was_not_seen_on_a_day_to_come(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    address = f"/subjects/{subject.pk}/forms/tumour/?visit={subject.visits.get(code='TA01').pk}"
    lesion = {"label": "T01", "diameters_mm": "30"}
    answer = desk.post(address, posted({}, [lesion | {"examined_on": "2198-01"}]))
    assert answer.status_code == 422
    assert "Jan 2198 is in the future" in answer.content.decode()
    assert desk.post(address, posted({}, [lesion | {"examined_on": "2008-03"}], action="draft")).status_code == 302


def test_at_baseline_no_lesion_is_offered_as_new(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    visit = subject.visits.get(code="SCR").pk
    page = desk.get(f"/subjects/{subject.pk}/forms/tumour_baseline/?visit={visit}", follow=True).content.decode()
    assert '<option value="TARGET"' in page
    assert '<option value="NEW"' not in page


def test_an_earlier_lesion_too_small_to_measure_is_said_to_be_so_and_given_no_size(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    address = f"/subjects/{subject.pk}/forms/tumour/?visit={subject.visits.get(code='TA01').pk}"
    record = {"assessment_date": "2008-03-03", "new_lesions": "N", "overall_response": "SD"}
    rows = [{"label": "T01", "state": "TOO SMALL"}, {"label": "T02", "diameters_mm": "30"}]
    rows.append({"label": "NT01", "state": "PRESENT"})
    answers = record | {"non_target_response": "NON-CR/NON-PD"}
    assert desk.post(address, posted(answers, rows)).status_code == 302
    later = f"/subjects/{subject.pk}/forms/tumour/?visit={subject.visits.get(code='TA02').pk}"
    page = desk.get(later).content.decode()
    cells = re.findall(r'<td class="numeric" data-heading="[^"]+">([^<]*)</td>', page)
    assert "too small" in cells
    assert "&lt; 5" not in page
