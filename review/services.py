"""Every write to queries: those that checks raise at a save, and each step that people take at one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.access import Access
from accounts.actor import SYSTEM, Actor, acting
from accounts.roles import Permission
from assessments.models import CaseForm
from cohorts.models import Subject
from database.prepared import Prepared
from review.models import CheckRun, Origin, Query, QueryState, QueryStep
from review.of_a_save import QueriesOfSave
from review.queries.assignees import NOBODY, Assignee
from values.dates import shown_date

LIVE = (QueryState.OPEN, QueryState.ANSWERED)


class NotAllowed(Exception):
    """The step does not fit the query's or form's state; the message says why."""


@dataclass(frozen=True)
class QueryMove:
    """A step that people take: by one of which rights, from which states, to which (None leaves it as it is)."""

    rights: tuple[Permission, ...]
    of: tuple[QueryState, ...]
    to: QueryState | None
    manual_only: bool = False

    def right_of(self, access: Access, site_id: int | None = None) -> Permission:
        """The right by which this user may take it at a site, or anywhere; the first where none of them may."""
        return next((right for right in self.rights if access.can(right, site_id)), self.rights[0])


SITES, MONITORS = Permission.ANSWER_QUERY, Permission.CLOSE_QUERY
ANSWER = QueryMove((SITES,), (QueryState.OPEN,), QueryState.ANSWERED)
COMMENT = QueryMove((SITES, MONITORS), LIVE, None)
CLOSE = QueryMove((MONITORS,), LIVE, QueryState.CLOSED)
REOPEN = QueryMove((MONITORS,), (QueryState.ANSWERED, QueryState.CLOSED, QueryState.CANCELLED), QueryState.OPEN)
CANCEL = QueryMove((MONITORS,), LIVE, QueryState.CANCELLED, manual_only=True)
ASSIGN = QueryMove((MONITORS,), LIVE, None)


@dataclass(frozen=True)
class CheckFinding:
    """What a check found: at which form and item, in words that name the values."""

    case_form_id: int
    item: str
    check_id: str
    text: str


def sync_check_queries(
    *,
    checks: Iterable[str],
    findings: Iterable[CheckFinding],
    case_form_ids: Collection[int] | QuerySet = (),
    subject_ids: Collection[int] = (),
    run: CheckRun | None = None,
) -> QueriesOfSave:
    """Make the live queries of `checks` at these forms, or at every form of these subjects, say what was found: open
    the new, close the gone. Returns which.

    A query that an answer explained stays with the monitor; one that a person closed is not asked again in the same
    words. At a locked form nothing is asked and nothing closed. Runs in the transaction of the change that was checked,
    or in that of a `run` of all checks, whose the steps then are.
    """
    by_place = {(finding.case_form_id, finding.item, finding.check_id): finding for finding in findings}
    raised, closed = [], []
    for query in _live(set(checks), case_form_ids, subject_ids):
        finding = by_place.pop((query.case_form_id, query.item, query.check_id), None)  # type: ignore[arg-type]
        if finding is None:
            closed.append(_step(query, QueryState.CLOSED, "The value no longer gives cause.", SYSTEM, run=run))
        elif finding.text != query.text:
            query.text, query.reopened = finding.text, query.reopened or query.state == QueryState.ANSWERED
            raised.append(_step(query, QueryState.OPEN, finding.text, SYSTEM, run=run))
    if by_place:
        raised += _open_all(_not_settled(by_place.values()), run)
    return QueriesOfSave(tuple(raised), tuple(closed))


def not_asked_before(findings: Collection[CheckFinding]) -> list[CheckFinding]:
    """Those that a save would ask: neither asked at present in these words, nor settled by a person."""
    at = {finding.case_form_id for finding in findings}
    live = Query.objects.filter(origin=Origin.SYSTEM, state__in=LIVE, case_form__in=at)
    known = {CheckFinding(*values) for values in live.values_list("case_form_id", "item", "check_id", "text")}
    return _not_settled([finding for finding in findings if finding not in known])


def _live(checks: set[str], case_form_ids: Collection[int] | QuerySet, subject_ids: Collection[int]) -> list[Query]:
    """Locked, so that an answer given at this moment is not overwritten. A save asks for one subject or one form."""
    if len(subject_ids) == 1:
        queries = LIVE_OF.all(*subject_ids)
    elif not subject_ids and isinstance(case_form_ids, list) and len(case_form_ids) == 1:
        queries = LIVE_AT.all(*case_form_ids)
    else:
        of = {"subject__in": subject_ids} if subject_ids else {"case_form__in": case_form_ids}
        queries = list(_system_queries().filter(**of))
    return [query for query in queries if query.check_id in checks]


def _system_queries() -> QuerySet[Query]:
    live = Query.objects.filter(origin=Origin.SYSTEM, state__in=LIVE, case_form__locked_at=None)
    return live.select_for_update(of=("self",)).order_by("-id")


# Built once: nearly every save asks.
LIVE_OF = Prepared(lambda subject: _system_queries().filter(subject=subject))
LIVE_AT = Prepared(lambda case_form: _system_queries().filter(case_form=case_form))


def _not_settled(findings: Collection[CheckFinding]) -> list[CheckFinding]:
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
        CheckFinding(query.case_form_id, query.item, query.check_id, query.text)  # type: ignore[arg-type]
        for query in (step.query for step in last.values() if step.role != SYSTEM.role)
    }
    return [finding for finding in findings if finding not in settled]


def _open_all(findings: list[CheckFinding], run: CheckRun | None) -> list[Query]:
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
    QueryStep.objects.bulk_create(_as_step(query, query.state, query.text, SYSTEM, run=run) for query in opened)
    return opened


def close_with_entry(*, case_form: CaseForm, text: str) -> None:
    """Close what is asked of a form that is withdrawn as entered in error. Runs in the transaction that withdraws it.

    By the system: a site never closes a monitor's query, and `reopen_with_entry` asks again once the form is back.
    """
    for query in Query.objects.select_for_update().filter(case_form=case_form, state__in=LIVE).order_by("pk"):
        _step(query, QueryState.CLOSED, text, SYSTEM)


def reopen_with_entry(*, case_form: CaseForm, text: str) -> None:
    """Open again what people had asked of the form when it was withdrawn; what checks ask is found by them."""
    last = QueryStep.objects.filter(query=OuterRef("pk")).order_by("-pk")
    closed = Query.objects.filter(case_form=case_form, origin=Origin.MANUAL, state=QueryState.CLOSED)
    for query in closed.annotate(closed_by=Subquery(last.values("role")[:1])).filter(closed_by=SYSTEM.role):
        query.reopened = True
        _step(query, QueryState.OPEN, text, SYSTEM)


def raise_query(
    *,
    text: str,
    by: Actor,
    case_form: CaseForm | None = None,
    subject: Subject | None = None,
    item: str = "",
    to: Assignee = NOBODY,
) -> Query:
    """A question to the site, at a form or one of its items, or at the subject as a whole.

    NotAllowed at a locked form; a frozen one takes questions and answers still.
    """
    with acting(by):
        return raise_all(questions=[Question(_subject_id(case_form, subject), case_form, item, text, to)], by=by)[0]


@dataclass(frozen=True)
class Question:
    """What is asked where: of a form or of the subject as a whole."""

    subject_id: int
    case_form: CaseForm | None
    item: str
    text: str
    to: Assignee = NOBODY


def raise_all(*, questions: Sequence[Question], by: Actor) -> list[Query]:
    """All of them or, where a form is locked, none. By one actor, so of one site."""
    with acting(by):
        locked = hold_forms(question.case_form.pk for question in questions if question.case_form)
        for form in locked.values():
            raise NotAllowed(_locked(form))
        raised = Query.objects.bulk_create(_as_query(question) for question in questions)
        QueryStep.objects.bulk_create(_as_step(query, QueryState.OPEN, query.text, by) for query in raised)
    return raised


def answer_query(*, query: Query, text: str, by: Actor) -> Query:
    """The site's answer: the value was changed, or why it stands."""
    return take_step(query=query, step=ANSWER, text=text, by=by)


