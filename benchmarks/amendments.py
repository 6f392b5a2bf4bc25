"""How long an amendment takes at 10,000 subjects: the dry run and its page, the sites' visits planned by it.

make benchmark NAME=amendments

The demonstration with the first infusion of each subject alone, copied. The dates of each subject are moved so that the
last contact was two weeks ago, and nothing is locked: the amendment (an ECG on day 1, scans every twelve weeks, no day
22) has to plan for all of them. Afterwards no form may stand at a visit that is gone. `SUBJECTS` and `COPIES` make it
small.
"""

import os
import time
from typing import Any

from benchmarks.installation import installation

SUBJECTS = os.environ.get("SUBJECTS", "100")
COPIES = int(os.environ.get("COPIES", "99"))
FORMS = "SELECT count(*), count(*) FILTER (WHERE v.id IS NULL) FROM assessments_caseform f"
ORPHANS = f"{FORMS} LEFT JOIN cohorts_visit v ON v.id = f.visit_id WHERE f.visit_id IS NOT NULL"
# By how many days a subject's dates move, so that the last contact was two weeks ago.
MOVES = """
    CREATE TEMP TABLE moves AS
    SELECT subject_id, current_date - 14 - max(visit_date) AS days
    FROM cohorts_visit WHERE visit_date IS NOT NULL GROUP BY subject_id
"""
OWNER = "SELECT f.subject_id FROM assessments_caseform f WHERE f.id = t.case_form_id"
OF_VISITS = ("target_date", "window_from", "window_to", "visit_date")
OF_FORMS = {
    "assessments_consent": ("consent_date",),
    "assessments_infusionvisit": ("infusion_date",),
    "assessments_endoftreatment": ("end_date", "clinical_progression_date"),
    "assessments_tumourassessment": ("assessment_date",),
    "assessments_death": ("death_date",),
    "assessments_everolimusinterval": ("start_date", "end_date"),
}


def main() -> None:
    with installation():
        prepare()
        version = proposed()
        dry_run(version)
        in_force(version)
        planned()


def prepare() -> None:
    from django.core.management import call_command

    from benchmarks.multiply import multiply
    from cohorts.models import Visit

    call_command("build_assets", verbosity=0)
    call_command("demo_trial", "--seed", "1", "--subjects", SUBJECTS, "--forms", "light", verbosity=0)
    under_way()
    started = time.perf_counter()
    subjects = multiply(COPIES) if COPIES else int(SUBJECTS)
    print(f"{subjects} subjects, {Visit.objects.count()} visits, in {time.perf_counter() - started:.0f} s")


def under_way() -> None:
    """The seed, as if it went on today. By the owner, without the triggers of trail and locks, in one transaction."""
    from django.db import transaction

    from benchmarks.multiply import _tables, _triggers

    with transaction.atomic("owner"):
        as_owner("SET CONSTRAINTS ALL IMMEDIATE")
        triggers = _triggers(_tables())
        for table, name in triggers:
            as_owner(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        as_owner(MOVES)
        move("cohorts_visit", OF_VISITS, "m.subject_id = t.subject_id")
        move("cohorts_subject", ("first_dose_date",), "m.subject_id = t.id")
        for table, names in OF_FORMS.items():
            move(table, names, f"m.subject_id = ({OWNER})")
        as_owner("UPDATE assessments_caseform SET locked_at = NULL, frozen_at = NULL")
        as_owner("DELETE FROM signature_closure")
        for table, name in triggers:
            as_owner(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def as_owner(statement: str) -> None:
    from benchmarks.multiply import _execute

    _execute(statement)


def move(table: str, names: tuple[str, ...], whose: str) -> None:
    """Dates, and texts that are whole ones. Names of our own tables and columns only."""
    from django.db import connections

    statement = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, [table])
        kinds = {name: "date" if kind == "date" else "text" for name, kind in cursor.fetchall()}
    moved = (
        f"{name} = CASE WHEN length(t.{name}::text) = 10 THEN (t.{name}::text::date + m.days)::{kinds[name]} "
        f"ELSE t.{name} END"
        for name in names
    )
    as_owner(f"UPDATE {table} t SET {', '.join(moved)} FROM moves m WHERE {whose}")  # noqa: S608


def proposed() -> Any:
    from accounts.actor import SYSTEM
    from amendments.services import propose
    from cohorts.models import GoesOver
    from tests.cohorts.amended import ECG_ON_DAY_1, NO_DAY_22, SCANS_EVERY_12_WEEKS, amended

    content = amended(ECG_ON_DAY_1, *SCANS_EVERY_12_WEEKS, *NO_DAY_22)
    return propose(content=content, goes_over=GoesOver.VISIT, by=SYSTEM, reason="measured")


def dry_run(version: Any) -> None:
    """As the worker does it, and the page meanwhile and afterwards."""
    from django.utils import timezone

    from amendments.dry_run import look_and_keep
    from amendments.figures import compared_with
    from benchmarks.pages import milliseconds, signed_in, statements

    client, address = signed_in("datamanager"), f"/protocol/versions/{version.pk}/"
    say("the page before it is looked at", *milliseconds(client, address), statements(client, address))
    started = time.perf_counter()
    look_and_keep(version, timezone.localdate(), compared_with(version))
    print(f"the dry run: {time.perf_counter() - started:.0f} s")
    say("the page of it", *milliseconds(client, address), statements(client, address))
    of_site = f"{address}?site=101"
    say("the same, the subjects of a site", *milliseconds(client, of_site), statements(client, of_site))


def say(what: str, taken: float, worked: float, statement_count: int) -> None:
    print(f"{what}: {taken:.0f} ms, {worked:.0f} ms own work, {statement_count} statements")


def in_force(version: Any) -> None:
    from django.utils import timezone

    from accounts.actor import SYSTEM
    from accounts.models import Site, User
    from cohorts.amendments import approve, put_in_force
    from cohorts.following import follow

    put_in_force(version=version, signed_by=User.objects.get(username="datamanager"), by=SYSTEM, reason="measured")
    follow()
    for site in Site.objects.all():
        approve(
            site=site, version=version, approved_on=timezone.localdate(), active_from=timezone.localdate(), by=SYSTEM
        )


def planned() -> None:
    from django.db import connection

    from amendments.replanning import plan_next
    from audit.models import Event
    from cohorts.models import Subject, Visit

    events, longest, more, started = Event.objects.count(), 0.0, True, time.perf_counter()
    while more:
        before = time.perf_counter()
        more = plan_next()
        longest = max(longest, time.perf_counter() - before)
    taken = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute(ORPHANS)
        forms, orphaned = cursor.fetchone()
    over = Subject.objects.filter(protocol__version="2.0").count()
    planned_by = Visit.objects.filter(protocol__version="2.0").count()
    print(f"planned in {taken:.0f} s, longest step {longest:.2f} s, {Event.objects.count() - events} rows in the trail")
    print(f"{over} subjects went over, {planned_by} visits are planned by it; {orphaned} of {forms} forms orphaned")


if __name__ == "__main__":
    main()
