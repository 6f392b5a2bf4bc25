"""Raising, answering and closing queries; freezing and locking forms."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.actor import SYSTEM, Actor, acting
from assessments.models import CaseForm
from review.models import Origin, Query, QueryState, QueryStep
from trialsite.prepared import Prepared

LIVE = (QueryState.OPEN, QueryState.ANSWERED)


class NotAllowed(Exception):
    """The step does not fit the query's or form's state; the message says why."""


@dataclass(frozen=True)
class Finding:
    """What a check found: at which form and item, in words that name the values."""

    case_form_id: int
    item: str
    check_id: str
    text: str


def sync_check_queries(
    *,
    checks: Iterable[str],
    findings: Iterable[Finding],
    case_form_ids: Collection[int] | QuerySet = (),
    subject_ids: Collection[int] = (),
) -> None:
    """Make the live queries of `checks` at these forms, or at every form of these subjects, say what was found: open
    the new, close the gone.

    A query that an answer explained stays with the monitor; one that a person closed is not asked again in the same
    words. At a locked form nothing is asked and nothing closed. Runs in the transaction of the change that was checked.
    """
    wanted = {(finding.case_form_id, finding.item, finding.check_id): finding for finding in findings}
    for query in _live(set(checks), case_form_ids, subject_ids):
        finding = wanted.pop((query.case_form_id, query.item, query.check_id), None)  # type: ignore[arg-type]
        if finding is None:
            _step(query, QueryState.CLOSED, "The value no longer gives cause.", SYSTEM)
        elif finding.text != query.text:
            query.text = finding.text
            _step(query, QueryState.OPEN, finding.text, SYSTEM)
    if wanted:
        _open_all(_not_settled(wanted.values()))


def _live(checks: set[str], case_form_ids: Collection[int] | QuerySet, subject_ids: Collection[int]) -> list[Query]:
    """Locked, so that an answer given at this moment is not overwritten. A save asks for one subject or one form."""
    if len(subject_ids) == 1:
        found = LIVE_OF.all(*subject_ids)
    elif not subject_ids and isinstance(case_form_ids, list) and len(case_form_ids) == 1:
        found = LIVE_AT.all(*case_form_ids)
    else:
        of = {"subject__in": subject_ids} if subject_ids else {"case_form__in": case_form_ids}
        found = list(_system_queries().filter(**of))
    return [query for query in found if query.check_id in checks]


def _system_queries() -> QuerySet[Query]:
    live = Query.objects.filter(origin=Origin.SYSTEM, state__in=LIVE, case_form__locked_at=None)
    return live.select_for_update(of=("self",)).order_by("-id")


# Built once: nearly every save asks.
LIVE_OF = Prepared(lambda subject: _system_queries().filter(subject=subject))
LIVE_AT = Prepared(lambda case_form: _system_queries().filter(case_form=case_form))


def _not_settled(findings: Collection[Finding]) -> list[Finding]:
    """Without what a person has closed and what says the same still: an explanation that was accepted stands."""
    closings = QueryStep.objects.filter(
        query__case_form__in={finding.case_form_id for finding in findings},
        query__check_id__in={finding.check_id for finding in findings},
        query__origin=Origin.SYSTEM,
        query__state=QueryState.CLOSED,
        state=QueryState.CLOSED,
    )
    last = {step.query_id: step for step in closings.select_related("query").order_by("id")}
    settled = {
        Finding(query.case_form_id, query.item, query.check_id, query.text)  # type: ignore[arg-type]
        for query in (step.query for step in last.values() if step.role != SYSTEM.role)
    }
    return [finding for finding in findings if finding not in settled]


def _open_all(findings: list[Finding]) -> None:
    unlocked = CaseForm.objects.filter(id__in={finding.case_form_id for finding in findings}, locked_at=None)
    subject_of = dict(unlocked.values_list("id", "subject_id"))
    opened = Query.objects.bulk_create(
        Query(
            subject_id=subject_of[finding.case_form_id],
            case_form_id=finding.case_form_id,
            item=finding.item,
            check_id=finding.check_id,
            origin=Origin.SYSTEM,
            text=finding.text,
        )
        for finding in findings
        if finding.case_form_id in subject_of
    )
    QueryStep.objects.bulk_create(_as_step(query, query.state, query.text, SYSTEM) for query in opened)


def raise_query(*, case_form: CaseForm, item: str, text: str, by: Actor) -> Query:
    """A question to the site. NotAllowed at a locked form; a frozen one takes questions and answers still."""
    with acting(by):
        _refuse_locked(case_form.pk)
        query = Query(subject_id=case_form.subject_id, case_form=case_form, item=item, text=text)
        return _step(query, QueryState.OPEN, text, by)


def answer_query(*, query: Query, text: str, by: Actor) -> Query:
    """The site's answer: the value was changed, or why it stands."""
    return _move(query, (QueryState.OPEN,), QueryState.ANSWERED, text, by)


def close_query(*, query: Query, text: str, by: Actor) -> Query:
    return _move(query, LIVE, QueryState.CLOSED, text, by)


def reopen_query(*, query: Query, text: str, by: Actor) -> Query:
    return _move(query, (QueryState.ANSWERED, QueryState.CLOSED), QueryState.OPEN, text, by)


def _move(query: Query, allowed: tuple[QueryState, ...], to: QueryState, text: str, by: Actor) -> Query:
    with acting(by):
        query = Query.objects.select_for_update().get(pk=query.pk)
        if query.state not in allowed:
            raise NotAllowed(f"This query is {query.get_state_display().lower()} by now.")
        _refuse_locked(query.case_form_id)
        return _step(query, to, text, by)


def _refuse_locked(case_form_id: int | None) -> None:
    """The form's row is held, so that nobody locks it at this moment."""
    form = CaseForm.objects.select_for_update(no_key=True).filter(pk=case_form_id or 0).first()
    if form is not None and form.locked_at:
        raise NotAllowed(f"The form was locked by {form.locked_by} on {form.locked_at:%-d %b %Y}: nothing changes.")


def _step(query: Query, state: QueryState, text: str, by: Actor) -> Query:
    query.state = state
    query.save()
    _as_step(query, state, text, by).save()
    return query


def _as_step(query: Query, state: str, text: str, by: Actor) -> QueryStep:
    return QueryStep(query=query, subject_id=query.subject_id, actor_name=by.name, role=by.role, state=state, text=text)


def lock_form(*, case_form: CaseForm, reason: str, by: Actor) -> None:
    """From here on nobody changes the form, by any channel, until it is unlocked."""
    with acting(by, reason=reason):
        CaseForm.objects.filter(pk=case_form.pk, locked_at=None).update(
            locked_at=timezone.now(), locked_by=by.name, version=F("version") + 1
        )


def unlock_form(*, case_form: CaseForm, reason: str, by: Actor) -> None:
    with acting(by, reason=reason):
        CaseForm.objects.filter(pk=case_form.pk).exclude(locked_at=None).update(
            locked_at=None, locked_by="", version=F("version") + 1
        )
