"""Which queries the checks of one save raised and closed, as the page that answers the save tells it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm
from review.models import Query
from review.queries.reading import item_label
from values.counts import counted

# More than so many would hide the page; the list of queries has them all.
MOST = 8


@dataclass(frozen=True)
class QueriesOfSave:
    """`raised` anew or in other words, and `closed` because the values give no more cause."""

    raised: tuple[Query, ...] = ()
    closed: tuple[Query, ...] = ()

    def __add__(self, other: "QueriesOfSave") -> "QueriesOfSave":
        return QueriesOfSave(self.raised + other.raised, self.closed + other.closed)

    def in_words(self, saved: CaseForm) -> SafeString:
        """Both as a list, each query with a link to its field, and with its form where that is another than the one
        that was saved. Empty where nothing was asked and nothing closed."""
        if not self.raised and not self.closed:
            return SafeString("")
        elsewhere = {query.case_form_id for query in (*self.raised, *self.closed)} - {saved.pk}
        forms = {saved.pk: saved} | (CaseForm.objects.select_related("visit").in_bulk(elsewhere) if elsewhere else {})
        both = ((self.raised, "raised"), (self.closed, "closed"))
        parts = [_part(queries, done, saved, forms) for queries, done in both]
        return format_html_join("", "{}", ((part,) for part in parts if part))


def _part(queries: tuple[Query, ...], done: str, saved: CaseForm, forms: dict[int, CaseForm]) -> SafeString:
    if not queries:
        return SafeString("")
    noun = counted(len(queries), "query", "queries")
    further = f" And {len(queries) - MOST} more: see the list of queries." if len(queries) > MOST else ""
    lines: Iterable[tuple[str, str, str]] = (
        (reverse("query_field", args=[query.pk]), _place(query, saved, forms), query.text) for query in queries[:MOST]
    )
    listed = format_html_join("", '<li><a href="{}">{}</a>: {}</li>', lines)
    return format_html('<p class="mb-0">{} {}:</p><ul class="queries-of-save">{}</ul>{}', noun, done, listed, further)


def _place(query: Query, saved: CaseForm, forms: dict[int, CaseForm]) -> str:
    """The item, behind its form and visit where that is not the form that was saved."""
    form = forms[query.case_form_id or 0]
    item = item_label(form.code, query.item)
    if form is saved:
        return item or CATALOGUE[form.code].title
    return ", ".join(filter(None, [CATALOGUE[form.code].title, form.visit.label if form.visit else "", item]))
