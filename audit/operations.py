"""The migration operations that put a table under the trail, under freeze and lock, its rows under the user's sites."""

from typing import Any

from django.db.migrations.operations import RunSQL


class Trail(RunSQL):
    """Record every insert, update and delete of `table`, leaving the columns `leave_out` (secrets, noise) unrecorded.

    ENABLE ALWAYS: a session that plays a replica cannot switch the trigger off.
    """

    def __init__(self, table: str, leave_out: tuple[str, ...] = ()) -> None:
        self.table, self.leave_out = table, leave_out
        arguments = ", ".join(f"'{column}'" for column in leave_out)
        super().__init__(
            sql=f"""
                CREATE TRIGGER trail AFTER INSERT OR UPDATE OR DELETE ON {table}
                    FOR EACH ROW EXECUTE FUNCTION audit_record({arguments});
                ALTER TABLE {table} ENABLE ALWAYS TRIGGER trail;
            """,
            reverse_sql=f"DROP TRIGGER trail ON {table};",
        )

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.table], {"leave_out": self.leave_out})


class Shut(RunSQL):
    """Refuse writes to `table` where its form, visit, subject, site or the trial is frozen or locked.

    `by` names the rule that finds the place of a row: "form" (a column case_form_id), "header", "visit", "subject",
    "enrolment", "query", "step", or "locked" for what a freeze leaves open and a lock does not.
    """

    def __init__(self, table: str, by: str = "form") -> None:
        self.table, self.by = table, by
        super().__init__(
            sql=f"""
                CREATE TRIGGER shut BEFORE INSERT OR UPDATE OR DELETE ON {table}
                    FOR EACH ROW EXECUTE FUNCTION signature_refuse('{by}');
                ALTER TABLE {table} ENABLE ALWAYS TRIGGER shut;
            """,
            reverse_sql=f"DROP TRIGGER shut ON {table};",
        )

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.table], {"by": self.by})


# Who works in a session of the database (docs/decisions/0038), in whole numbers that belong to the session alone, and
# that the application's role can read and not set: values of sequences of the owner's. `actor` is a user's key, 0 for
# nobody, -1 for the system, -2 for somebody at the door (who signs in, who sets a password by a link); `roles` has a
# bit for each role held; `scope` is 0 for no site, 1 for all, else a row of edc.scopes.
PLACE = """
    CREATE SCHEMA IF NOT EXISTS edc;
    CREATE UNLOGGED SEQUENCE IF NOT EXISTS edc.actor MINVALUE -2 START 1;
    CREATE UNLOGGED SEQUENCE IF NOT EXISTS edc.roles MINVALUE 0 START 1;
    CREATE UNLOGGED SEQUENCE IF NOT EXISTS edc.scope MINVALUE 0 START 1;
    CREATE TABLE IF NOT EXISTS edc.scopes (
        id bigint GENERATED ALWAYS AS IDENTITY (START 2) PRIMARY KEY, sites bigint[] NOT NULL UNIQUE);
    CREATE TABLE IF NOT EXISTS edc.role (name text PRIMARY KEY, bit bigint NOT NULL, shows boolean NOT NULL);
    CREATE TABLE IF NOT EXISTS edc.key (place int PRIMARY KEY, inward bytea NOT NULL, outward bytea NOT NULL);
    GRANT USAGE ON SCHEMA edc TO PUBLIC;
    GRANT SELECT ON edc.actor, edc.roles, edc.scope, edc.scopes, edc.role TO PUBLIC;
"""
# What is asked for by database.scope, which gives less than that or as much: all, the session's sites, or none. A
# sub-select is taken once a statement. Written out rather than called: a function would be called anew in every policy,
# of which a statement may meet ten.
TOLD = "current_setting('edc.sites', true)"
ALL_SITES = "currval('edc.scope') = 1"
OWN_SITES = "(SELECT sites FROM edc.scopes WHERE id = currval('edc.scope'))"
LISTED = f"string_to_array(nullif(nullif({TOLD}, 'all'), ''), ',')::bigint[]"
EVERYWHERE = f"(SELECT {TOLD} = 'all' AND {ALL_SITES})"
SITES = f"(SELECT CASE WHEN {ALL_SITES} THEN {LISTED} WHEN {TOLD} <> '' THEN {OWN_SITES} END)"
# What PostgreSQL takes the reading of a row to cost beside its look-up by key: a tenth, where it took next to nothing
# and read all subjects for the sake of one form. From memory it is nearer to a twentieth. Nobody calls it (STABLE:
# else the planner does, and leaves it out).
WEIGHT = """
    CREATE OR REPLACE FUNCTION edc_weight() RETURNS boolean LANGUAGE plpgsql STABLE COST 400
        SET search_path = pg_catalog AS $$ BEGIN RETURN true; END $$;
"""
# Each asks the table above it, whose own policy goes on from there. The planner takes its choice by how many rows there
# are: a look-up by the key for each of a few, the shown ones read once and hashed for a list.
SHOWN = {
    "site_id": f"site_id = ANY ({SITES}::bigint[])",
    "subject_id": "EXISTS (SELECT 1 FROM cohorts_subject s WHERE s.id = {table}.subject_id"
    " AND (s.id > 0 OR edc_weight()))",
    "case_form_id": "EXISTS (SELECT 1 FROM assessments_caseform f WHERE f.id = {table}.case_form_id"
    " AND (f.id > 0 OR edc_weight()))",
}


def shown(table: str, by: str, without: bool = False) -> str:
    """The condition under which a row of `table` is shown, found `by` that column."""
    return f"{EVERYWHERE} OR {SHOWN[by].format(table=table)}" + (f" OR {by} IS NULL" if without else "")


class SiteIsolation(RunSQL):
    """Show and take only rows of the sites that the session is shown (database.scope), found `by` one of the row's
    columns: site_id, subject_id or case_form_id. `without` a site: rows of none are everybody's."""

    def __init__(self, table: str, by: str, without: bool = False) -> None:
        self.table, self.by, self.without = table, by, without
        super().__init__(
            sql=f"""
                ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
                CREATE POLICY site_isolation ON {table} USING ({shown(table, by, without)});
            """,
            reverse_sql=f"DROP POLICY site_isolation ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
        )

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.table, self.by], {"without": self.without})
