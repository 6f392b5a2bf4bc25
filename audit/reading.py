"""What the pages, the API and exports read of the trail: newest first, by key, limited to the user's sites."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.db.models import Count, F, Max, Min, Q, QuerySet

from accounts.access import Access
from accounts.actor import SYSTEM
from accounts.models import User
from accounts.roles import Permission
from audit.kinds import STAMPS, of_kind, stamps, tables_with
from audit.models import AccessEvent, Event

CLOSURES = "signature_closure"
PLAIN = {
    "role": "role",
    "site": "site_id",
    "subject_id": "subject_id",
    "form": "case_form_id",
    "table": "table_name",
    "action": "action",
    "channel": "channel",
}


def found_events(
    access: Access, filters: Mapping[str, Any], permission: Permission = Permission.VIEW_TRAIL
) -> QuerySet[Event]:
    """The events that the user may see and asked for. What belongs to no site is for those who see all sites.

    `who` is a user name, `kind` one of audit.kinds, `form_type` the code of a form, `item` a column, `since` and
    `until` aware moments (both included), `before` the key of the oldest event seen so far.

    A freeze or lock is one event, that of its act. The marks that it left at each form are there for whoever asks for
    one form, for them by their kind, or for one of their columns: after two locks they are nearly all that there is.
    """
    events = access.limit(Event.objects.order_by("-id"), permission)
    events = events.filter(**{lookup: _key(filters[name]) for name, lookup in PLAIN.items() if filters.get(name)})
    if not (filters.get("form") or filters.get("kind") == "form_locks" or filters.get("item") in STAMPS):
        events = events.filter(~stamps())
    if filters.get("kind"):
        events = events.filter(of_kind(filters["kind"]))
    if filters.get("form_type"):
        # Asked of the registry: the forms are of an app above this one.
        forms = apps.get_model("assessments", "CaseForm").every.filter(code=filters["form_type"])
        events = events.filter(case_form_id__in=forms.values("pk"))
    if filters.get("item"):
        events = _with_item(events, filters["item"])
    return _between(_with_keys_of(_by(events, filters), filters), filters)


def forms_of_acts(events: Iterable[Event]) -> dict[int, int]:
    """By the key of each event of a freeze, lock or opening among these, how many forms it marked. One statement."""
    acts = {event.pk: (event.transaction, event.reason) for event in events if event.table_name == CLOSURES}
    if not acts:
        return {}
    marks = Event.objects.filter(stamps(), transaction__in={transaction for transaction, _ in acts.values()})
    counted = marks.order_by().values_list("transaction", "reason").annotate(number=Count("pk"))
    numbers = {(transaction, reason): number for transaction, reason, number in counted}
    return {event: numbers.get(act, 0) for event, act in acts.items()}


def _with_keys_of(events: QuerySet[Event], filters: Mapping[str, Any]) -> QuerySet[Event]:
    """Limited to the keys of the time that was asked for, too: a page is read by key, and would be looked for among
    all that came later."""
    events_between = _between(Event.objects.all(), {name: filters.get(name) for name in ("since", "until")})
    if not events_between.query.where:
        return events
    # "+ 0": asked for the greatest key itself, the server would walk down the keys, which is what this is to spare.
    first, last = events_between.aggregate(first=Min(F("id") + 0), last=Max(F("id") + 0)).values()
    return events.none() if first is None else events.filter(id__gte=first, id__lte=last)


def _with_item(events: QuerySet[Event], item: str) -> QuerySet[Event]:
    """Where the item can be, which an index answers, and is. One that no table has any more is looked for anywhere."""
    tables = tables_with(item)
    if len(tables) == 1:
        events = events.filter(table_name=tables[0])
    elif tables:
        events = events.filter(table_name__in=tables)
    return events.filter(Q(old__has_key=item) | Q(new__has_key=item))


def acted(name: str) -> bool:
    """Whether there is such a user name, or the trail, as far as it is shown, names somebody by it."""
    name = name.strip().lower()
    return (
        name == SYSTEM.name
        or User.objects.filter(username=name).exists()
        or Event.objects.filter(actor_name=name).exists()
    )


def was_at_the_door(name: str) -> bool:
    """The same of the log of access: it has names that nobody holds, typed where somebody signs in."""
    name = name.strip().lower()
    return User.objects.filter(username=name).exists() or AccessEvent.objects.filter(actor_name=name).exists()


def ever_held(item: str) -> bool:
    """Whether a table has such a column, or had one when something changed there."""
    return bool(tables_with(item)) or _with_item(Event.objects.all(), item).exists()


NO_USER = "user name"
NO_COLUMN = "column of any table"


def found_access(filters: Mapping[str, Any]) -> QuerySet[AccessEvent]:
    """The log of access, of everybody: who may read it is the page's question."""
    events = AccessEvent.objects.order_by("-id")
    if filters.get("kind"):
        events = events.filter(kind=filters["kind"])
    return _between(_by(events, filters), filters)


def _by(events: QuerySet, filters: Mapping[str, Any]) -> QuerySet:
    return events.filter(actor_name=filters["who"].strip().lower()) if filters.get("who") else events


def _between(events: QuerySet, filters: Mapping[str, Any]) -> QuerySet:
    if filters.get("since"):
        events = events.filter(at__gte=filters["since"])
    if filters.get("until"):
        events = events.filter(at__lte=filters["until"])
    if filters.get("before"):
        events = events.filter(id__lt=filters["before"])
    return events


def _key(value: Any) -> Any:
    return getattr(value, "pk", value)
