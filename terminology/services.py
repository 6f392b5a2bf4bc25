"""A dictionary is loaded whole or not at all; the newest one loaded is in force."""

from collections.abc import Iterable
from dataclasses import asdict
from itertools import islice

from accounts.actor import Actor, acting
from terminology.meddra import Row
from terminology.models import Dictionary, LowestTerm
from terminology.words import folded

BATCH = 5000


class AlreadyLoaded(Exception):
    """This release is there; what stored events name must not change under them."""


def load_dictionary(*, name: str, version: str, rows: Iterable[Row], by: Actor) -> tuple[Dictionary, int]:
    """The dictionary and how many terms it has. Raises AlreadyLoaded."""
    with acting(by, reason=f"{name} {version} loaded", waits=False):
        if Dictionary.objects.filter(name=name, version=version).exists():
            raise AlreadyLoaded(f"{name} {version} is loaded already.")
        Dictionary.objects.filter(in_force=True).update(in_force=False)
        held = Dictionary.objects.create(name=name, version=version, in_force=True)
        count, left = 0, iter(rows)
        while part := [
            LowestTerm(dictionary=held, folded=folded(row.text), **asdict(row)) for row in islice(left, BATCH)
        ]:
            LowestTerm.objects.bulk_create(part)
            count += len(part)
    return held, count