def comment_on_query(*, query: Query, text: str, by: Actor) -> Query:
    """Words in the thread, by the site or by a monitor; the state stays as it is."""
    return take_step(query=query, step=COMMENT, text=text, by=by)


def close_query(*, query: Query, text: str, by: Actor) -> Query:
    return take_step(query=query, step=CLOSE, text=text, by=by)


def reopen_query(*, query: Query, text: str, by: Actor) -> Query:
    return take_step(query=query, step=REOPEN, text=text, by=by)


def cancel_query(*, query: Query, text: str, by: Actor) -> Query:
    """A person's question that should not have been asked. It comes back only where somebody opens it again."""
    return take_step(query=query, step=CANCEL, text=text, by=by)


def take_step(*, query: Query, step: QueryMove, text: str, by: Actor) -> Query:
    """NotAllowed, saying why, where the query or its form has moved on."""
    with acting(by):
        locked = hold_forms([query.case_form_id])
        query = Query.objects.select_for_update().get(pk=query.pk)
        why = obstacle(query, step, locked, asked_again([query], step))
        if why:
            raise NotAllowed(why)
        query.reopened = step is REOPEN or query.reopened
        return _step(query, step.to or QueryState(query.state), text, by, is_comment=step is COMMENT)


def assign_query(*, query: Query, to: Assignee, text: str = "", by: Actor) -> Query:
    """Assign it; the state stays. `text` are words for the thread beside the name."""
    with acting(by):
        locked = hold_forms([query.case_form_id])
        query = Query.objects.select_for_update().get(pk=query.pk)
        why = obstacle(query, ASSIGN, locked, set())
        if why:
            raise NotAllowed(why)
        query.assigned_to_id, query.assigned_role = to.user_id, to.role
        query.save(update_fields=["assigned_to", "assigned_role", "changed_at"])
        assignment_step(query, to, text, by).save()
        return query


