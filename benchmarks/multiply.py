"""Makes many subjects of few: each row about a subject is copied in the database, under the trail's triggers."""

from django.apps import apps
from django.db import connection

from accounts.actor import SYSTEM, acting

# Parents first. The columns that name a row of one of these tables move with the copy.
TABLES = ("cohorts", "assessments")
KEYS = {"id", "subject_id", "visit_id", "case_form_id", "lesion_id"}
ONCE = {"cohorts_cohort", "cohorts_protocolversion"}
UNIQUE = {
    ("cohorts_subject", "number"): "t.number + 1000 * k",
    ("cohorts_subject", "label"): "t.label || '-' || k",
    ("cohorts_subject", "source_id"): "NULL",
}
STEP = 1_000_000


def multiply(times: int) -> int:
    """Copy every subject with all its records `times` times. Returns how many subjects there are then."""
    with acting(SYSTEM, reason="copied for a benchmark"), connection.cursor() as cursor:
        for table, columns in _tables():
            values = ", ".join(_value(table, column) for column in columns)
            names = ", ".join(columns)
            # Names of our own tables and columns only.
            copy = f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} t, generate_series(1, %s) k"  # noqa: S608
            cursor.execute(copy, [times])
        cursor.execute("INSERT INTO endpoints_mark (subject_id, at) SELECT id, now() FROM cohorts_subject")
        cursor.execute("SELECT count(*) FROM cohorts_subject")
        (count,) = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return int(count)


def _tables() -> list[tuple[str, list[str]]]:
    models = [model for app in TABLES for model in apps.get_app_config(app).get_models()]
    order = ["cohorts_subject", "cohorts_enrolment", "cohorts_visit", "assessments_caseform", "assessments_lesion"]
    found = {model._meta.db_table: [field.column for field in model._meta.concrete_fields] for model in models}
    names = order + [name for name in found if name not in {*order, *ONCE}]
    return [(name, found[name]) for name in names]


def _value(table: str, column: str) -> str:
    if (table, column) in UNIQUE:
        return UNIQUE[table, column]
    return f"t.{column} + {STEP} * k" if column in KEYS else f"t.{column}"
