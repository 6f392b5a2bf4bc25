"""Results that were saved before, held against today's ranges by the version of the criteria of their visit."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from accounts.actor import Actor, acting
from assessments.catalogue import CATALOGUE, SAMPLES
from assessments.checks.asking import ask_about_subject
from assessments.laboratory.samples import COMPUTED, bench, computed, outcomes
from assessments.models import CaseForm, FormState, LaboratoryResult
from cohorts.following import judging
from cohorts.models import Subject
from cohorts.services import lock_subject
from protocol import under


def gradable(**narrowed: Any) -> QuerySet[CaseForm]:
    """The forms whose results may change: not those that are frozen, locked or marked as not done."""
    free = CaseForm.objects.filter(code__in=SAMPLES, locked_at=None, frozen_at=None, **narrowed)
    return free.exclude(state=FormState.NOT_DONE)


def grade_again(*, by: Actor, reason: str, **narrowed: Any) -> Iterator[tuple[CaseForm, int]]:
    """Each form with the number of its results whose limits, flag or grade changed; a transaction a form.

    What was typed stays as it is, and so does the form's version; the trail says by whom and why. Where a result
    changed the subject's checks are asked again: their questions open and close as at a save.
    """
    samples = gradable(**narrowed).select_related("subject__site").order_by("pk")
    for key, subject in [(form.pk, form.subject) for form in samples]:
        with acting(by, reason=reason):
            lock_subject(subject)
            # Held, so that a save at this moment is not overwritten with what its value was before.
            held = gradable(pk=key).select_related("visit")
            form = held.select_for_update(no_key=True, of=("self",)).first()
            if form is not None:
                form.subject = subject
                yield form, _grade_and_ask(form)


def _grade_and_ask(form: CaseForm) -> int:
    with under(judging(form.visit.protocol_id if form.visit else form.subject.protocol_id)):
        changed = _grade(form, form.subject)
    if changed:
        ask_about_subject(form.subject_id)
    return changed


def _grade(form: CaseForm, subject: Subject) -> int:
    record = CATALOGUE[form.code].record._default_manager.filter(pk=form.pk).values().first() or {}
    rows = list(LaboratoryResult.objects.filter(case_form=form).values())
    at = bench(subject, record.get("sample_date"), form)
    graded = outcomes(at, record, rows)
    changed = 0
    for row in rows:
        now = computed(at, graded.get(row["analyte"]))
        if {name: row[name] for name in COMPUTED} != now:
            LaboratoryResult.objects.filter(pk=row["id"]).update(**now)
            changed += 1
    return changed
