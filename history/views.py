"""A view of each table of the record, under the table's own name and with its columns, that reads the trail instead.

In `past`, over the whole trial; in `past_of_subject`, where a row leads to a subject, over one subject's part of the
trail, which an index finds. Both show what the trail shows to the session's sites (`security_invoker`). A table of ours
without a trail has a view that refuses: its present rows would pass for past ones.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, transaction
from psycopg import sql

EVENTS = "audit_event"
SCHEMAS = ("past_of_subject", "past")
TABLES = """
    SELECT c.relname, EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND tgname = 'trail'),
        c.relname = 'cohorts_subject' OR EXISTS (
            SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname IN ('subject_id', 'case_form_id') AND attnum > 0
            AND NOT attisdropped)
    FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""
SEEN = "e.at <= (SELECT past.moment()) AND e.transaction <> ALL ((SELECT past.torn())::bigint[])"
OF_SUBJECT = " AND e.subject_id = (SELECT past.subject())"
ROWS = """
    CREATE OR REPLACE VIEW {schema}.{table} WITH (security_invoker = true) AS
    SELECT r.* FROM (
        SELECT past.merged(e.new ORDER BY e.id) AS image FROM public.audit_event e
        WHERE e.table_name = {name} AND {seen}
        GROUP BY e.row_id
        HAVING max(e.id) FILTER (WHERE e.action = 'delete') IS DISTINCT FROM max(e.id)
    ) kept, LATERAL jsonb_populate_record(NULL::public.{table}, kept.image) r
"""
ENTRIES = """
    CREATE OR REPLACE VIEW past.audit_event WITH (security_invoker = true) AS
    SELECT e.* FROM public.audit_event e WHERE {seen}
"""
REFUSED = """
    CREATE OR REPLACE VIEW past.{table} WITH (security_invoker = true) AS
    SELECT r.* FROM jsonb_populate_record(NULL::public.{table}, past.not_kept({name})) r
"""


def make_views(using: str) -> None:
    """Show each table as it is now made, to whoever may read it. Nothing where the past is not there yet."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace('past') IS NOT NULL")
        if cursor.fetchone() != (True,):
            return
        cursor.execute(TABLES)
        for statement in _statements(cursor.fetchall()):
            cursor.execute(statement)
        for schema in SCHEMAS:
            cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO PUBLIC")


def drop_views(using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT schemaname, viewname FROM pg_views WHERE schemaname = ANY (%s)", [list(SCHEMAS)])
        for schema, view in cursor.fetchall():
            cursor.execute(sql.SQL("DROP VIEW {}").format(sql.Identifier(schema, view)))


def _statements(tables: list[tuple[str, bool, bool]]) -> Iterator[sql.Composed]:
    ours = our_tables()
    for table, has_trail, leads_to_subject in tables:
        if table == EVENTS:
            yield sql.SQL(ENTRIES).format(seen=sql.SQL(SEEN))
        elif not has_trail:
            if table in ours:
                yield sql.SQL(REFUSED).format(**_named(table))
        else:
            yield _rows("past", table, SEEN)
            if leads_to_subject:
                yield _rows("past_of_subject", table, SEEN + OF_SUBJECT)


def _rows(schema: str, table: str, seen: str) -> sql.Composed:
    return sql.SQL(ROWS).format(schema=sql.Identifier(schema), seen=sql.SQL(seen), **_named(table))


def _named(table: str) -> dict[str, Any]:
    return {"table": sql.Identifier(table), "name": sql.Literal(table)}


def our_tables() -> set[str]:
    """Of this project's own apps; libraries' tables say nothing of the trial."""
    own_apps = {name for name in settings.INSTALLED_APPS if "." not in name}
    return {model._meta.db_table for model in apps.get_models() if model._meta.app_config.name in own_apps}
