"""What the pages and the API list of queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from accounts.access import Access
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.items import items_of
from review.models import Query, QueryState
from review.row_items import PLACED, ROW_ITEM, field_id

LIVE = "live"
LINKED = ("subject__site", "case_form__visit")


def found_queries(access: Access, wanted: Mapping[str, Any]) -> QuerySet[Query]:
    """The queries that the user may see and asked for; `state` "live" is open or answered, `age` days at least."""
    queries = access.limit(Query.objects.all(), Permission.VIEW_SUBJECTS, site="subject__site_id")
    plain = {
        "subject__site": "site",
        "case_form__code": "form",
        "case_form": "case_form",
        "item": "item",
        "check_id": "check",
        "origin": "origin",
    }
    queries = queries.filter(**{lookup: wanted[name] for lookup, name in plain.items() if wanted.get(name)})
    if wanted.get("q"):
        queries = queries.filter(Q(subject__label__icontains=wanted["q"]) | Q(text__icontains=wanted["q"]))
    if wanted.get("state") == LIVE:
        queries = queries.filter(state__in=(QueryState.OPEN, QueryState.ANSWERED))
    elif wanted.get("state"):
        queries = queries.filter(state=wanted["state"])
    if wanted.get("age"):
        queries = queries.filter(opened_at__lte=timezone.now() - timedelta(days=int(wanted["age"])))
    return queries.select_related(*LINKED)


@dataclass(frozen=True, slots=True)
class ListedQuery:
    """A query with what a page says of it beyond its row."""

    query: Query

    @property
    def days_open(self) -> int:
        """Days from opening to now, or to when it was closed."""
        live = self.query.state in (QueryState.OPEN, QueryState.ANSWERED)
        return ((timezone.now() if live else self.query.changed_at) - self.query.opened_at).days

    @property
    def form_title(self) -> str:
        return CATALOGUE[self.query.case_form.code].title if self.query.case_form else "Subject"

    @property
    def item_label(self) -> str:
        return item_label(self.query.case_form.code, self.query.item) if self.query.case_form else ""

    @property
    def visit_label(self) -> str:
        visit = self.query.case_form.visit if self.query.case_form else None
        return visit.label if visit else ""

    @property
    def field_url(self) -> str:
        """The form, landing on the field that is asked about."""
        if self.query.case_form is None:
            return reverse("subject", args=[self.query.subject_id])
        field = field_id(self.query.case_form, self.query.item)
        return reverse("form", args=[self.query.case_form_id]) + (f"#{field}" if field else "")


def listed(queries: Iterable[Query]) -> list[ListedQuery]:
    if isinstance(queries, QuerySet):
        queries = queries.select_related(*LINKED)
    return [ListedQuery(query) for query in queries]


def item_label(code: str, item: str) -> str:
    """The words of an item, of the form's record or of one of its rows ("rows[T03]-state"); "" for a whole form."""
    if not item:
        return ""
    form_type = CATALOGUE[code]
    name, model = item, form_type.record
    row = ""
    of_row = ROW_ITEM.fullmatch(item) or PLACED.fullmatch(item)
    if of_row and form_type.rows is not None:
        which = of_row[1] if item.startswith("rows[") else str(int(of_row[1]) + 1)
        name, model, row = of_row[2], form_type.rows, f" (row {which})" if which.isdecimal() else f" ({which})"
    labels = {field.name: capfirst(str(field.verbose_name)) for field, _ in items_of(model)}
    return labels.get(name, name) + row
