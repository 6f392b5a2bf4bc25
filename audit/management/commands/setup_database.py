"""Bring the database to this version: migrate as the owner, then give the application's role exactly its rights.

What the protocol file says is made then, such as the cohorts: an installation can enrol from its first day on."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from audit.entrance import tell_the_database
from audit.rights import RIGHTS, Rights

ON_THE_SCHEMA = (
    # A temporary table would shadow the table of the same name for whatever runs in that session.
    "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {role}",
    # Earlier versions gave every right on each table to come.
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {role}",
    # Tables number their rows themselves. How far they are, the seal asks; the next number, a form before it is saved.
    "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}",
    "GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "GRANT USAGE ON SEQUENCE assessments_caseform_id_seq TO {role}",
)
TOO_MIGHTY = "is a superuser, bypasses row-level security, owns tables or may act as the owner"
NO_SEPARATION = (
    "The application connects as the owner of the tables (DATABASE_OWNER_URL is not set or names the same role). "
    "What it may not do to the audit trail is then held by the code alone: the role could switch the triggers off."
)


class Command(BaseCommand):
    help = __doc__
    # Before the first migration the checks have no tables to look at.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-trial", action="store_true", help="the tables alone, and nothing of the protocol file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        owner, application = (connections[alias].settings_dict["USER"] for alias in ("owner", "default"))
        if owner == application and settings.ENVIRONMENT == "production":
            raise CommandError(f"{NO_SEPARATION} Set both URLs, each with a role of its own.")
        if not options["no_trial"]:
            # Before anything is changed: with a faulty file nothing would start afterwards.
            call_command("check_protocol", verbosity=0, in_force=True)
            if "django_migrations" not in connections["owner"].introspection.table_names():
                # A file that is in force already may lack what one that is to take force must state.
                call_command("check_protocol", verbosity=0)
        call_command("migrate", database="owner", interactive=False, verbosity=options["verbosity"])
        call_command("createcachetable", database="owner", verbosity=options["verbosity"])
        with connections["owner"].cursor() as cursor:
            tell_the_database(cursor)
        if owner == application:
            self.stderr.write(self.style.WARNING(NO_SEPARATION))
        else:
            self._give_rights(owner)
        if not options["no_trial"]:
            call_command("set_up_trial", verbosity=options["verbosity"], stdout=self.stdout)

    def _give_rights(self, owner: str) -> None:
        for role in (settings.APPLICATION_ROLE, settings.WORKER_ROLE):
            refuse_too_mighty(connections["owner"], role)
            grant_rights(connections["owner"], role)
        let_the_worker_be_the_system(connections["owner"])
        self.stdout.write(f"The database is ready: {owner} owns it, {settings.APPLICATION_ROLE} works in it.")


def refuse_too_mighty(connection: BaseDatabaseWrapper, application: str) -> None:
    """Rights that nobody granted here but that would make the grants pointless."""
    statement = """
        SELECT rolsuper OR rolbypassrls OR pg_has_role(rolname, current_user, 'MEMBER') OR
               EXISTS (SELECT FROM pg_class WHERE relowner = r.oid AND relkind IN ('r', 'p'))
        FROM pg_roles r WHERE rolname = %s
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [application])
        role = cursor.fetchone()
    if role is None:
        raise CommandError(f"There is no role {application}: CREATE ROLE {application} LOGIN PASSWORD '...'.")
    if role != (False,):
        raise CommandError(f"{application} {TOO_MIGHTY}: take that away.")


def let_the_worker_be_the_system(connection: BaseDatabaseWrapper) -> None:
    """Workers and commands write by whoever's name and see every site; the site's role never may."""
    names = {"worker": sql.Identifier(settings.WORKER_ROLE), "application": sql.Identifier(settings.APPLICATION_ROLE)}
    with connection.cursor() as cursor:
        for statement in (
            "REVOKE EXECUTE ON FUNCTION edc.enter_system() FROM PUBLIC, {application}",
            "GRANT EXECUTE ON FUNCTION edc.enter_system() TO {worker}",
        ):
            cursor.execute(sql.SQL(statement).format(**names))


def grant_rights(connection: BaseDatabaseWrapper, application: str) -> None:
    """Give the role exactly what audit.rights says, whatever it was given before."""
    role, database = sql.Identifier(application), sql.Identifier(connection.settings_dict["NAME"])
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        tables = columns_of_tables(cursor)
        if strangers := tables.keys() ^ RIGHTS.keys():
            raise CommandError(f"audit/rights.py and the database differ in their tables: {sorted(strangers)}.")
        for statement in ON_THE_SCHEMA:
            cursor.execute(sql.SQL(statement).format(role=role, database=database))
        for table, columns in tables.items():
            rights = RIGHTS[table] if application == settings.WORKER_ROLE else RIGHTS[table].of_the_site()
            cursor.execute(_at_table(sql.Identifier(table), rights, columns, role))


def columns_of_tables(cursor: Any) -> dict[str, list[str]]:
    cursor.execute(
        "SELECT c.relname, array_agg(a.attname::text) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0"
        " AND NOT a.attisdropped GROUP BY c.relname"
    )
    return dict(cursor.fetchall())


def _at_table(table: sql.Identifier, rights: Rights, columns: list[str], role: sql.Identifier) -> sql.Composed:
    held = [sql.SQL(right) for right in ("SELECT", *rights.held)]
    if updated := rights.updated(columns, settings.SYNTHETIC_DATA):
        held.append(sql.SQL("UPDATE ({})").format(sql.SQL(", ").join(map(sql.Identifier, updated))))
    statement = sql.SQL("REVOKE ALL ON {table} FROM {role}; GRANT {held} ON {table} TO {role}")
    return statement.format(table=table, role=role, held=sql.SQL(", ").join(held))
