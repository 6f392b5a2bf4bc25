"""What pages, files and the API list of queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from accounts.access import Access
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.checks import id_of
from assessments.items import by_version, items_of
from assessments.models import Lesion
from review.models import Query, QueryState
from review.queries.assignees import ROLE, of_user, words_of
from review.row_items import PLACED, ROW_ITEM

LIVE, REOPENED = "live", "reopened"
LINKED = ("subject__site", "case_form__visit", "assigned_to")
# An item of any row, as a filter names it.
ANY_ROW = "rows[]-"
NOBODY, ME = "nobody", "me"


def found_queries(access: Access, filters: Mapping[str, Any]) -> QuerySet[Query]:
    """The queries that the user may see and asked for, in no order.

    `state` "live" is open or answered, "reopened" open for another time; `age` and `quiet` are whole days at least
    since the opening and since the last step, `age_to` at most; `item` may name an item of any row ("rows[]-state");
    `assignee` is "me" (in person or by a role), "nobody", a user name or "role:monitor".
    """
    queries = access.limit(Query.objects.all(), Permission.VIEW_SUBJECTS, site="subject__site_id")
    plain = {
        "subject__site": "site",
        "subject": "subject",
        "case_form__code": "form",
        "case_form": "case_form",
        "case_form__visit__code__iexact": "visit",
        "origin": "origin",
    }
    if check := filters.get("check"):
        queries = queries.filter(check_id=id_of(check))
    queries = queries.filter(**{lookup: filters[name] for lookup, name in plain.items() if filters.get(name)})
    queries = queries.filter(_item(filters), _state(filters), _days(filters), _assignee(access, filters))
    if filters.get("q"):
        queries = queries.filter(Q(subject__label__icontains=filters["q"]) | Q(text__icontains=filters["q"]))
    return queries.select_related(*LINKED)


def _item(filters: Mapping[str, Any]) -> Q:
    item = filters.get("item") or ""
    if item.startswith(ANY_ROW):
        return Q(item__startswith="rows[", item__endswith=f"]-{item.removeprefix(ANY_ROW)}")
    return Q(item=item) if item else Q()


def _state(filters: Mapping[str, Any]) -> Q:
    state = filters.get("state")
    if state == LIVE:
        return Q(state__in=(QueryState.OPEN, QueryState.ANSWERED))
    if state == REOPENED:
        return Q(state=QueryState.OPEN, reopened=True)
    return Q(state=state) if state else Q()


def _days(filters: Mapping[str, Any]) -> Q:
    now, condition = timezone.now(), Q()
    if filters.get("age"):
        condition &= Q(opened_at__lte=now - timedelta(days=int(filters["age"])))
    if filters.get("age_to") is not None:
        condition &= Q(opened_at__gt=now - timedelta(days=int(filters["age_to"]) + 1))
    if filters.get("quiet"):
        condition &= Q(changed_at__lte=now - timedelta(days=int(filters["quiet"])))
    return condition


def _assignee(access: Access, filters: Mapping[str, Any]) -> Q:
    name = filters.get("assignee") or ""
    if name == ME:
        return of_user(access)
    if name == NOBODY:
        return Q(assigned_to=None, assigned_role="")
    if name.startswith(ROLE):
        return Q(assigned_role=name.removeprefix(ROLE))
    return Q(assigned_to__username=name) if name else Q()


def days_open(state: str, opened_at: datetime, changed_at: datetime, now: datetime) -> int:
    """Whole days from the opening to now, or to when it was closed."""
    return ((now if state in (QueryState.OPEN, QueryState.ANSWERED) else changed_at) - opened_at).days


def state_words(state: str, reopened: bool) -> str:
    return "Re-opened" if state == QueryState.OPEN and reopened else str(QueryState(state).label)


@dataclass(frozen=True, slots=True)
class ListedQuery:
    """A query with what a page says of it beyond its row."""

    query: Query

    @property
    def days_open(self) -> int:
        """Days from opening to now, or to when it was closed."""
        return days_open(self.query.state, self.query.opened_at, self.query.changed_at, timezone.now())

    @property
    def days_quiet(self) -> int:
        """Days since the last step."""
        return (timezone.now() - self.query.changed_at).days

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
    def turn(self) -> str:
        return words_of(self.query)

    @property
    def state_words(self) -> str:
        return state_words(self.query.state, self.query.reopened)

    @property
    def field_url(self) -> str:
        """Leads on to the field that is asked about, or to where one sees why it is not shown."""
        return reverse("query_field", args=[self.query.pk])


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
    models = (Lesion, model) if row and form_type.has_lesions else (model,)
    return next((label for of_model in models if (label := _labels(of_model).get(name))), name) + row


def _labels(model: type[Model]) -> dict[str, str]:
    def made() -> dict[str, str]:
        return {field.name: capfirst(str(field.verbose_name)) for field, _ in items_of(model)}

    labels: dict[str, str] = by_version(f"labels {model.__name__}", made)
    return labels
