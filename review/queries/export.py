"""The list of queries as a file: the rows that the filter shows, in their order, with the last step of each thread and
the signatures of the form that each lies on.

Read as plain rows, a thousand queries and their steps at a time: made into models, 40,000 of them took half a minute.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from assessments.checks import name_of
from audit.files import workbook
from cohorts.following import judging
from review.models import Query, QueryStep
from review.queries.assignees import ROLE
from review.queries.reading import days_open, item_label, state_words
from signature.manifest import signed_words

CHUNK = 1000
HEADER = (
    "query", "site", "subject", "visit", "protocol_version", "form", "form_id", "item", "item_label", "state",
    "origin", "check", "text", "assigned_to", "opened_utc", "last_step_utc",
    "days_open", "days_since_last_step", "steps", "last_step_by", "last_step_text", "form_signatures",
)  # fmt: skip
STEPS = ("query", "time_utc", "user", "role", "step", "text")
PLACES = (
    *("pk", "subject__site__code", "subject__label"),
    *("case_form__visit__code", "case_form__visit__protocol", "case_form__code", "case_form_id"),
)
FORM = PLACES.index("case_form_id")
OWN = ("item", "state", "reopened", "origin", "check_id", "text", "opened_at", "changed_at")


class ThreadStep(NamedTuple):
    query: int
    at: datetime
    user: str
    role: str
    state: str
    text: str


def as_rows(queries: QuerySet[Query]) -> Iterator[tuple[Any, ...]]:
    """One row a query, under their names."""
    yield HEADER
    for row, _ in _read(queries):
        yield row


def as_workbook(queries: QuerySet[Query]) -> bytes:
    """An XLSX with a sheet of queries and one of all their steps."""
    return workbook({"Queries": HEADER, "Steps": STEPS}, _of_both_sheets(queries))


def _of_both_sheets(queries: QuerySet[Query]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for row, thread in _read(queries):
        yield "Queries", row
        for step in thread:
            yield "Steps", (step.query, step.at.isoformat(), *step[2:])


def _read(queries: QuerySet[Query]) -> Iterator[tuple[tuple[Any, ...], list[ThreadStep]]]:
    """Each query as a row of HEADER, with its steps."""
    now = timezone.now()
    names = (*PLACES, *OWN, "assigned_to__username", "assigned_role")
    rows = queries.values_list(*names).iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        threads = _threads([row[0] for row in chunk])
        signed = signed_words(row[FORM] for row in chunk if row[FORM])
        for row in chunk:
            thread = threads[row[0]]
            yield (*_row(row, thread, now), signed.get(row[FORM], "")), thread


def _threads(keys: list[int]) -> dict[int, list[ThreadStep]]:
    threads: dict[int, list[ThreadStep]] = defaultdict(list)
    names = ("query_id", "at", "actor_name", "role", "state", "text", "is_assignment", "is_comment")
    for *step, is_assignment, is_comment in QueryStep.objects.filter(query__in=keys).order_by("id").values_list(*names):
        step_shown, kind = ThreadStep(*step), "assigned" if is_assignment else "comment" if is_comment else ""
        threads[step_shown.query].append(step_shown._replace(state=kind) if kind else step_shown)
    return threads


def _row(row: tuple[Any, ...], thread: list[ThreadStep], now: datetime) -> tuple[Any, ...]:
    query, site, subject, visit, version, form, form_id = row[: len(PLACES)]
    item, state, reopened, origin, check, text, opened_at, changed_at, user, role = row[len(PLACES) :]
    last = thread[-1] if thread else None
    return (
        *(query, site, subject, visit or "", judging(version).version if visit else "", form or "", form_id or ""),
        *(item, item_label(form, item) if form else "", state_words(state, reopened).lower()),
        *(origin, name_of(check), text),
        user or (f"{ROLE}{role}" if role else ""),
        *(opened_at.isoformat(), changed_at.isoformat()),
        *(days_open(state, opened_at, changed_at, now), (now - changed_at).days),
        *(len(thread), last.user if last else "", last.text if last else ""),
    )
