"""Entered in error: a form that should never have been there is withdrawn with a reason, and can be restored.

It stays in the trail and where somebody asks for it, and counts nowhere: `CaseForm.objects` and `Visit.objects` leave
it out, so that no reader has to think of it. For what the protocol does not ask for: an entry of a log, a form at an
unscheduled visit, a death. What it asks for is corrected or marked as not done.
"""

from datetime import date

from django.db.models import F
from django.utils import timezone

from accounts.actor import Actor, acting
from assessments.catalogue import CATALOGUE
from assessments.checks.asking import ask_about, ask_about_subject
from assessments.checks.days import earliest
from assessments.elsewhere import (
    close_with_entry,
    lapse_what_changed,
    mark_changed,
    reopen_with_entry,
    report_if_serious,
    withdraw_report,
)
from assessments.models import CaseForm, FormState
from assessments.models.case_form import LONGEST_REASON
from assessments.place import Place, Stale, refuse_shut
from assessments.visits.dating import judged
from assessments.visits.milestones import follow_the_record, stamp_visit
from assessments.visits.placing import is_asked_for, tells_the_day
from cohorts.following import judging
from cohorts.models import Visit
from cohorts.services import Refused, lock_subject
from protocol import under
from protocol.visits import UNSCHEDULED


def withdraw(*, case_form: CaseForm, why: str, by: Actor, seen_version: int | None) -> CaseForm:
    """Say that the form was entered in error; `why` goes into the trail.

    Raises Refused (the protocol asks for the form, or no reason), Stale, or Locked, also where it is withdrawn already.
    """
    _require_reason(why)
    if case_form.state == FormState.IN_ERROR:
        refuse_shut(case_form)
    if is_asked_for(case_form.code, case_form.visit):
        raise Refused(f"The protocol asks for {_title(case_form)} here: correct it, or mark it as not done.")
    stamps = {"withdrawn_at": timezone.now(), "withdrawn_by": by.name, "withdrawn_reason": why}
    with acting(by, reason=why):
        subject = lock_subject(case_form.subject)
        _claim(case_form, seen_version, state=FormState.IN_ERROR, withdrawn_state=case_form.state, **stamps)
        close_with_entry(case_form=case_form, text=f"Entered in error: {why}")
        place = Place(subject, CATALOGUE[case_form.code], case_form.visit, case_form)
        with judged(place):
            ask_about(place, case_form, None, new=False)
        lapse_what_changed(case_form=case_form, by=by)
        if CATALOGUE[case_form.code].of_harm:
            withdraw_report(case_form=case_form, by=by)
        _settle_visit(case_form)
        follow_the_record(subject)
        mark_changed([subject.pk])
    return case_form


def restore(*, case_form: CaseForm, why: str, by: Actor, seen_version: int | None) -> CaseForm:
    """Take a withdrawal back: the form counts again, in the state that it had.

    Raises Refused (it was not withdrawn, another form stands in its place, or no reason), Stale or Locked.
    """
    _require_reason(why)
    if case_form.state != FormState.IN_ERROR:
        raise Refused(f"{_title(case_form)} was not entered in error: there is nothing to restore.")
    stamps = {"withdrawn_at": None, "withdrawn_by": "", "withdrawn_reason": "", "withdrawn_state": ""}
    with acting(by, reason=why):
        subject = lock_subject(case_form.subject)
        _require_free_place(case_form)
        _claim(case_form, seen_version, state=case_form.withdrawn_state, **stamps)
        _settle_visit(case_form)
        reopen_with_entry(case_form=case_form, text=f"The entry was restored: {why}")
        with under(judging(subject.protocol_id)):
            ask_about_subject(subject.pk)
        lapse_what_changed(case_form=case_form, by=by)
        if CATALOGUE[case_form.code].of_harm and case_form.state == FormState.COMPLETE:
            report_if_serious(case_form=case_form, by=by)
        follow_the_record(subject)
        mark_changed([subject.pk])
    return case_form


def _title(case_form: CaseForm) -> str:
    return CATALOGUE[case_form.code].title


def _require_reason(why: str) -> None:
    if not why.strip():
        raise Refused("Give the reason.", "why")
    if len(why) > LONGEST_REASON:
        raise Refused(f"At most {LONGEST_REASON} characters: this has {len(why)}.", "why")


def _claim(case_form: CaseForm, seen_version: int | None, **values: object) -> None:
    """As a save claims it: of two that saw the same version only one gets it."""
    free = CaseForm.every.filter(pk=case_form.pk, version=seen_version or 0, locked_at=None, frozen_at=None)
    if not free.filter(state=case_form.state).update(version=F("version") + 1, **values):
        now = CaseForm.every.get(pk=case_form.pk)
        if case_form.state != FormState.IN_ERROR or now.locked_at or now.frozen_at:
            refuse_shut(now)
        raise Stale(now)
    case_form.refresh_from_db(fields=["version", *values])


def _require_free_place(case_form: CaseForm) -> None:
    """Another may have been begun where this one stood."""
    others = CaseForm.objects.filter(subject=case_form.subject_id, code=case_form.code)
    if not CATALOGUE[case_form.code].is_once:
        others = others.filter(visit=case_form.visit_id) if case_form.visit_id else others.none()
    if others.exists():
        raise Refused(f"Another form {_title(case_form)} stands in its place: withdraw that one first.")


def _settle_visit(case_form: CaseForm) -> None:
    """An unscheduled visit of which every form was entered in error was none; a planned one that this form alone dated
    did not take place then."""
    visit = case_form.visit
    if visit is None:
        return
    forms = CaseForm.objects.filter(visit=visit)
    if visit.code.startswith(UNSCHEDULED):
        visit.in_error = not forms.exists()
        Visit.every.filter(pk=visit.pk).exclude(in_error=visit.in_error).update(in_error=visit.in_error)
        return
    day = _day_of(case_form)
    if day is not None and visit.visit_date in (day, None):
        visit.visit_date = day if forms.exclude(state=FormState.NOT_DONE).exists() else None
        Visit.objects.filter(pk=visit.pk).update(visit_date=visit.visit_date)
        if visit.visit_date is not None:
            stamp_visit(visit, case_form.subject, visit.visit_date)


def _day_of(case_form: CaseForm) -> date | None:
    """The day that the form tells of, where it dates its visit."""
    form_type = CATALOGUE[case_form.code]
    if case_form.visit is None or not tells_the_day(case_form.code, case_form.visit.kind):
        return None
    day = form_type.record._default_manager.filter(pk=case_form.pk).values_list(form_type.date_item, flat=True).first()
    return earliest(day) if len(str(day or "")) == len("2026-01-01") else None
