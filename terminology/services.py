"""A dictionary is loaded whole or not at all; the newest one loaded is in force."""

from collections.abc import Iterable
from dataclasses import asdict
from itertools import islice

from accounts.actor import Actor, acting
from terminology.meddra import MeddraRow
from terminology.models import Dictionary, LowestTerm
from terminology.words import folded

BATCH = 5000


# Releases grow by some hundred terms of eighty thousand; one that lost a tenth is a file that was cut.
FEWEST = 0.9


class AlreadyLoaded(Exception):
    """This release is there; what stored events name must not change under them."""


class TooFewTerms(Exception):
    """The dictionary has no term, or far fewer than the one in force; the message says how many."""


def load_dictionary(
    *, name: str, version: str, rows: Iterable[MeddraRow], by: Actor, may_be_smaller: bool = False
) -> tuple[Dictionary, int]:
    """The dictionary and how many terms it has. Raises AlreadyLoaded or TooFewTerms; then nothing of it is there."""
    with acting(by, reason=f"{name} {version} loaded", waits=False):
        if Dictionary.objects.filter(name=name, version=version).exists():
            raise AlreadyLoaded(f"{name} {version} is loaded already.")
        before = Dictionary.objects.filter(name=name, in_force=True).first()
        Dictionary.objects.filter(in_force=True).update(in_force=False)
        held = Dictionary.objects.create(name=name, version=version, in_force=True)
        count, left = 0, iter(rows)
        while part := [
            LowestTerm(dictionary=held, folded=folded(row.text), **asdict(row)) for row in islice(left, BATCH)
        ]:
            LowestTerm.objects.bulk_create(part)
            count += len(part)
        _refuse_too_few(held, count, None if may_be_smaller else before)
    return held, count


def _refuse_too_few(held: Dictionary, count: int, before: Dictionary | None) -> None:
    if not count:
        raise TooFewTerms(f"{held} has no current term.")
    terms = before.terms.count() if before else 0
    if count < terms * FEWEST:
        raise TooFewTerms(f"{held} has {count} current terms, and {before}, which is in force, has {terms}.")
