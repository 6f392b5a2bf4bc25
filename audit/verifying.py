"""Whether the trail is still what was sealed: every block, every row, and rows that no block knows.

The digests are computed here from what the database hands out, not by the database. Memory holds the keys of all sealed
rows, 8 bytes each, and one batch of blocks.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from django.conf import settings
from django.db import connection

from audit.models import Seal
from audit.seal_keys import refuse_missing_seal_keys
from audit.sealing import BEGINNING, CONTENT, SCHEME, TABLES, digest, hash_of, is_genuine, is_ours, rows_of
from audit.wholes import Answer
from values.counts import counted
from values.times import shown_moment

BATCH = 5000


class SealFault(NamedTuple):
    """`kind` is altered, removed or inserted (of a row), broken (of a block of the seal) or anchor."""

    kind: str
    where: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence}"


@dataclass
class Verified:
    """What was found: rows checked and not sealed yet, by table; the last block; faults in order."""

    blocks: int = 0
    last: Seal | None = None
    sealed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TABLES, 0))
    waiting: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TABLES, 0))
    faults: list[SealFault] = field(default_factory=list)


def verify(anchors: Iterable[dict[str, Any]] = (), progress: Callable[[int], None] | None = None) -> Verified:
    """Walk the chain from its beginning; `progress` hears of the number of rows checked so far.

    Raises ImproperlyConfigured without a key of the seal: all blocks would look forged.
    """
    refuse_missing_seal_keys()
    verified = Verified()
    anchored: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for anchor in anchors:
        anchored[int(anchor["block"])].append(anchor)
    known = {table: array("q") for table in TABLES}
    settled = dict.fromkeys(TABLES, 0)
    waiting: list[Seal] = []
    number = 0
    for block in Seal.objects.order_by("number").iterator(chunk_size=20):
        verified.faults += _faults_of_chain(block, number + 1, verified.last)
        verified.faults += _anchored(block, anchored.pop(block.number, []))
        number, verified.blocks = block.number, verified.blocks + 1
        if block.table_name in known:
            known[block.table_name].extend(block.ids)
        if not is_genuine(block):
            # It is named; nothing that it says is believed, and no block of ours follows from it.
            continue
        verified.last = block
        if block.table_name not in known:
            continue
        settled[block.table_name] = max(settled[block.table_name], block.settled)
        verified.sealed[block.table_name] += len(block.ids)
        waiting.append(block)
        if sum(part.rows for part in waiting) >= BATCH:
            verified.faults += _faults_of_rows(waiting)
            waiting = []
            if progress:
                progress(sum(verified.sealed.values()))
    verified.faults += _faults_of_rows(waiting)
    verified.faults += [_cut_off(anchor) for missed in anchored.values() for anchor in missed]
    for table in TABLES:
        verified.faults += _inserted(table, known[table], settled[table], verified.waiting)
    return verified


def entries(number: int) -> str:
    return counted(number, "entry", "entries")


def answered() -> Answer:
    """The whole walk, as audit.wholes writes it down."""
    verified = verify()
    sealed, waiting = sum(verified.sealed.values()), sum(verified.waiting.values())
    last = f"the last of {shown_moment(verified.last.made_at)}" if verified.last else "nothing sealed yet"
    verdict = counted(len(verified.faults), "fault") if verified.faults else "every sealed entry is as it was sealed"
    blocks = counted(verified.blocks, "block")
    says = f"{entries(sealed)} in {blocks}, {last}, {entries(waiting)} not sealed yet: {verdict}."
    return Answer(sealed, says, [str(fault) for fault in verified.faults])


def _faults_of_chain(block: Seal, expected: int, before: Seal | None) -> Iterator[SealFault]:
    """`before` is the last block of ours before it."""
    where = f"block {block.number}"
    if block.number != expected:
        yield SealFault("broken", where, f"the chain has a hole: block {expected} should come here")
    if hash_of(block) != bytes(block.hash):
        yield SealFault("broken", where, "its content is not what its hash was made of")
    elif not is_ours(block, settings.TRAIL_SEAL_KEYS):
        yield SealFault("broken", where, "it was not made with a key of this installation (TRAIL_SEAL_KEYS)")
    elif block.number == expected and bytes(block.previous) != (bytes(before.hash) if before else BEGINNING):
        yield SealFault("broken", where, "it does not follow from the block before it")
    if block.scheme != SCHEME or block.table_name not in TABLES:
        yield SealFault("broken", where, f"this version cannot check {block.table_name} by scheme {block.scheme}")


def _anchored(block: Seal, anchors: list[dict[str, Any]]) -> Iterator[SealFault]:
    for anchor in anchors:
        if bytes(block.hash).hex() == anchor["hash"]:
            continue
        yield SealFault("anchor", f"block {block.number}", f"it is not the block of the anchor of {anchor['made_at']}")


def _cut_off(anchor: dict[str, Any]) -> SealFault:
    return SealFault(
        "anchor", f"block {anchor['block']}", f"the anchor of {anchor['made_at']} names it, and it is gone"
    )


def _faults_of_rows(blocks: list[Seal]) -> Iterator[SealFault]:
    for table in TABLES:
        of_table = [block for block in blocks if block.table_name == table]
        present = _digests(table, [pk for block in of_table for pk in block.ids])
        for block in of_table:
            sealed = f"sealed in block {block.number}, {shown_moment(block.made_at, seconds=True)}"
            for row in rows_of(block):
                if row.pk not in present:
                    yield SealFault("removed", f"{table} {row.pk}", f"the row was removed ({sealed})")
                elif present[row.pk] != row.digest:
                    yield SealFault("altered", f"{table} {row.pk}", f"the row was altered ({sealed})")


def _digests(table: str, keys: list[int]) -> dict[int, bytes]:
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {CONTENT[table]} FROM {table} WHERE id = ANY(%s)", [keys])  # noqa: S608
        return {pk: digest(content) for pk, content in cursor}


def _inserted(table: str, known: "array[int]", settled: int, waiting: dict[str, int]) -> Iterator[SealFault]:
    """Rows that no block names: up to `settled` nothing honest can be missing; above it they wait to be sealed."""
    sealed = np.sort(np.frombuffer(known, dtype=np.int64))
    for keys in _keys(table):
        given = _last_given(table)
        for pk in np.setdiff1d(keys, sealed, assume_unique=True).tolist():
            if pk <= settled:
                yield SealFault("inserted", f"{table} {pk}", "the row was put in after everything up to it was sealed")
            elif pk > given:
                yield SealFault(
                    "inserted", f"{table} {pk}", "the row was put in by hand: its number was never given out"
                )
            else:
                waiting[table] += 1


def _last_given(table: str) -> int:
    """Asked after rows were read: whoever has a key took it before."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT last_value FROM {table}_id_seq")  # noqa: S608
        return int(cursor.fetchone()[0])


def _keys(table: str) -> Iterator[list[int]]:
    after = -(2**63)
    with connection.cursor() as cursor:
        while True:
            cursor.execute(f"SELECT id FROM {table} WHERE id > %s ORDER BY id LIMIT 50000", [after])  # noqa: S608
            keys = [pk for (pk,) in cursor.fetchall()]
            if not keys:
                return
            yield keys
            after = keys[-1]
