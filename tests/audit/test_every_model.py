"""Each model of this project, by what the models themselves say: under the trail, closed to nobody's writes, shut where
its place is locked, shown to its own site alone."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings

from tests.audit.test_every_table import ANYTHING_GOES, NOT_THE_RECORD
from tests.unlimited import TESTER

# What leads a row to its place; a table with one of these holds something about a site or a subject.
LEADS_TO_A_SITE = ("site_id", "subject_id", "case_form_id")
NOT_ISOLATED = {
    "accounts.Membership": "who may see what is asked for before anything is shown",
    "endpoints.Mark": "which subjects wait to be derived, for the worker alone",
}
# What leads a row to a place that can be locked.
LEADS_TO_A_LOCK = ("subject_id", "case_form_id", "visit_id", "query_id")
NOT_SHUT = {
    "assessments.OpenForm": "who has a form open at the moment",
    "assessments.SaveReceipt": "which saves arrived",
    "audit.Event": "the trail goes on",
    "endpoints.Mark": "derived",
    "endpoints.EarlierOutcome": "derived",
    "endpoints.Outcome": "derived",
    "safety.Notice": "who was told of a report",
    "safety.SeriousEvent": "the sponsor's own record of a report, which goes on after the data are locked",
    "safety.SeriousReport": "the same",
    "sdtm.Source": "digests of what an import has read",
    "sdv.VisitReport": "of a monitor's visit to a site, written once",
    "signature.Closure": "the lock itself",
    "signature.Doubt": "what was locked is verified too",
    "trail_reviews.Finding": "the trail is looked through after the lock too",
}
# What a table says whose rows stay as they were written, whoever asks.
STAYS = "are never changed or deleted"
TRIGGERS = """
    SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE (t.tgname, p.proname) IN (('trail', 'audit_record'), ('shut', 'signature_refuse')) AND t.tgenabled = 'A'
        AND t.tgtype = CASE t.tgname WHEN 'trail' THEN 29 ELSE 31 END AND t.tgqual IS NULL AND t.tgattr = ''
"""
POLICIES = """
    SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid WHERE relrowsecurity
    GROUP BY c.relname HAVING count(*) = 1
"""


@cache
def models() -> dict[str, Any]:
    """Every model of this project, by its name."""
    ours = {name for name in settings.INSTALLED_APPS if "." not in name}
    concrete = [model for model in apps.get_models() if model._meta.app_config.name in ours and not model._meta.proxy]
    return {model._meta.label: model for model in sorted(concrete, key=lambda model: model._meta.label)}


def columns(model: Any) -> set[str]:
    return {field.column for field in model._meta.concrete_fields}


def of_the_record() -> list[str]:
    return [name for name, model in models().items() if model._meta.db_table not in NOT_THE_RECORD]


def leading(to: tuple[str, ...], but: dict[str, str]) -> list[str]:
    return [name for name, model in models().items() if columns(model) & {*to} and name not in but]


@dataclass
class TableWalk:
    """What was found at each table, asked as psql asks with the application's role, where no other rule refuses."""

    triggers: set[tuple[str, str]]
    isolated: set[str]
    without_actor: dict[str, list[str]] = field(default_factory=dict)
    locked: dict[str, list[str]] = field(default_factory=dict)
    shown: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def walk(committed_module_db: None) -> Iterator[TableWalk]:
    places = _two_sites()
    owner = psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True)
    with owner, psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as session:
        walked = TableWalk(
            {*owner.execute(TRIGGERS).fetchall()}, {name for (name,) in owner.execute(POLICIES).fetchall()}
        )
        owner.execute(ANYTHING_GOES)
        # Every right on each table, so that what refuses is a rule; as the system, which may be anybody anywhere.
        session.execute("SELECT set_config('edc.sites', 'all', false), edc.enter_system()")
        session.execute(f"SET ROLE {TESTER}")
        for name in models():
            walked.without_actor[name] = _nobodys(session, name)
        for name in leading(LEADS_TO_A_SITE, {}):
            walked.shown[name] = _shown(session, name, places)
        _lock_the_trial()
        for name in leading(LEADS_TO_A_LOCK, {}):
            walked.locked[name] = _into(session, name, places[0])
        yield walked


def _two_sites() -> list[dict[str, int]]:
    """Where rows can be put, at each of two sites."""
    from review.services import raise_query
    from tests.cast import Trial, actor

    trial, places = Trial(), []
    for site in (trial.site, trial.other_site):
        subject = trial.subject(site)
        record = {"consent_given": "Y", "consent_date": "2007-12-20"}
        form = trial.fill(subject, "consent", record, visit="SCR")
        query = raise_query(case_form=form, text="Signed?", by=actor(trial.monitor, "monitor"))
        keys = {"site_id": site.pk, "subject_id": subject.pk, "case_form_id": form.pk}
        places.append(keys | {"visit_id": form.visit_id or 0, "query_id": query.pk})
    return places


def _lock_the_trial() -> None:
    from signature.closing import Reach, shut
    from signature.models import ClosureState
    from tests.cast import SETUP

    shut(reach=Reach(), state=ClosureState.LOCKED, reason="database lock", by=SETUP)


def _refusal(session: psycopg.Connection, statement: str) -> str:
    """The first line of what the database answers, and nothing is left of what it took."""
    try:
        with session.transaction(force_rollback=True):
            session.execute(statement)
    except psycopg.Error as error:
        return str(error).splitlines()[0]
    return ""


