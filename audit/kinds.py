"""Kinds of event: what a reader of the trail looks for, as the tables whose rows tell of it.

By the names of tables, so that one that is made later falls under its kind by itself.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT

from audit.models import Event
from audit.wording import OWN_APPS, models_by_table


class TrailKind(NamedTuple):
    """`tables` is a pattern of the names of tables; `columns`, where given, narrows it to changes of one of them."""

    code: str
    label: str
    tables: str
    columns: tuple[str, ...] = ()


OTHER = "other"
# What gives (code, title) of each form. The app of the forms, which this one cannot import, puts it here when it
# starts.
FORMS: list[Callable[[], list[tuple[str, str]]]] = []


def listed_forms() -> list[tuple[str, str]]:
    return [choice for listed in FORMS for choice in listed()]


# What the freeze or lock of a place writes into the header of each form in it, and nothing else (signature_stamp).
STAMPS = ("locked_at", "locked_by", "frozen_at")
# The columns by table of the dates that progression-free survival rests on; the app of the endpoints puts them here.
DATES: dict[str, tuple[str, ...]] = {}
PFS_DATES = "pfs_dates"
LOCKS = "lock|freez|frozen"
KINDS = {
    kind.code: kind
    for kind in (
        TrailKind("data", "Data of forms", rf"assessments_(?!.*({LOCKS})).*"),
        TrailKind(PFS_DATES, "Dates behind PFS, changed after first completion", ""),
        TrailKind("queries", "Queries", r"review_query.*"),
        TrailKind("verification", "Source verification", r"sdv_.*"),
        TrailKind("signatures", "Signatures", r"signature_(signature|doubt)|safety_doseleveldecision"),
        TrailKind("locks", "Freezing and locking", rf"signature_closure|(assessments|review|cohorts)_.*({LOCKS}).*"),
        TrailKind("form_locks", "Freezing and locking, form by form", r"assessments_caseform", STAMPS),
        TrailKind("withdrawals", "Entered in error, and restored", r"assessments_caseform", ("withdrawn_at",)),
        TrailKind(
            "subjects", "Subjects, visits and slots", r"cohorts_(subject|visit|enrolment)|randomisation_allocation"
        ),
        TrailKind("safety", "Serious events and decisions on safety", r"safety_.*"),
        TrailKind("checks", "Runs of the checks", r"review_check.*"),
        TrailKind("people", "Users, roles and sites", r"accounts_.*|mfa_.*"),
        TrailKind(
            "protocol",
            "Protocol, cohorts, dictionaries",
            r"(protocol|terminology)_.*|cohorts_(protocolversion|approval|cohort)|randomisation_allocationlist",
        ),
        TrailKind("laboratory", "Reference ranges", r"laboratory_.*"),
        TrailKind("reviews", "Reviews of trail and access", r"trail_reviews_.*|staff_.*|audit_wholeverified"),
        TrailKind(OTHER, "Other", ""),
    )
}


@cache
def tables_of(code: str) -> tuple[str, ...]:
    """The tables of a kind, by name; what is of no kind is of the last one."""
    if code == PFS_DATES:
        return tuple(sorted(DATES))
    if code == OTHER:
        of_a_kind = {table for kind in KINDS if kind != OTHER for table in tables_of(kind)}
        return tuple(sorted(_own_tables().keys() - of_a_kind))
    pattern = re.compile(KINDS[code].tables)
    return tuple(sorted(table for table in models_by_table() if pattern.fullmatch(table)))


def _own_tables() -> dict[str, type[Model]]:
    return {table: model for table, model in models_by_table().items() if table.split("_")[0] in (*OWN_APPS, "mfa")}


def kind_choices() -> list[tuple[str, str]]:
    return [(kind.code, kind.label) for kind in KINDS.values() if tables_of(kind.code)]


def stamps() -> Q:
    """The events by which one act of freezing, locking or opening marked each form of its place: thousands at once."""
    return of_kind("form_locks")


def is_stamp(event: Event) -> bool:
    changed = set(event.new or ())
    return event.table_name in tables_of("form_locks") and event.action == "update" and bool(changed & {*STAMPS})


def of_kind(code: str) -> Q:
    if code == PFS_DATES:
        return dates_changed_late()
    kind = KINDS[code]
    condition = Q(table_name__in=tables_of(code))
    return condition & Q(new__has_any_keys=list(kind.columns)) & Q(action="update") if kind.columns else condition


def dates_changed_late() -> Q:
    """Changes of one of DATES once its form had been complete, by whom and in whatever state it is now.

    Also a date that came or went with its row. The save that first completed a form is none.
    """
    dates = Q()
    for table, columns in DATES.items():
        came, went = Q(), Q()
        for column in columns:
            # In the order of jsonb null stands before every text.
            came |= Q(**{f"new__{column}__gt": ""})
            went |= Q(**{f"old__{column}__gt": ""})
        changed = Q(action="update", new__has_any_keys=list(columns))
        dates |= Q(table_name=table) & (changed | Q(action="insert") & came | Q(action="delete") & went)
    return dates & Exists(_first_completions())


def _first_completions() -> QuerySet[Event]:
    """The event before that of the outer query by which its form was first complete."""
    of_form = Event.objects.filter(case_form_id=OuterRef("case_form_id"), table_name="assessments_caseform")
    before = of_form.filter(id__lt=OuterRef("id")).exclude(transaction=OuterRef("transaction"))
    return before.annotate(completed=KT("new__first_completed_at")).filter(completed__isnull=False)


@lru_cache(4096)
def tables_with(column: str) -> tuple[str, ...]:
    """The tables that have this column, so that an item is looked for where it can be; () for one that none has."""
    tables = {
        table
        for table, model in _own_tables().items()
        if column in {field.column for field in model._meta.concrete_fields}
    }
    return tuple(sorted(tables))
