"""What the clients do, drawn from the seed before anything runs: no fault and no delay changes what comes next.

A story is the life of one form, act by act, and begins on its own: where a client gives up, the next story is what it
would have been anyway.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, islice
from uuid import UUID

# Acts that go together. Within a version each comes once at most: what is signed or verified as it stands is done.
CHAPTERS = (
    ("sign",),
    ("verify",),
    ("ask", "answer", "close"),
    ("freeze", "refused", "unfreeze"),
    ("lock", "refused", "unlock"),
)
ENDINGS = ((), ("ask",), ("ask", "answer"), ("freeze",), ("lock",))
CHANGES = 3
# One act in so many is given up by its client once it does not know whether it was done.
GIVES_UP = 5
OTHER = {"1": "2", "2": "1"}


@dataclass(frozen=True)
class Act:
    """One request of a user. `key` is that of the request, and the words of a question or reason hold it; `patient`
    says that it is sent until it is known to be done."""

    kind: str
    key: str
    patient: bool

    @property
    def words(self) -> str:
        return f"Campaign {self.key}"


@dataclass(frozen=True)
class EventStory:
    """`subject` (0 to 1) chooses one of the subjects; `term` is the event's, and no other's."""

    term: str
    subject: float
    acts: tuple[Act, ...]


@dataclass(frozen=True)
class KeptForm:
    """All that is kept of one form: what it says, versions signed and verified, the steps of each query with their
    words, and for each freeze and lock the state, its reason and that of its end."""

    term: str
    grade: str = "1"
    version: int = 1
    signed: tuple[int, ...] = ()
    verified: tuple[int, ...] = ()
    queries: tuple[tuple[tuple[str, str], ...], ...] = ()
    closures: tuple[tuple[str, str, str], ...] = ()

    def after(self, act: Act) -> "KeptForm":
        """What is kept once the act was done, and done once."""
        match act.kind:
            case "change":
                return replace(self, grade=OTHER[self.grade], version=self.version + 1)
            case "sign":
                return replace(self, signed=(*self.signed, self.version))
            case "verify":
                return replace(self, verified=(*self.verified, self.version))
            case "ask":
                return replace(self, queries=(*self.queries, (("open", act.words),)))
            case "answer" | "close":
                *before, last = self.queries
                state = {"answer": "answered", "close": "closed"}[act.kind]
                return replace(self, queries=(*before, (*last, (state, act.words))))
            case "freeze" | "lock":
                state = {"freeze": "frozen", "lock": "locked"}[act.kind]
                return replace(self, closures=(*self.closures, (state, act.words, "")))
            case "unfreeze" | "unlock":
                *earlier, (state, why, _) = self.closures
                return replace(self, closures=(*earlier, (state, why, act.words)))
        return self  # what is refused leaves all as it was


def stories(seed: float, client: int) -> Iterator[EventStory]:
    """Without an end; the same for the same seed and client."""
    chance = random.Random(f"{seed} {client}")
    for number in count(1):
        yield EventStory(f"Event {client}-{number}", chance.random(), tuple(_acts(chance)))


def _acts(chance: random.Random) -> Iterator[Act]:
    yield _act("create", chance)
    for _ in range(CHANGES):
        for chapter in chance.sample(CHAPTERS, chance.randrange(len(CHAPTERS))):
            yield from (_act(kind, chance) for kind in chapter)
        yield _act("change", chance)
    yield from (_act(kind, chance) for kind in chance.choice(ENDINGS))


def _act(kind: str, chance: random.Random) -> Act:
    key = str(UUID(int=chance.getrandbits(128), version=4))
    return Act(kind, key, chance.randrange(GIVES_UP) > 0)


def first_stories(seed: float, client: int, number: int) -> list[EventStory]:
    return list(islice(stories(seed, client), number))
