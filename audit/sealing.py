"""Sealing the trail: its rows, block by block, into a chain of SHA-256 that later changes break.

A block names rows by key, each with the digest of its content, and carries the hash of the block before. So a row that
was altered, removed or slipped in later is found and named (audit.verifying). Rows are sealed in the background, once
they are committed; a transaction that commits late, with keys below those already sealed, gets into a later block.

`settled` is how far no row can be missing any more: up to this key every transaction that took one has ended. What
turns up below it and is in no block was put there by hand.

Nothing is believed of a block that was not made with a key of this installation: it is passed over, the chain goes on
from the block before it, and audit.verifying names it.
"""

import hmac
import json
import logging
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.models import Seal
from audit.seal_keys import refuse_missing_seal_keys

logger = logging.getLogger(__name__)

SCHEME = 1
BLOCK = 5000
# Any number will do, as long as nothing else in this database takes the same advisory lock.
SEAL_LOCK = 426_557
BEGINNING = bytes(32)
# How many foreign blocks are passed over. More are no forgery but another installation's chain, or a lost key.
LOOK_BACK = 100

# What of a row is sealed, by table: text that comes out the same whatever a session's settings are. A new column is a
# new scheme, blocks made by an older one are checked by it; or it stands after the rest where it is filled, as what the
# log of access says of a file, so that each row without it is sealed as it always was.
CONTENT = {
    "audit_event": """jsonb_build_array(id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), transaction,
        actor_id, actor_name, role, reason, channel, action, table_name, row_id, site_id, subject_id, case_form_id,
        old, new)::text""",
    "audit_accessevent": """jsonb_build_array(id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        actor_id, actor_name, kind, path, detail, host(address))::text || CASE
        WHEN file_name = '' AND sha256 = '' AND size IS NULL THEN ''
        ELSE jsonb_build_array(file_name, sha256, size)::text END""",
}
TABLES = tuple(CONTENT)
# The clock asks for the seal every ten seconds, and a worker that was killed is back well within this.
LATE_S = 120

# Rows below the last block's end that are in no block: of transactions that committed late.
LATE = """
    SELECT id, {content} FROM {table}
    WHERE id > %(settled)s AND id <= %(reach)s
        AND id NOT IN (SELECT unnest(ids) FROM audit_seal WHERE number = ANY (%(blocks)s))
    ORDER BY id LIMIT %(most)s
"""
# A row whose key was never given out was put in by hand: sealed, it would hide all that comes before its number.
NEW = """
    SELECT id, {content} FROM {table} WHERE id > %(reach)s AND id <= (SELECT last_value FROM {table}_id_seq)
    ORDER BY id LIMIT %(most)s
"""
# Who keeps the seal's lock, and whether by the role that asks.
HOLDER = """
    SELECT usename, usesysid = current_user::regrole FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND classid = 0 AND objid = %s AND objsubid = 1 AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ORDER BY 2 DESC LIMIT 1
"""
HORIZON = "SELECT pg_snapshot_{edge}(pg_current_snapshot())::text::bigint"


class SealedRow(NamedTuple):
    pk: int
    digest: bytes


class NotOurs(Exception):
    """The chain was not made with a key of this installation; the message says what to do."""


class Reached(NamedTuple):
    """What a genuine block says of its table: the last key in it, and the transactions that had not begun by then."""

    number: int
    reach: int
    transaction: int


def seal_trail() -> int:
    """Seal what is committed and not sealed yet. Returns how many rows; 0 where another process is at it.

    Raises NotOurs where the chain's last blocks were all made with other keys, ImproperlyConfigured without a key.
    """
    refuse_missing_seal_keys()
    return sum(_seal_table(table) for table in TABLES)


def _seal_table(table: str) -> int:
    sealed = 0
    while block := _seal_block(table):
        sealed += block.rows
        if block.rows < BLOCK:
            break
    return sealed


def _seal_block(table: str) -> Seal | None:
    """The next block of the table; one without rows where all that it says is that nothing is missing any more."""
    with transaction.atomic():
        if not _locked():
            return None
        last, last_of_table = newest_genuine(Seal.objects.all()), newest_genuine(Seal.objects.filter(table_name=table))
        settled, reach = (last_of_table.settled, last_of_table.reach) if last_of_table else (0, 0)
        recent = _recent(table, last_of_table)
        ended = _settled(recent, settled)
        late = _rows(table, LATE, settled=settled, reach=reach, blocks=[block.number for block in recent], most=BLOCK)
        rows = late + (_rows(table, NEW, reach=reach, most=BLOCK - len(late)) if len(late) < BLOCK else [])
        # With a block full of late rows there may be more of them.
        ended = ended if len(late) < BLOCK else settled
        if not rows and ended == settled:
            return None
        return _append(table, rows, last, settled=ended, reach=max(reach, *(row.pk for row in rows)) if rows else reach)


def newest_genuine(blocks: QuerySet[Seal]) -> Seal | None:
    """The newest of them that was made with a key of ours; None where there is no block at all.

    Raises NotOurs where none of the last LOOK_BACK was.
    """
    foreign = 0
    for block in blocks.order_by("-number")[:LOOK_BACK].iterator(chunk_size=1):
        if is_genuine(block):
            return block
        foreign += 1
        logger.error("block %d of the trail's seal was not made with a key of this installation", block.number)
    if foreign:
        raise NotOurs(f"None of the last {foreign} blocks was made with a key of TRAIL_SEAL_KEYS: nothing is sealed.")
    return None


