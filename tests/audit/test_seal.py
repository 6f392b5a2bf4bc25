"""What somebody with the database's password does to the trail is found, and named."""

import json
import os
import threading

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.actor import acting
from accounts.models import Site
from audit import sealing
from audit.access_log import AccessKind, TakenFile, record
from audit.anchors import UnreadableAnchors, anchor, read_anchors
from audit.models import Event, Seal
from audit.sealing import seal_trail
from audit.verifying import verify
from tests.cast import SETUP
from tests.servers import as_the_site

COLUMNS = "at, transaction, actor_name, role, reason, channel, action, table_name, row_id, old, new"


def add_sites(*codes):
    for code in codes:
        with acting(SETUP, reason="opened"):
            Site.objects.create(code=code, name=f"Hospital {code}")


@pytest.fixture
def sealed(committed_db):
    """Six rows of the trail and one of the log of access in blocks of four."""
    add_sites("1", "2", "3", "4", "5", "6")
    record(AccessKind.SIGN_IN, name="carla")
    assert seal_trail() == 7
    # Nothing is under way any more: the next run says so.
    assert seal_trail() == 0


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(sealing, "BLOCK", 4)


def keys():
    return list(Event.objects.order_by("id").values_list("id", flat=True))


def faults():
    return [(fault.kind, fault.where) for fault in verify().faults]


def test_an_untouched_trail_is_as_it_was_sealed(sealed):
    verified = verify()
    assert verified.faults == []
    assert verified.sealed == {"audit_event": 6, "audit_accessevent": 1}
    assert verified.waiting == {"audit_event": 0, "audit_accessevent": 0}


@pytest.mark.requirement("21 CFR 11.10(a)", "ICH E6(R3) 4.2.2", "EMA 2023 audit trail", "FDA 2024 dates and times")
@pytest.mark.parametrize(
    "change",
    [
        "actor_name = 'somebody else'",
        "at = at - interval '1 microsecond'",
        "reason = ''",
        "site_id = 99",
        "new = jsonb_set(new, '{name}', '\"Elsewhere\"')",
        "new = NULL",
    ],
)
def test_an_altered_row_is_named(sealed, as_owner, change):
    as_owner.execute(f"UPDATE audit_event SET {change} WHERE id = %s", [keys()[2]])
    assert faults() == [("altered", f"audit_event {keys()[2]}")]


def test_an_altered_line_of_the_log_of_access_is_named(sealed, as_owner):
    as_owner.execute("UPDATE audit_accessevent SET actor_name = 'dora'")
    assert [kind for kind, where in faults()] == ["altered"]


@pytest.mark.parametrize("change", ["sha256 = repeat('0', 64)", "size = 1", "file_name = 'other.csv'"])
@pytest.mark.parametrize("kind", ["sign_in", "export"])
def test_what_the_log_says_of_a_file_is_sealed_too(committed_db, as_owner, kind, change):
    """A line without a file is sealed as it was before there were any; one put under it later is found."""
    record(AccessKind.SIGN_IN, name="carla")
    record(AccessKind.EXPORT, name="carla", file=TakenFile("trail.csv", "a" * 64, 12))
    assert seal_trail() == 2
    assert faults() == []
    as_owner.execute(f"UPDATE audit_accessevent SET {change} WHERE kind = %s", [kind])
    assert [sort for sort, _ in faults()] == ["altered"]


@pytest.mark.requirement("EMA 2023 audit trail")
def test_a_removed_row_is_named_wherever_it_stood(sealed, as_owner):
    first, *_, last = keys()
    as_owner.execute("DELETE FROM audit_event WHERE id IN (%s, %s)", [first, last])
    assert faults() == [("removed", f"audit_event {first}"), ("removed", f"audit_event {last}")]


def test_a_row_slipped_into_what_was_sealed_is_named(sealed, as_owner):
    third = keys()[2]
    as_owner.execute("UPDATE audit_event SET id = -5 WHERE id = %s", [third])
    as_owner.execute(f"INSERT INTO audit_event (id, {COLUMNS}) SELECT %s, {COLUMNS} FROM audit_event LIMIT 1", [third])
    assert faults() == [("altered", f"audit_event {third}"), ("inserted", "audit_event -5")]


def test_sealing_again_does_not_take_in_what_was_slipped_in(sealed, as_owner):
    as_owner.execute(f"INSERT INTO audit_event (id, {COLUMNS}) SELECT -1, {COLUMNS} FROM audit_event LIMIT 1")
    add_sites("7")
    seal_trail()
    assert faults() == [("inserted", "audit_event -1")]


def test_a_row_and_its_digest_altered_together_break_the_block(sealed, as_owner):
    as_owner.execute(
        "UPDATE audit_seal SET digests = set_byte(digests, 0, get_byte(digests, 0) # 255) WHERE number = 1"
    )
    assert ("broken", "block 1") in faults()


