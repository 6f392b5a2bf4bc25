"""Makes many subjects of few: each row about a subject is copied inside the database, by its owner.

The copies are a load to measure under, not records that somebody entered. So the owner takes the triggers of trail and
locks off for the length of the copying, in one transaction, and writes the trail's rows by copying too, or leaves them
out. What is measured afterwards is written by the application's role, with the triggers back on.
"""

from collections.abc import Iterable

from django.apps import apps
from django.db import connections, transaction
from django.db.models import ForeignKey, Model

from cohorts.models import Subject

# Further apart than any key of the seed: copy k of row 7 is row k * STEP + 7.
STEP = 1_000_000
UNIQUE = {
    ("cohorts_subject", "number"): "t.number + 1000 * k",
    ("cohorts_subject", "label"): "t.label || '-' || k",
    ("cohorts_subject", "source_id"): "NULL",
}
TRAIL_KEYS = ("row_id", "subject_id", "case_form_id")


def multiply(times: int, *, trail: bool = False) -> int:
    """Copy every subject with all its records `times` times and mark them all. Returns how many there are then.

    With `trail` each copy has the trail of its original, whose row images keep the original's keys.
    """
    tables = _tables()
    with transaction.atomic("owner"):
        _execute("SET CONSTRAINTS ALL IMMEDIATE")
        triggers = _triggers(tables)
        for table, name in triggers:
            _execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        for model in tables:
            _copy(model, set(tables), times)
        if trail:
            _copy_trail(tables, times)
        for table, name in triggers:
            _execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
        _execute("INSERT INTO endpoints_mark (subject_id, at) SELECT id, now() FROM cohorts_subject")
    _execute("ANALYZE")
    return Subject.objects.count()


def lengthen_trail(rows: int) -> int:
    """Repeat what is in the trail, as if each row had been saved again, until it holds `rows`. Returns how many."""
    names = ", ".join(name for name in _columns("audit", "Event") if name != "id")
    length = _count("audit_event")
    while length < rows:
        again = f"INSERT INTO audit_event ({names}) SELECT {names} FROM audit_event ORDER BY id LIMIT %s"  # noqa: S608
        _execute(again, [rows - length])
        length = _count("audit_event")
    _execute("ANALYZE audit_event")
    return length


def _tables() -> list[type[Model]]:
    """What is recorded of a subject, each table after those that it refers to."""
    under_trail = [model for model in apps.get_models() if _under_trail(model)]
    left, ordered = {Subject}, [Subject]
    while more := {model for model in under_trail if _parents(model) & left} - left:
        left |= more
    left -= {Subject}
    while left:
        ordered += (ready := [model for model in under_trail if model in left and not _parents(model) & left])
        left -= {*ready}
    return ordered


def _parents(model: type[Model]) -> set[type[Model]]:
    return {key.related_model for key in model._meta.concrete_fields if isinstance(key, ForeignKey)} - {model}  # type: ignore[misc]


def _triggers(tables: Iterable[type[Model]]) -> list[tuple[str, str]]:
    """(table, name) of the trail's and the locks' triggers: the copy of a locked subject is written locked."""
    statement = "SELECT relname, tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
    which = "WHERE tgname IN ('trail', 'shut') AND relname = ANY (%s)"
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"{statement} {which}", [[model._meta.db_table for model in tables]])
        return list(cursor.fetchall())


def _under_trail(model: type[Model]) -> bool:
    trigger = "SELECT count(*) FROM pg_trigger WHERE tgname = 'trail' AND tgrelid = %s::regclass"
    return bool(_value(trigger, [model._meta.db_table]))


def _copy(model: type[Model], moving: set[type[Model]], times: int) -> None:
    table, key = model._meta.db_table, model._meta.pk
    key_columns = {key.column} if key and not key.is_relation else set()
    moves = key_columns | {
        field.column
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.related_model in moving
    }
    columns = [field.column for field in model._meta.concrete_fields]
    _insert(table, {name: UNIQUE.get((table, name)) or _moved(name, moves) for name in columns}, times)
    if key_columns:
        _execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")  # noqa: S608


def _copy_trail(tables: Iterable[type[Model]], times: int) -> None:
    columns = [name for name in _columns("audit", "Event") if name != "id"]
    tables_of = ", ".join(f"'{model._meta.db_table}'" for model in tables)
    values = {name: _moved(name, TRAIL_KEYS) for name in columns}
    _insert("audit_event", values, times, f"WHERE table_name IN ({tables_of})")


def _moved(column: str, moves: Iterable[str]) -> str:
    return f"t.{column} + {STEP} * k" if column in moves else f"t.{column}"


def _insert(table: str, values: dict[str, str], times: int, which: str = "") -> None:
    # Names of our own tables and columns only.
    source = f"FROM {table} t CROSS JOIN generate_series(1, %s) k {which} ORDER BY k"
    _execute(f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} {source}", [times])


def _columns(app: str, name: str) -> list[str]:
    return [field.column for field in apps.get_model(app, name)._meta.concrete_fields]


def _count(table: str) -> int:
    return int(_value(f"SELECT count(*) FROM {table}"))  # noqa: S608


def _value(statement: str, parameters: Iterable[object] = ()) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, [*parameters])
        return int(cursor.fetchone()[0])


def _execute(statement: str, parameters: Iterable[object] = ()) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, [*parameters])
