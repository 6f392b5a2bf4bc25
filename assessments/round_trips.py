"""How a save waits for the database as seldom as it can: all of its cleverness stands here.

A save of a new form waited nineteen times for an answer and now waits seven times, in some 11 ms (decision 10 and
benchmarks/README.md): the reads that it will need are asked with its first statement, its key is drawn before it is
written, and its writes are sent together. What is done, and in which order, stands in assessments.services.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from accounts.actor import Actor, acting
from assessments.checks.asking import is_compared
from assessments.models import CaseForm
from assessments.place import Place
from assessments.sequence import STANDING, asked_of
from assessments.visits.dating import judged
from cohorts.services import lock_subject
from database.prepared import Read, in_one_go, next_key

NEXT_KEY = next_key(CaseForm)


@contextmanager
def saving(place: Place, record: Mapping[str, Any], by: Actor, reason: str, *, moves: bool) -> Iterator[None]:
    """The transaction of a save, in the name of whoever saves and by the version of the protocol that it stands under.

    Whoever plans visits (`moves`), or compares forms, holds the subject before the form and the visit: of two saves at
    once the later one sees what the other wrote. Only a save that need not do so has its reads asked ahead: what is
    read before the subject is held could be old.
    """
    holds = moves or place.form_type.for_enrolment or is_compared(place.form_type.code)
    reads = () if holds or place.case_form is not None else _reads_of_new(place)
    with judged(place, record), acting(by, reason=reason, reads=reads):
        if holds:
            lock_subject(place.subject)
        yield


def _reads_of_new(place: Place) -> tuple[Read, ...]:
    """Whether the form may be begun, and its key."""
    return (STANDING, asked_of(place.subject)), (NEXT_KEY, ())


def drawn_key() -> int:
    """The key of a form that is to be added: what belongs to it can be sent together with it."""
    [(key,)] = NEXT_KEY.rows()
    return int(key)


def sent_together() -> AbstractContextManager[Any]:
    """The writes within do not wait for each other; what one did wrong is raised at the end. For a new form alone:
    nothing within may ask how many rows it changed."""
    return in_one_go()
