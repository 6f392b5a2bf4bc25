"""The data point that a query is about, as the record has it now: also where its page does not show it."""

from dataclasses import dataclass

from django.urls import reverse

from accounts.access import Access
from assessments.catalogue import CATALOGUE
from assessments.entering.absences import PREFIX
from assessments.entering.entry import Entry, row_name
from assessments.forms.items import ItemForm
from assessments.pages.reading import with_unit
from assessments.reading.deidentified import may_identify, withhold
from components.templatetags.form_rows import stored_text
from review.models import Query
from review.row_items import ROW_ITEM

HIDDEN = "The item does not apply at present, because of another answer on the form."
STRUCK = "The row was removed. It stays in the record with its content."
GONE = "The form no longer has this row. The trail keeps its content."


@dataclass(frozen=True)
class Point:
    """`url` lands on it. `why` says what a reader would wonder about: why the page does not ask for it, or has it
    struck out. `shown` is False where its own page does not show it."""

    url: str
    words: str = ""
    why: str = ""
    shown: bool = True


def point_of(query: Query, access: Access) -> Point:
    """Masked as everywhere for those who may not see what could tell who a subject is."""
    case_form = query.case_form
    if case_form is None:
        return Point(reverse("subject", args=[query.subject_id]))
    page = reverse("form", args=[case_form.pk])
    if not query.item:
        return Point(page)
    entry = Entry(CATALOGUE[case_form.code], subject=query.subject, case_form=case_form)
    if not may_identify(access, query.subject.site_id):
        withhold(entry)
    of_row = ROW_ITEM.fullmatch(query.item)
    if of_row is None:
        return _of_form(page, entry.record_form, query.item)
    for place, row in enumerate(entry.rows or ()):
        if row_name(row.initial) == of_row[1]:
            return _of_row(f"{page}#id_rows-{place}-{of_row[2]}", row, of_row[2])
    return Point(page, why=GONE, shown=False)


def _of_form(page: str, form: ItemForm, name: str) -> Point:
    item = form.item_of.get(name)
    if item is None:
        return Point(f"{page}#id_{name}")
    applies = item.applies(form.initial)
    return Point(f"{page}#id_{name}", _words(form, name, item.unit), "" if applies else HIDDEN, shown=applies)


def _of_row(url: str, row: ItemForm, name: str) -> Point:
    item = row.item_of.get(name)
    words = _words(row, name, item.unit if item else "") if name in row.fields else ""
    return Point(url, words, STRUCK if row.initial.get("struck_out") else "")


def _words(form: ItemForm, name: str, unit: str) -> str:
    reason = f"{PREFIX}{name}"
    lacking = stored_text(form[reason]) if reason in form.fields else ""
    return lacking or with_unit(stored_text(form[name]), unit)


def landing_of(query: Query, access: Access) -> str:
    """Where a link to the data point leads: to its own page, or to the thread, which shows what that page hides."""
    point = point_of(query, access)
    return point.url if point.shown else reverse("query", args=[query.pk]) + "#point"
