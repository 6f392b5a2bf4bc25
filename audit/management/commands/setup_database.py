"""Bring the database to this version: migrate as the owner, then give the application's role exactly its rights."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

# Which migrations ran is for the application to read, never to change.
READ_ONLY_TABLES = {"django_migrations": ("SELECT",)}
TOO_MIGHTY = "is a superuser, bypasses row-level security, owns tables or may act as the owner"
NO_SEPARATION = (
    "The application connects as the owner of the tables (DATABASE_OWNER_URL is not set or names the same role). "
    "What it may not do to the audit trail is then held by the code alone: the role could switch the triggers off."
)


class Command(BaseCommand):
    help = __doc__
    # Before the first migration the checks have no tables to look at.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        owner, application = (connections[alias].settings_dict["USER"] for alias in ("owner", "default"))
        if owner == application and settings.ENVIRONMENT == "production":
            raise CommandError(f"{NO_SEPARATION} Set both URLs, each with a role of its own.")
        call_command("migrate", database="owner", interactive=False, verbosity=options["verbosity"])
        call_command("createcachetable", database="owner", verbosity=options["verbosity"])
        if owner == application:
            self.stderr.write(self.style.WARNING(NO_SEPARATION))
            return
        grant_rights(connections["owner"], application)
        refuse_too_mighty(connections["owner"], application)
        self.stdout.write(f"The database is ready: {owner} owns it, {application} works in it.")


def refuse_too_mighty(connection: BaseDatabaseWrapper, application: str) -> None:
    """Rights that nobody granted here but that would make the grants pointless."""
    asked = """
        SELECT rolsuper OR rolbypassrls OR pg_has_role(rolname, current_user, 'MEMBER') OR
               EXISTS (SELECT FROM pg_class WHERE relowner = r.oid AND relkind IN ('r', 'p'))
        FROM pg_roles r WHERE rolname = %s
    """
    with connection.cursor() as cursor:
        cursor.execute(asked, [application])
        if cursor.fetchone() != (False,):
            raise CommandError(f"{application} {TOO_MIGHTY}: take that away.")


def grant_rights(connection: BaseDatabaseWrapper, application: str) -> None:
    """Give the role its rights on all tables and sequences, and less on those that stay as they are written."""
    role = sql.Identifier(application)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in (*_rights_on_everything(role, connection.settings_dict["NAME"]), *_lesser_rights(role)):
            cursor.execute(statement)


def _rights_on_everything(role: sql.Identifier, database: str) -> list[sql.Composed]:
    statements = [
        # A temporary table would shadow the table of the same name for whatever runs in that session.
        sql.SQL("REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC"),
        sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC"),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {role}"),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"),
        sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}"),
        sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}"),
    ]
    return [statement.format(role=role, database=sql.Identifier(database)) for statement in statements]


def append_only_tables() -> dict[str, tuple[str, ...]]:
    """What the application's role may do with each, as the apps say: the rest is the owner's alone."""
    said = (getattr(app, "append_only_tables", {}) for app in apps.get_app_configs())
    return {table: rights for tables in said for table, rights in tables.items()}


def _lesser_rights(role: sql.Identifier) -> list[sql.Composed]:
    tables = READ_ONLY_TABLES | append_only_tables()
    statements = []
    for table, rights in tables.items():
        names = {"table": sql.Identifier(table), "role": role, "rights": sql.SQL(", ").join(map(sql.SQL, rights))}
        statements.append(sql.SQL("REVOKE ALL ON {table} FROM {role}").format(**names))
        statements.append(sql.SQL("GRANT {rights} ON {table} TO {role}").format(**names))
    return statements