def assignment_step(query: Query, to: Assignee, text: str, by: Actor) -> QueryStep:
    step = _as_step(query, query.state, f"{to.step} {text}".strip(), by)
    step.is_assignment = True
    return step


def obstacle(query: Query, step: QueryMove, locked: Mapping[int, CaseForm], repeated: Collection[int]) -> str:
    """Why the step is not open at this query, "" if it is. `locked` is hold_forms', `repeated` asked_again's."""
    if query.state not in step.of:
        return f"This query is already {query.get_state_display().lower()}."
    if step.manual_only and query.origin == Origin.SYSTEM:
        return "A check raised this query: close it instead, and it is not raised again with the same text."
    if form := locked.get(query.case_form_id or 0):
        return _locked(form)
    return "The check has already raised this in another query." if query.pk in repeated else ""


def asked_again(queries: Iterable[Query], step: QueryMove) -> set[int]:
    """Keys of closed queries of checks that cannot be opened again, because their check has asked anew."""
    closed = [query for query in queries if query.origin == Origin.SYSTEM and query.state == QueryState.CLOSED]
    if step is not REOPEN or not closed:
        return set()
    live = Query.objects.filter(
        origin=Origin.SYSTEM, state__in=LIVE, case_form__in={query.case_form_id for query in closed}
    )
    known: set[tuple[int | None, str, str]] = set(live.values_list("case_form_id", "item", "check_id"))
    keys = set()
    for query in closed:
        asks = (query.case_form_id, query.item, query.check_id)
        if asks in known:
            keys.add(query.pk)
        known.add(asks)
    return keys


def hold_forms(keys: Iterable[int | None]) -> dict[int, CaseForm]:
    """The forms are held, so that nobody locks or withdraws them at this moment. Gives those that take no step, by
    key."""
    form_keys = {key for key in keys if key is not None}
    if not form_keys:
        return {}
    forms = CaseForm.every.select_for_update(no_key=True).filter(pk__in=form_keys).order_by("pk")
    return {form.pk: form for form in forms if form.locked_at or form.withdrawn_at}


def _locked(form: CaseForm) -> str:
    if not form.locked_at:
        return (
            f"The form was entered in error and withdrawn on {shown_date(form.withdrawn_at)}: no query can be raised."
        )
    return f"The form was locked by {form.locked_by} on {shown_date(form.locked_at)}: nothing changes."


def _subject_id(case_form: CaseForm | None, subject: Subject | None) -> int:
    if case_form is not None:
        return case_form.subject_id
    assert subject is not None, "a query is at a form or at a subject"
    return subject.pk


def _as_query(question: Question) -> Query:
    place = {"subject_id": question.subject_id, "case_form": question.case_form, "item": question.item}
    return Query(**place, text=question.text, assigned_to_id=question.to.user_id, assigned_role=question.to.role)


def _step(query: Query, state: QueryState, text: str, by: Actor, **more: Any) -> Query:
    query.state = state
    query.save(update_fields=["state", "text", "reopened", "changed_at"])
    _as_step(query, state, text, by, **more).save()
    return query


def _as_step(query: Query, state: str, text: str, by: Actor, **more: Any) -> QueryStep:
    """`more` are further columns of the step: `is_comment`, `run`."""
    whose = {"subject_id": query.subject_id, "actor_name": by.name, "role": by.role}
    return QueryStep(query=query, **whose, state=state, text=text, **more)
