"""What may be read of lists: how many numbers there are and were given, never which group comes next."""

from typing import NamedTuple

from django.db import connection

from cohorts.models import Subject
from protocol import in_force
from randomisation.models import Allocation
from randomisation.wording import in_words


class ListedStratum(NamedTuple):
    """Of one stratum, how many numbers all lists have, and how many were given."""

    name: str
    numbers: int
    given: int

    @property
    def words(self) -> str:
        return in_words(self.name)

    @property
    def left(self) -> int:
        return self.numbers - self.given


def strata() -> list[ListedStratum]:
    """Every stratum of the lists that were imported, for whoever imports lists or approves enrolments; else none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stratum, numbers, given FROM edc.strata()")
        return [ListedStratum(*row) for row in cursor.fetchall()]


def allocation_of(subject: Subject) -> Allocation | None:
    """The number that the subject was randomised with; no statement in a trial that randomises nobody."""
    if in_force().randomisation is None:
        return None
    return Allocation.objects.filter(subject=subject).first()


def numbers_taken(numbers: list[str]) -> set[str]:
    """Which of these an earlier list has, for whoever imports lists."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT edc.numbers_taken(%s)", [numbers])
        return set(cursor.fetchone()[0])
