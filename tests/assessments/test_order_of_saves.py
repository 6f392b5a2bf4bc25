"""What a save asks and locks, and when: it may not be overtaken, and two saves may not wait for each other."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments import round_trips
from cohorts.services import Refused, lock_subject
from tests.cast import FIRST_DOSE

WITHDRAWN = {"end_date": "2008-03-01", "reason": "WITHDRAWAL OF CONSENT"}
SUBJECT_LOCK = "FOR NO KEY UPDATE"


def statements(seen: CaptureQueriesContext, part: str) -> list[int]:
    return [number for number, query in enumerate(seen.captured_queries) if part in query["sql"]]


def test_a_save_that_plans_visits_holds_the_subject_before_it_touches_a_form_or_a_visit(trial: Any) -> None:
    subject = trial.treated_subject()
    form = subject.forms.get(code="consent")
    with CaptureQueriesContext(connection) as seen:
        record = {"consent_given": "Y", "consent_date": "2007-12-21"}
        trial.fill(subject, "consent", record, visit="SCR", case_form=form, reason="Misread")
    locked = statements(seen, SUBJECT_LOCK)[0]
    assert locked < statements(seen, 'UPDATE "assessments_caseform"')[0]
    assert locked < statements(seen, 'UPDATE "cohorts_visit"')[0]


def test_a_new_assessment_without_progression_waits_for_nobody(trial: Any) -> None:
    subject = trial.treated_subject()
    with CaptureQueriesContext(connection) as seen:
        trial.assess(subject, 57, {"T01": "30", "T02": "20"}, "PR")
    assert statements(seen, 'INSERT INTO "assessments_caseform"')
    assert statements(seen, SUBJECT_LOCK) == []


def test_a_dose_is_refused_when_consent_was_withdrawn_while_it_waited(trial: Any, monkeypatch: Any) -> None:
    subject = trial.subject()
    trial.screen(subject)
    trial.enrol(subject)

    def withdrawn_first(locked: Any) -> Any:
        monkeypatch.setattr(round_trips, "lock_subject", lock_subject)
        trial.fill(subject, "end_of_treatment", WITHDRAWN)
        return lock_subject(locked)

    monkeypatch.setattr(round_trips, "lock_subject", withdrawn_first)
    with pytest.raises(Refused, match="Consent was withdrawn"):
        trial.infuse(subject, FIRST_DOSE)
    assert not subject.forms.filter(code="infusion").exists()


def test_a_form_that_the_trial_does_not_have_cannot_be_begun(trial: Any, desk: Any) -> None:
    subject = trial.treated_subject()
    with pytest.raises(Refused, match="has no form Study drug"):
        trial.fill(subject, "exposure", {}, complete=False)
    assert "This trial has no form Study drug." in desk.get(f"/subjects/{subject.pk}/forms/exposure/").content.decode()
    desk.post(f"/subjects/{subject.pk}/forms/exposure/", {"rows-TOTAL_FORMS": "0", "rows-INITIAL_FORMS": "0"})
    assert not subject.forms.filter(code="exposure").exists()


@pytest.mark.parametrize("reason", ["WITHDRAWAL OF CONSENT", "WITHDRAWAL BY SUBJECT"])
@pytest.mark.parametrize(("agreed", "taken"), [("Y", True), ("", True), ("N", False)])
def test_survival_is_asked_about_unless_that_was_refused(trial: Any, desk: Any, reason, agreed, taken) -> None:
    subject = trial.treated_subject()
    trial.fill(subject, "end_of_treatment", WITHDRAWN | {"reason": reason, "follow_up_agreed": agreed})
    contact = {"contact_date": "2008-06-01", "vital_status": "ALIVE", "new_therapy_given": "N"}
    if taken:
        trial.fill(subject, "follow_up", contact)
    else:
        with pytest.raises(Refused, match="does not agree to be asked about survival"):
            trial.fill(subject, "follow_up", contact)
        page = desk.get(f"/subjects/{subject.pk}/forms/follow_up/?visit={subject.visits.first().pk}").content.decode()
        assert "does not agree to be asked about survival" in page
    assert subject.forms.filter(code="follow_up").exists() is taken


def test_a_death_is_recorded_of_a_subject_who_refused_to_be_asked(trial: Any) -> None:
    subject = trial.treated_subject()
    trial.fill(subject, "end_of_treatment", WITHDRAWN | {"follow_up_agreed": "N"})
    trial.fill(subject, "death", {"death_date": "2009-03", "cause": "UNKNOWN"})
    subject.refresh_from_db()
    assert subject.status == "died"