def _insert(name: str, place: dict[str, int]) -> str:
    model = models()[name]
    row = {column: place[column] for column in sorted(columns(model) & place.keys())}
    return f"INSERT INTO {model._meta.db_table} ({', '.join(row)}) VALUES ({', '.join(map(str, row.values()))})"


def _acting(session: psycopg.Connection, actor: str) -> None:
    session.execute("SELECT set_config('edc.actor_name', %s, false)", [actor])


def _nobodys(session: psycopg.Connection, name: str) -> list[str]:
    """Of an insert, an update and a delete with nobody behind them, of a row that somebody wrote."""
    model = models()[name]
    table, key = model._meta.db_table, model._meta.pk.column
    if not _may(session, table, "INSERT"):
        return []
    _acting(session, "")
    refused = [_refusal(session, f"INSERT INTO {table} ({key}) VALUES (1)")]
    for statement in (f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}"):
        try:
            with session.transaction():
                session.execute("SELECT set_config('edc.actor_name', 'somebody', true)")
                session.execute(f"INSERT INTO {table} ({key}) VALUES (1)")
                session.execute("SELECT set_config('edc.actor_name', '', true)")
                session.execute(statement)
        except psycopg.Error as error:
            refused.append(str(error).splitlines()[0])
        else:
            refused.append("")
    return refused


def _shown(session: psycopg.Connection, name: str, places: list[dict[str, int]]) -> tuple[int, int, int, int]:
    """How many rows everybody, the first site, the second and nobody is shown, with one put at each site."""
    table = models()[name]._meta.db_table
    _acting(session, "somebody")
    if _may(session, table, "INSERT"):
        for place in places:
            session.execute(_insert(name, place))
    scopes = ("all", *(str(place["site_id"]) for place in places), "")
    counts = [_count(session, table, scope) for scope in scopes]
    session.execute("SELECT set_config('edc.sites', 'all', false)")
    return counts[0], counts[1], counts[2], counts[3]


def _count(session: psycopg.Connection, table: str, scope: str) -> int:
    session.execute("SELECT set_config('edc.sites', %s, false)", [scope])
    return int(session.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # type: ignore[index]


def _into(session: psycopg.Connection, name: str, place: dict[str, int]) -> list[str]:
    """Of an insert into a locked place, and of an update and a delete of what is there."""
    table, key = models()[name]._meta.db_table, models()[name]._meta.pk.column
    _acting(session, "somebody")
    statements = [_insert(name, place), f"UPDATE {table} SET {key} = {key} + 1", f"DELETE FROM {table}"]
    return [_refusal(session, statement) for statement in statements]


def _may(session: psycopg.Connection, table: str, what: str) -> bool:
    row = session.execute("SELECT has_table_privilege(current_user, %s, %s)", [table, what]).fetchone()
    return bool(row and row[0])


@pytest.mark.requirement("21 CFR 11.10(e)", "ICH E6(R3) 4.2.2", "EMA 2023 audit trail")
@pytest.mark.parametrize("name", of_the_record())
def test_it_is_under_the_trail(walk: TableWalk, name: str) -> None:
    assert (models()[name]._meta.db_table, "trail") in walk.triggers


@pytest.mark.requirement("21 CFR 11.10(e)", "EMA 2023 audit trail")
@pytest.mark.parametrize("name", of_the_record())
def test_it_takes_no_write_with_nobody_behind_it(walk: TableWalk, name: str) -> None:
    table = models()[name]._meta.db_table
    refusal = f"a write to {table} needs an actor"
    inserted, updated, deleted = walk.without_actor[name]
    assert inserted == refusal
    assert updated == refusal or updated.endswith(STAYS)
    assert deleted in (refusal, f"rows of {table} are ended, never deleted") or deleted.endswith(STAYS)


@pytest.mark.requirement("ICH E6(R3) 4.2.6", "EMA 2023 back-end changes")
@pytest.mark.parametrize("name", leading(LEADS_TO_A_LOCK, NOT_SHUT))
def test_it_takes_no_write_where_its_place_is_locked(walk: TableWalk, name: str) -> None:
    assert (models()[name]._meta.db_table, "shut") in walk.triggers
    inserted, *changed = walk.locked[name]
    refusals = (" was locked by setup on ", STAYS)
    assert refusals[0] in inserted
    assert all(any(part in words for part in refusals) for words in changed), changed


@pytest.mark.requirement("21 CFR 11.10(d)", "EMA 2023 access control")
@pytest.mark.parametrize("name", leading(LEADS_TO_A_SITE, NOT_ISOLATED))
def test_each_site_is_shown_its_own_rows_alone(walk: TableWalk, name: str) -> None:
    assert models()[name]._meta.db_table in walk.isolated
    every, this_site, other_site, nobodys = walk.shown[name]
    assert this_site > nobodys and other_site > nobodys
    assert (this_site - nobodys) + (other_site - nobodys) + nobodys == every


@pytest.mark.parametrize("name", [*NOT_ISOLATED, *NOT_SHUT])
def test_an_exception_is_there_and_is_one(walk: TableWalk, name: str) -> None:
    table = models()[name]._meta.db_table
    assert name not in NOT_ISOLATED or table not in walk.isolated
    assert name not in NOT_SHUT or (table, "shut") not in walk.triggers