def test_a_chain_made_anew_without_the_key_is_not_ours(sealed, as_owner, settings):
    as_owner.execute("UPDATE audit_event SET actor_name = 'somebody else' WHERE id = %s", [keys()[0]])
    as_owner.execute("TRUNCATE audit_seal")
    kept, settings.TRAIL_SEAL_KEYS = settings.TRAIL_SEAL_KEYS, ["a guess"]
    seal_trail()
    settings.TRAIL_SEAL_KEYS = kept
    broken = verify().faults
    assert broken and {fault.sentence for fault in broken} == {
        "it was not made with a key of this installation (TRAIL_SEAL_KEYS)"
    }


POISON = """
    INSERT INTO audit_seal (number, table_name, scheme, made_at, rows, ids, digests, settled, reach, reach_transaction,
        previous, hash, key_id, mac)
    SELECT (SELECT max(number) FROM audit_seal) + %(ahead)s, table_name, scheme, made_at, 0, %(ids)s, '',
        %(reach)s, %(reach)s, 0, hash, hash, key_id, mac
    FROM audit_seal WHERE table_name = 'audit_event' ORDER BY number DESC LIMIT 1
"""


@pytest.mark.requirement("21 CFR 11.10(a)", "ICH E6(R3) 4.2.2")
@pytest.mark.parametrize("ahead", [1, 3, 2**60])
def test_a_poisoned_block_stops_nothing_and_is_named(sealed, as_owner, ahead):
    """It claims that everything is sealed, to the last number there can be, and rows that are still to come."""
    as_owner.execute("ALTER TABLE audit_seal DISABLE TRIGGER bounded")
    as_owner.execute(POISON, {"ahead": ahead, "reach": 2**62, "ids": [keys()[-1] + 1]})
    as_owner.execute("ALTER TABLE audit_seal ENABLE ALWAYS TRIGGER bounded")
    add_sites("7", "8")
    assert seal_trail() == 2
    add_sites("9")
    assert seal_trail() == 1
    seal_trail()
    verified = verify()
    assert verified.sealed["audit_event"] == 9
    assert verified.waiting["audit_event"] == 0
    poisoned = f"block {Seal.objects.get(reach=2**62).number}"
    assert ("broken", poisoned) in [(fault.kind, fault.where) for fault in verified.faults]
    assert all("hole" in named.sentence or named.where == poisoned for named in verified.faults)


