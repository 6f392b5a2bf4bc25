"""Statements that every request or save makes, built once: building them anew costs more than running them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, cached_property
from inspect import signature
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import AutoField, Field, Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)


class Plain:
    """A read in plain SQL: its rows, asked now or `ahead`. Each key stands for a %s, in order."""

    def __init__(self, sql: str) -> None:
        self.sql = sql

    def rows(self, *keys: Any) -> list[tuple[Any, ...]]:
        begun = _asked_ahead.get().pop((self, keys), None) or self._asked(keys, connections[DEFAULT_DB_ALIAS])
        with begun as cursor:
            return cursor.fetchall()  # type: ignore[no-any-return]

    def _asked(self, keys: tuple[Any, ...], on: Any) -> Any:
        cursor = on.cursor()
        cursor.execute(self.sql, self._values(keys))
        return cursor

    def _values(self, keys: tuple[Any, ...]) -> Sequence[Any]:
        return keys


class Prepared(Plain, Generic[M]):
    """A queryset by whole-number keys, written as a function: `Prepared(lambda pk: Subject.objects.filter(pk=pk))`.

    What it says beside the keys is taken once and for all: no `now()`, no value of a request. It gives model instances,
    with `select_related` and annotations. Refuses, at its first use, columns that Django converts in Python.
    """

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        self.build = build

    def all(self, *keys: int) -> list[M]:
        return [self._instance(row) for row in self.rows(*keys)]

    def first(self, *keys: int) -> M | None:
        """The first row, or None."""
        return next(iter(self.all(*keys)), None)

    @property
    def model(self) -> type[M]:
        model_class: type[M] = self._shape[0]
        return model_class

    @property
    def sql(self) -> str:  # type: ignore[override]
        return self._statement[0]

    def _values(self, keys: tuple[Any, ...]) -> Sequence[Any]:
        return [keys[place] if place is not None else value for place, value in self._statement[1]]

    @cached_property
    def _statement(self) -> tuple[str, list[tuple[int | None, Any]], Any]:
        """SQL, (number of a key or None, else this value) for each of its parameters, and the compiler."""
        stand_ins = [-(10**6) - number for number in range(len(signature(self.build).parameters))]
        compiler = self.build(*stand_ins).query.get_compiler(connection.alias)
        sql, values = compiler.as_sql()
        if compiler.get_converters(column for column, _, _ in compiler.select):
            raise TypeError("a prepared read has only columns that the driver converts")
        places = [(stand_ins.index(value) if value in stand_ins else None, value) for value in values]
        return sql, places, compiler

    @cached_property
    def _shape(self) -> tuple[Any, list[str], slice, list[Any], dict[str, int]]:
        compiler = self._statement[2]
        info, select = compiler.klass_info, compiler.select
        columns = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        names = [column.target.attname for column, _, _ in select[columns]]
        populators = get_related_populators(info, select, connection.alias)
        return info["model"], names, columns, populators, compiler.annotation_col_map or {}

    def _instance(self, row: tuple[Any, ...]) -> M:
        model, names, columns, populators, annotations = self._shape
        made: M = model.from_db(connection.alias, names, row[columns])
        for populator in populators:
            populator.populate(row, made)
        for name, column in annotations.items():
            setattr(made, name, row[column])
        return made


_asked_ahead: ContextVar[dict[Any, Any]] = ContextVar("asked_ahead", default={})  # noqa: B039  # never written to


Read = tuple[Plain, tuple[Any, ...]]


@contextmanager
def ahead(*reads: Read, after: Callable[[], None] | None = None) -> Iterator[None]:
    """Reads that will follow are asked for at once, and answered together: the first time of each costs no wait.

    `after` says in the same go what has to be said before them.
    """
    if not reads and after is None:
        yield
        return
    with in_one_go() as on:
        if after is not None:
            after()
        cursors = {(read, keys): read._asked(keys, on) for read, keys in reads}
    token = _asked_ahead.set(cursors)
    try:
        yield
    finally:
        _asked_ahead.reset(token)


@contextmanager
def in_one_go() -> Iterator[Any]:
    """Statements are sent without waiting for their answers; what one of them did wrong is raised at the end.

    Nothing within may ask how many rows it changed, as `update`, `delete` and `save` do: that is not known before.
    """
    # The connection itself: Django's proxy looks for it each time that it is asked anything.
    connection: Any = connections[DEFAULT_DB_ALIAS]
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.pipeline():
        yield connection


def next_key(model: type[Model]) -> Plain:
    """The read of a key for a row that is to be added: what belongs to it can then be sent in one go with it."""
    # Not Django's quoting: what a setting or a function takes is the name as a text.
    return Plain(f"SELECT nextval(pg_get_serial_sequence('{model._meta.db_table}', '{model._meta.pk.column}'))")


def add(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows, given by the names of their columns. What a row leaves out has its field's default, or the next key.

    Constraints and triggers hold as for any write; what a field would do before a save (`auto_now`) is not done.
    """
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(*_insertion(model, rows))


def insert(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """As `add`; gives the rows' keys."""
    if not rows:
        return []
    with connection.cursor() as cursor:
        statement, values = _insertion(model, rows)
        cursor.execute(statement + _returning(model), values)
        return [key for (key,) in cursor.fetchall()]


def insert_in_one_go(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> Callable[[], list[int]]:
    """As `insert`, within `in_one_go`: the rows' keys can be asked for when that is over, once."""
    cursor, (statement, values) = connection.cursor(), _insertion(model, rows)
    cursor.execute(statement + _returning(model), values)

    def keys() -> list[int]:
        with cursor:
            return [key for (key,) in cursor.fetchall()]

    return keys


def _insertion(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> tuple[str, list[Any]]:
    keyed, connection = model._meta.pk.name in rows[0], connections[DEFAULT_DB_ALIAS]
    values = [
        field.get_db_prep_save(row[field.name] if field.name in row else field.get_default(), connection)
        for row in rows
        for field in _columns(model, keyed)
    ]
    return _insert_statement(model, len(rows), keyed), values


@cache
def _columns(model: type[Model], keyed: bool) -> list[Field]:
    return [field for field in model._meta.concrete_fields if keyed or not isinstance(field, AutoField)]


@cache
def _insert_statement(model: type[Model], rows: int, keyed: bool) -> str:
    quoted, fields = connection.ops.quote_name, _columns(model, keyed)
    columns = ", ".join(quoted(field.column) for field in fields)
    values = ", ".join(["(" + ", ".join(["%s"] * len(fields)) + ")"] * rows)
    return f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) VALUES {values}"  # noqa: S608


def _returning(model: type[Model]) -> str:
    return f" RETURNING {connection.ops.quote_name(model._meta.pk.column)}"
