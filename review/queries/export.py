"""The list of queries as a file: the rows that the filter shows, in their order, with the last step of each thread."""

import csv
from collections.abc import Iterable, Iterator
from tempfile import NamedTemporaryFile
from typing import Any

import xlsxwriter
from django.db.models import QuerySet

from audit.spreadsheet import Echo, as_text
from review.models import Query, QueryStep
from review.queries.assignees import name_of
from review.query_reading import ListedQuery

CHUNK = 2000
HEADER = (
    "query", "site", "subject", "visit", "form", "form_id", "item", "item_label", "state", "origin", "check", "text",
    "assigned_to", "opened_utc", "last_step_utc", "days_open", "days_since_last_step", "steps", "last_step_by",
    "last_step_text",
)  # fmt: skip
STEPS = ("query", "time_utc", "user", "role", "step", "text")


def as_csv(queries: QuerySet[Query]) -> Iterator[str]:
    """Lines of text, each cell guarded against being taken for a formula."""
    writer = csv.writer(Echo())
    yield writer.writerow(HEADER)
    for query in _read(queries):
        yield writer.writerow([as_text(cell) if isinstance(cell, str) else cell for cell in _row(query)])


def as_workbook(queries: QuerySet[Query]) -> bytes:
    """An XLSX with a sheet of queries and one of all their steps. Text is written as text: none becomes a formula."""
    with NamedTemporaryFile(suffix=".xlsx") as file:
        book = xlsxwriter.Workbook(file.name, {"constant_memory": True})
        sheets = book.add_worksheet("Queries"), book.add_worksheet("Steps")
        for sheet, head in zip(sheets, (HEADER, STEPS), strict=True):
            _write(sheet, 0, head)
        place = 0
        for number, query in enumerate(_read(queries), start=1):
            _write(sheets[0], number, _row(query))
            for step in query.steps.all():
                place += 1
                _write(sheets[1], place, _step(step))
        book.close()
        return file.read()


def _read(queries: QuerySet[Query]) -> Iterable[Query]:
    return queries.prefetch_related("steps").iterator(chunk_size=CHUNK)


def _row(query: Query) -> tuple[Any, ...]:
    listed, form, steps = ListedQuery(query), query.case_form, list(query.steps.all())
    last = steps[-1] if steps else QueryStep()
    return (
        query.pk,
        query.subject.site.code,
        query.subject.label,
        form.visit.code if form and form.visit else "",
        form.code if form else "",
        form.pk if form else "",
        query.item,
        listed.item_label,
        listed.state_words.lower(),
        query.origin,
        query.check_id,
        query.text,
        name_of(query),
        query.opened_at.isoformat(),
        query.changed_at.isoformat(),
        listed.days_open,
        listed.days_quiet,
        len(steps),
        last.actor_name,
        last.text,
    )


def _step(step: QueryStep) -> tuple[Any, ...]:
    what = "assigned" if step.is_assignment else step.state
    return step.query_id, step.at.isoformat(), step.actor_name, step.role, what, step.text


def _write(sheet: Any, row: int, cells: Iterable[Any]) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, int):
            sheet.write_number(row, column, cell)
        else:
            sheet.write_string(row, column, cell)