def test_the_database_takes_no_block_beyond_what_was_given_out(sealed):
    for ahead, reach in ((1, 2**62), (5, 1)):
        with pytest.raises(DatabaseError, match="bounded"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(POISON, {"ahead": ahead, "reach": reach, "ids": []})


def test_a_line_whose_number_was_never_given_out_hides_nothing(sealed, as_owner):
    as_owner.execute(
        "INSERT INTO audit_accessevent (id, actor_name, kind, path, detail) OVERRIDING SYSTEM VALUE"
        " VALUES (900000000, 'carla', 'sign_in', '', '')"
    )
    record(AccessKind.SIGN_IN, name="dora")
    assert seal_trail() == 1
    assert faults() == [("inserted", "audit_accessevent 900000000")]


def test_the_application_gives_no_line_a_number(db):
    line = "INSERT INTO audit_accessevent (id, actor_name, kind, path, detail) VALUES (9, 'carla', 'sign_in', '', '')"
    with pytest.raises(DatabaseError, match="GENERATED ALWAYS"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(line)


def test_a_chain_of_other_keys_is_not_gone_on_with(sealed, settings):
    settings.TRAIL_SEAL_KEYS = ["lost and replaced, without the old one"]
    add_sites("7")
    with pytest.raises(sealing.NotOurs, match="TRAIL_SEAL_KEYS"):
        seal_trail()


def test_a_key_that_was_replaced_still_verifies_what_it_sealed(sealed, settings):
    settings.TRAIL_SEAL_KEYS = ["a newer one", *settings.TRAIL_SEAL_KEYS]
    add_sites("7")
    seal_trail()
    assert faults() == []
    assert Seal.objects.values("key_id").distinct().count() == 2


def test_a_block_taken_out_is_missed(sealed, as_owner):
    as_owner.execute("DELETE FROM audit_seal WHERE number = 2")
    assert ("broken", "block 3") in faults()


def test_a_chain_cut_off_at_its_end_is_found_by_an_anchor(sealed, as_owner, tmp_path):
    file = tmp_path / "anchor.json"
    file.write_text(json.dumps(anchor()))
    assert verify(read_anchors(file)).faults == []
    last = Seal.objects.latest("number").number
    as_owner.execute("DELETE FROM audit_seal WHERE number >= 2")
    as_owner.execute("DELETE FROM audit_event WHERE id = %s", [keys()[-1]])
    seal_trail()
    seal_trail()
    assert faults() == []
    (fault,) = verify(read_anchors(file)).faults
    assert (fault.kind, fault.where) == ("anchor", f"block {last}")


def test_the_chain_of_another_database_does_not_contain_the_anchor(sealed, tmp_path):
    file = tmp_path / "anchors.txt"
    wrong = anchor() | {"hash": "0" * 64}
    file.write_text(f"{json.dumps(anchor() | {'block': 1, 'hash': Seal.objects.get(number=1).hash.hex()})}\n")
    assert verify(read_anchors(file)).faults == []
    file.write_text(f"{json.dumps(wrong)}\n{json.dumps(anchor())}\n")
    assert [fault.kind for fault in verify(read_anchors(file)).faults] == ["anchor"]


@pytest.mark.parametrize("text", ["", "[]", "{}", "not JSON", '{"block": 1}'])
def test_a_file_that_is_no_anchor_is_refused(tmp_path, text):
    file = tmp_path / "anchor.json"
    file.write_text(text)
    if text:
        with pytest.raises(UnreadableAnchors):
            read_anchors(file)
    else:
        assert read_anchors(file) == []


def test_a_transaction_that_commits_late_is_sealed_later_and_is_no_fault(committed_db, as_owner):
    """It took its key before others that were sealed meanwhile."""
    begun, go_on = threading.Event(), threading.Event()

    def slow():
        try:
            with acting(SETUP):
                Site.objects.create(code="SLOW", name="Slow hospital")
                begun.set()
                go_on.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(20)
    add_sites("1", "2")
    assert seal_trail() == 2
    # However often it is asked, nothing up to the last key is settled while the slow one is under way.
    add_sites("3")
    assert seal_trail() == 1
    assert Seal.objects.latest("number").settled == 0
    go_on.set()
    thread.join()
    assert seal_trail() == 1
    late = Seal.objects.latest("number")
    assert late.ids == [keys()[0]]
    assert (faults(), late.settled) == ([], keys()[-1])


def test_many_late_rows_are_all_sealed_before_anything_is_settled(committed_db):
    def six():
        with acting(SETUP):
            for number in range(6):
                Site.objects.create(code=f"S{number}", name="Slow hospital")
            begun.set()
            go_on.wait(20)
        connection.close()

    begun, go_on = threading.Event(), threading.Event()
    thread = threading.Thread(target=six)
    thread.start()
    assert begun.wait(20)
    add_sites("1")
    seal_trail()
    go_on.set()
    thread.join()
    assert seal_trail() == 6
    seal_trail()
    assert (faults(), verify().waiting["audit_event"]) == ([], 0)


def test_only_one_process_seals_at_a_time(committed_db):
    add_sites("1")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [sealing.SEAL_LOCK])
        assert seal_trail() == 0
        other.execute("SELECT pg_advisory_unlock(%s)", [sealing.SEAL_LOCK])
        assert seal_trail() == 1


def test_who_cannot_seal_cannot_stop_it_by_the_lock_either(committed_db):
    add_sites("1")
    with psycopg.connect(as_the_site(), autocommit=True) as stranger:
        stranger.execute("SELECT pg_advisory_lock(%s)", [sealing.SEAL_LOCK])
        assert seal_trail() == 1
        assert faults() == []


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_seal SET rows = 0", "DELETE FROM audit_seal", "TRUNCATE audit_seal"]
)
def test_the_application_cannot_rewrite_the_seal(db, statement):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.requirement("21 CFR 11.10(a)")
def test_the_commands_verify_and_give_an_anchor(sealed, as_owner, tmp_path, capsys):
    call_command("trail_anchor")
    file = tmp_path / "anchor.json"
    file.write_text(capsys.readouterr().out)
    call_command("verify_trail", anchor=[file])
    assert "Every sealed entry is as it was sealed, and 1 anchors are part of it." in capsys.readouterr().out
    as_owner.execute("DELETE FROM audit_event WHERE id = %s", [keys()[1]])
    with pytest.raises(CommandError, match="1 faults"):
        call_command("verify_trail")
    assert "the row was removed (sealed in block 1" in capsys.readouterr().out


def test_the_worker_seals_by_the_clock(committed_db, settings):
    from audit.tasks import seal

    assert {"task": "audit.tasks.seal", "schedule": 10.0} in settings.CELERY_BEAT_SCHEDULE.values()
    add_sites("1")
    seal()
    assert Seal.objects.latest("number").rows == 1


def test_a_save_waits_for_no_seal(committed_db):
    """While a block is being made, in a transaction that is still open, another session writes."""
    add_sites("1")
    with transaction.atomic():
        assert seal_trail() == 1
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as session, session.transaction():
            session.execute("SET LOCAL lock_timeout = '1s'")
            session.execute("SELECT set_config('edc.actor_name', 'carla', true), edc.enter_system()")
            session.execute("UPDATE accounts_site SET time_zone = 'Europe/Paris'")
    assert seal_trail() == 1
    assert faults() == []
