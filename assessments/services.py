"""Every write to a case form. `save_form` shows everything that a save does, `round_trips` how it is done fast."""

from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.actor import Actor, acting
from assessments.checks.asking import ask_about
from assessments.elsewhere import lapse_what_changed, mark_changed, report_if_serious
from assessments.entering.entry import Values
from assessments.models import CaseForm, FormState
from assessments.models.case_form import LONGEST_REASON
from assessments.place import Place, refuse_shut
from assessments.round_trips import drawn_key, saving, sent_together
from assessments.sequence import obstacles
from assessments.storing import computed, store
from assessments.visits.dating import date_the_visit, judged
from assessments.visits.milestones import follow_the_record, moves_milestones
from cohorts.services import Refused, lock_subject
from database.prepared import add


def save_form(
    *,
    place: Place,
    values: Values,
    by: Actor,
    seen_version: int | None = None,
    complete: bool = False,
    reason: str = "",
) -> CaseForm:
    """Save what was entered, as a draft or as complete, in one transaction.

    Raises Refused (out of sequence, or a reason is missing), Stale (saved by another since `seen_version`) or Locked.
    The trail is written by the tables' triggers, with the actor and the reason given here.
    """
    # Known beforehand: the save dates the visit, by whose day this is told.
    moves = moves_milestones(place, values.record)
    with saving(place, values.record, by, reason, moves=moves):
        _refuse_out_of_order(place, reason)
        values = computed(place.form_type, values, place.subject)
        if place.case_form is None:
            case_form = _save_new(place, values, complete)
        else:
            case_form = _save_again(place, values, by, seen_version, complete)
        if moves:
            follow_the_record(place.subject)
        if complete and place.form_type.of_harm:
            report_if_serious(case_form=case_form, by=by)
    return case_form


def _save_new(place: Place, values: Values, complete: bool) -> CaseForm:
    with sent_together():
        case_form = _begin(place, complete, len(values.untaken))
        store(place.form_type, case_form, values, new=True)
        date_the_visit(place, case_form, values.record)
        mark_changed([place.subject.pk])
    case_form.queries_of_save = ask_about(place, case_form, values if complete else None, new=True)
    return case_form


def _save_again(place: Place, values: Values, by: Actor, seen_version: int | None, complete: bool) -> CaseForm:
    case_form = _claim(place.case_form, seen_version, complete, len(values.untaken))
    store(place.form_type, case_form, values, new=False)
    date_the_visit(place, case_form, values.record)
    mark_changed([place.subject.pk])
    case_form.queries_of_save = ask_about(place, case_form, values if complete else None, new=False)
    lapse_what_changed(case_form=case_form, by=by)
    return case_form


def mark_not_done(*, place: Place, why: str, by: Actor, seen_version: int | None = None, reason: str = "") -> CaseForm:
    """Say that the form will not be filled, and why. What had been typed stays readable in the trail."""
    if not why.strip():
        raise Refused("Give the reason why the form was not done.", "not_done_reason")
    if len(why) > LONGEST_REASON:
        problem = f"At most {LONGEST_REASON} characters: the reason has {len(why)}."
        raise Refused(problem, "not_done_reason")
    if place.form_type.is_log:
        raise Refused("“Not done” is for expected forms: withdraw a log entry as entered in error.")
    with judged(place), acting(by, reason=reason or why):
        lock_subject(place.subject)
        _refuse_out_of_order(place, reason)
        form = place.case_form
        case_form = _begin(place, False) if form is None else _claim(form, seen_version, False, form.untaken)
        case_form.state, case_form.not_done_reason = FormState.NOT_DONE, why
        case_form.save(update_fields=["state", "not_done_reason"])
        if place.case_form is not None:  # what it said no longer counts: its questions close, what rested on it moves
            case_form.queries_of_save = ask_about(place, case_form, None, new=False)
            lapse_what_changed(case_form=case_form, by=by)
            follow_the_record(place.subject)
        mark_changed([place.subject.pk])
    return case_form


def _refuse_out_of_order(place: Place, reason: str) -> None:
    if place.case_form is None:
        against = obstacles(place.subject, place.form_type)
        if against:
            raise Refused(" ".join(against))
    elif place.case_form.first_completed_at and not reason.strip():
        raise Refused("Give the reason for the change: the form was complete before.", "reason")


def _begin(place: Place, complete: bool, untaken: int = 0) -> CaseForm:
    begun = {
        "id": drawn_key(),
        "code": place.form_type.code,
        "state": FormState.COMPLETE if complete else FormState.DRAFT,
        "first_completed_at": timezone.now() if complete else None,
        "untaken": untaken,
    }
    at = {"subject": place.subject.pk, "visit": place.visit.pk if place.visit else None}
    add(CaseForm, [begun | at])
    case_form = CaseForm(subject=place.subject, visit=place.visit, **begun)
    case_form._state.adding = False
    return case_form


def _claim(case_form: CaseForm | None, seen_version: int | None, complete: bool, untaken: int) -> CaseForm:
    """Take the form for this save: of two that saw the same version only one gets it."""
    assert case_form is not None
    now, state = timezone.now(), FormState.COMPLETE if complete else FormState.DRAFT
    done = {"first_completed_at": Coalesce(F("first_completed_at"), Value(now))} if complete else {}
    free = CaseForm.objects.filter(pk=case_form.pk, version=seen_version or 0, locked_at=None, frozen_at=None)
    claimed = free.update(
        version=F("version") + 1,
        state=state,
        not_done_reason="",
        untaken=untaken,
        **done,
    )
    if not claimed:
        refuse_shut(CaseForm.every.get(pk=case_form.pk))
    case_form.version, case_form.state, case_form.not_done_reason = (seen_version or 0) + 1, state, ""
    case_form.untaken = untaken
    if complete:
        case_form.first_completed_at = case_form.first_completed_at or now
    return case_form