def is_genuine(block: Seal) -> bool:
    """Whether the block is what one of our keys was put under."""
    return hash_of(block) == bytes(block.hash) and is_ours(block, settings.TRAIL_SEAL_KEYS)


def _recent(table: str, last_of_table: Seal | None) -> list[Reached]:
    """The genuine blocks that reach beyond what is settled, oldest first."""
    if last_of_table is None:
        return []
    beyond = Seal.objects.filter(
        table_name=table, reach__gt=last_of_table.settled, number__lte=last_of_table.number
    ).order_by("number")
    genuine = (block for block in beyond.iterator(chunk_size=20) if is_genuine(block))
    return [Reached(block.number, block.reach, block.reach_transaction) for block in genuine]


def _locked() -> bool:
    """Whether no other process of this role is at it. Whoever else holds the lock cannot seal, and must not stop it: of
    two that begin in spite of it the database takes one block of a number alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        if cursor.fetchone()[0]:
            return True
        cursor.execute(HOLDER, [SEAL_LOCK])
        holder = cursor.fetchone()
    if holder is None or holder[1]:
        return False
    logger.error("the lock of the seal is held by %s, who cannot seal: it counts for nothing", holder[0])
    return True


def _settled(recent: Sequence[Reached], before: int) -> int:
    """The end of the last block since which every transaction that was under way then has ended."""
    oldest = _horizon("xmin")
    return max((block.reach for block in recent if block.transaction <= oldest), default=before)


def _horizon(edge: str) -> int:
    """`xmin`: all transactions below it have ended; `xmax`: none at or above it had begun to write."""
    with connection.cursor() as cursor:
        cursor.execute(HORIZON.format(edge=edge))
        return int(cursor.fetchone()[0])


def _rows(table: str, statement: str, **bounds: int | list[int]) -> list[SealedRow]:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(table=table, content=CONTENT[table]), bounds)
        return [SealedRow(pk, digest(content)) for pk, content in cursor]


def digest(content: str) -> bytes:
    return sha256(content.encode()).digest()


def _append(table: str, rows: Sequence[SealedRow], last: Seal | None, *, settled: int, reach: int) -> Seal:
    block = Seal(
        number=_next_number(last.number if last else 0),
        table_name=table,
        scheme=SCHEME,
        made_at=timezone.now(),
        rows=len(rows),
        ids=[row.pk for row in rows],
        digests=b"".join(row.digest for row in rows),
        settled=settled,
        reach=reach,
        # Asked after the rows were read: whoever took a key up to `reach` had a number below this one by then.
        reach_transaction=_horizon("xmax"),
        previous=bytes(last.hash) if last else BEGINNING,
    )
    block.hash = hash_of(block)
    block.key_id, block.mac = _under_key(settings.TRAIL_SEAL_KEYS[0], block.hash)
    block.save(force_insert=True)
    # Beside the database, where whoever has its password does not reach: a log that is kept is an anchor.
    logger.info("sealed block %d of the trail, %d rows of %s: %s", block.number, block.rows, table, block.hash.hex())
    return block


def _next_number(last: int) -> int:
    """After the last genuine block, past the numbers that foreign ones took."""
    taken = set(Seal.objects.filter(number__gt=last, number__lte=last + LOOK_BACK).values_list("number", flat=True))
    return next(number for number in range(last + 1, last + LOOK_BACK + 2) if number not in taken)


def hash_of(block: Seal) -> bytes:
    """SHA-256 over the block before, everything that the block says of itself, the keys and the digests of its rows."""
    head = [block.number, block.table_name, block.scheme, block.made_at.isoformat(), block.rows]
    head += [block.settled, block.reach, block.reach_transaction]
    parts = (bytes(block.previous), json.dumps(head).encode(), packed(block.ids), bytes(block.digests))
    return sha256(b"".join(parts)).digest()


def packed(keys: Sequence[int]) -> bytes:
    return struct.pack(f">{len(keys)}q", *keys)


def rows_of(block: Seal) -> Iterator[SealedRow]:
    digests = bytes(block.digests)
    yield from (SealedRow(pk, digests[32 * place : 32 * place + 32]) for place, pk in enumerate(block.ids))


def _under_key(key: str, content: bytes) -> tuple[str, bytes]:
    """(name of the key, HMAC): without the key, which is not in the database, nobody makes a chain that fits."""
    return key_name(key), hmac.digest(key.encode(), content, "sha256")


def key_name(key: str) -> str:
    return hmac.digest(key.encode(), b"audit.seal", "sha256").hex()[:8]


def is_ours(block: Seal, keys: Iterable[str]) -> bool:
    """Whether the block was made by an installation that holds one of these keys."""
    known = {key_name(key): key for key in keys}
    if block.key_id not in known:
        return False
    return hmac.compare_digest(_under_key(known[block.key_id], bytes(block.hash))[1], bytes(block.mac))


@dataclass(frozen=True)
class Unsealed:
    """What is not sealed yet: roughly how many entries (counted up to 100,000 a table), and since when."""

    entries: int
    since: datetime | None

    @property
    def seconds(self) -> int:
        """The age of what all is sealed up to: 0 where nothing waits."""
        return max(int((timezone.now() - self.since).total_seconds()), 0) if self.since else 0

    @property
    def is_late(self) -> bool:
        return self.seconds > LATE_S


def unsealed() -> Unsealed:
    """As the blocks say: no process but the worker has the key by which to tell a forged one. Of all sites' entries."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT entries, since FROM audit_unsealed()")
        return Unsealed(*cursor.fetchone())
