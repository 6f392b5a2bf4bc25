"""The report of a serious event: a further version with each save that changes what is known of it."""

from functools import partial, update_wrapper
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.actor import Actor
from assessments.items import items_of
from assessments.models import AdverseEvent, CaseForm
from safety.difference import aware_at, says_the_same
from safety.models import ENDS, ReportKind, SeriousEvent, SeriousReport


def report_if_serious(*, case_form: CaseForm, by: Actor) -> SeriousReport | None:
    """Called by the save of a complete adverse event, in its transaction: the version of the report that this save
    makes, or None where the event was never serious, is so no longer, or the report has nothing new."""
    record = AdverseEvent.objects.get(pk=case_form.pk)
    event = SeriousEvent.objects.filter(case_form=case_form).first()
    if event is None:
        if record.serious != "Y":
            return None
        event = SeriousEvent.objects.create(case_form=case_form, subject_id=case_form.subject_id)
    last = event.reports.order_by("version").last()
    content = _content(record)
    if last and last.kind in ENDS and record.serious != "Y":
        return None
    if last and last.kind != ReportKind.WITHDRAWN and says_the_same(last.content, content):
        return None
    return _report(event, last, _kind(record, last), content, case_form, by)


def withdraw_report(*, case_form: CaseForm, by: Actor) -> SeriousReport | None:
    """Called when the form is withdrawn as entered in error, in that transaction: whoever was told is told of that
    too, and the clock stops."""
    event = SeriousEvent.objects.filter(case_form=case_form).first()
    last = event.reports.order_by("version").last() if event else None
    if event is None or last is None or last.kind in ENDS:
        return None
    return _report(event, last, ReportKind.WITHDRAWN, last.content, case_form, by)


def _kind(record: AdverseEvent, last: SeriousReport | None) -> ReportKind:
    if record.serious != "Y":
        return ReportKind.NOT_SERIOUS
    return ReportKind.FOLLOW_UP if last else ReportKind.INITIAL


def _content(record: AdverseEvent) -> dict[str, Any]:
    values = {field.name: getattr(record, field.name) for field, _ in items_of(AdverseEvent)}
    return {name: value if value is None else str(value) for name, value in values.items()}


def _report(
    event: SeriousEvent,
    last: SeriousReport | None,
    kind: ReportKind,
    content: dict[str, Any],
    case_form: CaseForm,
    by: Actor,
) -> SeriousReport:
    now = timezone.now()
    ended_at = now if kind in ENDS else None
    if ended_at:
        event.reports.filter(confirmed_at=None, ended_at=None).update(ended_at=ended_at)
    report = SeriousReport.objects.create(
        event=event,
        subject_id=event.subject_id,
        version=last.version + 1 if last else 1,
        kind=kind,
        form_version=case_form.version,
        content=content,
        # A later version is known when it is entered.
        aware_at=aware_at(content, now, case_form.subject.site.zone) if last is None else now,
        reported_at=now,
        reported_by=by.name,
        role=by.role,
        ended_at=ended_at,
    )
    _ask_for_alert()
    return report


def _ask_for_alert() -> None:
    """Once a transaction; robust: a broker that is down fails no save, and beat finds the report."""
    from safety.tasks import ask_for_alerts

    waiting = {getattr(entry[1], "func", None) for entry in connection.run_on_commit}
    if ask_for_alerts not in waiting:
        transaction.on_commit(update_wrapper(partial(ask_for_alerts), ask_for_alerts), robust=True)
