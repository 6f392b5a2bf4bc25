"""The trail in words. Tables and columns are the models' own: their names, labels and choices say what changed.

Asked of Django's registry, so that this app, which stands below those that own the tables, imports none of them.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import DateField, DateTimeField, Field, Model
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst

from audit.models import Event
from values.counts import counted
from values.dates import shown_date
from values.numbers import written
from values.times import shown_moment

DONE = {"insert": "created", "update": "changed", "delete": "deleted"}
OWN_APPS = (
    *("accounts", "cohorts", "laboratory", "terminology", "assessments", "review", "sdv", "signature", "trail"),
    *("safety", "worklists", "staff", "protocol", "randomisation"),
)
EMPTY: tuple[Any, ...] = (None, "", [])
# Keys that say nothing of their own: the row's place is shown beside the change.
PLUMBING = frozenset(
    {
        "id",
        "case_form_id",
        "subject_id",
        "version",
        "lesion_id",
        "query_id",
        "visit_id",
        "at",
        "actor_name",
        "opened_at",
        "changed_at",
    }
)


Named = Mapping[tuple[str, int], str]


# What gives the tables that this trial has no use for. The apps that know it put it here when they start.
UNUSED: list[Callable[[], set[str]]] = []


class Change(NamedTuple):
    item: str
    label: str
    old: str | None
    new: str | None


@cache
def models_by_table() -> dict[str, type[Model]]:
    return {model._meta.db_table: model for model in apps.get_models()}


def table_label(table: str) -> str:
    model = models_by_table().get(table)
    return capfirst(str(model._meta.verbose_name)) if model else table


def table_choices(*, of_sites: bool = False) -> list[tuple[str, str]]:
    """The tables whose changes a reader may look for, by their label; `of_sites` only those that sites have rows of."""
    unused = {table for of in UNUSED for table in of()}
    ours = {
        table: model
        for table, model in models_by_table().items()
        if table.split("_")[0] in OWN_APPS and table not in unused
    }
    choices = [(table, table_label(table)) for table, model in ours.items() if not of_sites or _is_of_a_site(model)]
    return sorted(choices, key=lambda choice: choice[1])


def _is_of_a_site(model: type[Model]) -> bool:
    """As the trigger finds the site of a row: by these columns, or as the site itself."""
    names = {field.column for field in model._meta.concrete_fields}
    return model._meta.db_table == "accounts_site" or bool(names & {"site_id", "subject_id", "case_form_id"})


def what(event: Event) -> str:
    return f"{table_label(event.table_name)} {DONE.get(event.action, event.action)}"


def changes(event: Event, item: str = "", named: Named | None = None) -> list[Change]:
    """(item, label, old, new) of each column that changed; of a new or deleted row, each that has a value.

    `named` gives words for keys of other rows: {("cohort_id", 4): "Everolimus 5 mg daily"}.
    """
    named = named or {}
    old, new = event.old or {}, event.new or {}
    names = [item] if item else [name for name in _in_order(event.table_name, {*old, *new}) if name not in PLUMBING]
    return [
        Change(name, _label(event.table_name, name), _words(event, name, old, named), _words(event, name, new, named))
        for name in names
        if old.get(name) not in EMPTY or new.get(name) not in EMPTY
    ]


def _in_order(table: str, names: set[str]) -> Iterator[str]:
    """As the form has them."""
    known = _fields(table)
    yield from (name for name in known if name in names)
    yield from sorted(names.difference(known))


@cache
def _fields(table: str) -> dict[str, Field]:
    """The model's fields by column; a column that no model has (any more) is not among them."""
    model = models_by_table().get(table)
    return {field.attname: field for field in model._meta.concrete_fields} if model else {}


# What gives a column under the words of the protocol file, None where the model's own hold. The app of the forms, which
# this one cannot import, puts it here when it starts.
PLANNED: list[Callable[[type[Model], str], Field | None]] = []


def _field(table: str, name: str) -> Field | None:
    model = models_by_table().get(table)
    planned = [field for of in PLANNED if model is not None and (field := of(model, name)) is not None]
    return planned[0] if planned else _fields(table).get(name)


def _label(table: str, name: str) -> str:
    field = _field(table, name)
    return capfirst(str(field.verbose_name)) if field is not None else name


def _choices(table: str, name: str) -> dict[Any, Any]:
    field = _field(table, name)
    return dict(field.flatchoices) if field is not None and field.choices else {}


@lru_cache(4096)
def _holds_dates(table: str, name: str) -> bool:
    """Whether a column holds days, of which some may be known in part."""
    field = _fields(table).get(name)
    is_day = isinstance(field, DateField) and not isinstance(field, DateTimeField)
    return is_day or getattr(field, "holds_dates", False)


def _words(event: Event, name: str, values: Mapping[str, Any], named: Named) -> str | None:
    """A stored value as a screen shows it; None where there is none."""
    value = values.get(name)
    if value in EMPTY:
        return None
    if isinstance(value, int) and (name, value) in named:
        return named[name, value]
    choices = _choices(event.table_name, name)
    # A document of its moment, such as a report: its own page shows it, masked for its reader.
    if isinstance(value, dict) or (isinstance(value, list) and isinstance(value[0], dict)):
        return counted(len(value), "entry", "entries")
    if isinstance(value, list):
        return " + ".join(_number(part) for part in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value in choices:
        return str(choices[value])
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str) and _holds_dates(event.table_name, name):
        return shown_date(value)
    return _time(value) if isinstance(value, str) and "T" in value else str(value)


def _number(value: Any) -> str:
    """As its page writes it: 71 for the 71.0 of a column with one decimal. Of a list that holds texts, the text."""
    return written(Decimal(str(value))) if isinstance(value, float) else str(value)


def _time(text: str) -> str:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return text
    return shown_moment(moment, seconds=True) if moment else text
