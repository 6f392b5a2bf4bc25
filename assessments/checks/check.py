"""What an edit check is, and what it sees: one filled form, and where it says so the subject's other complete forms."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from cohorts.following import judging
from cohorts.versions import VersionTimeline
from protocol import Protocol

# (item, what is odd, in words that name the values). A row's item is "rows[3]-dose_mg".
Found = Iterator[tuple[str, str]]
T = TypeVar("T")


# No amendment is active.
ALONE = VersionTimeline()


@dataclass(frozen=True)
class At:
    """The visit of a form."""

    pk: int
    code: str
    label: str
    kind: str
    window_from: date | None = None
    window_to: date | None = None
    # The version of the protocol that it stands under.
    protocol: int | None = None


@dataclass(frozen=True)
class Form:
    """A filled form: its items by name, its rows that stand (each with its number), its visit."""

    code: str
    record: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]] = ()
    visit: At | None = None
    pk: int = 0

    def __getitem__(self, name: str) -> Any:
        """None where the item was left empty."""
        value = self.record.get(name)
        return None if value == "" else value


@dataclass(frozen=True)
class CheckedCasebook:
    """The complete forms of one subject that a check reads, the code of the cohort it is enrolled in, and the versions
    of the protocol that hold for it one after the other; none where no amendment is active at its site."""

    forms: Sequence[Form] = ()
    cohort: str = ""
    versions: VersionTimeline = ALONE

    def version_on(self, day: date | None) -> Protocol:
        """The version that held on that day; the one that judges where that is not known."""
        version = judging(self.versions.on(day) if day else None)
        # A cohort that came with an amendment has no plan in the versions before it.
        known = not self.cohort or any(cohort.code == self.cohort for cohort in version.cohorts)
        return version if known else judging(None)

    def of(self, *codes: str) -> list[Form]:
        return [form for form in self.forms if form.code in codes]

    def known(self, of: Callable[["CheckedCasebook"], T]) -> T:
        """What follows from all of it, found once: else each of sixty infusions would sort the other fifty-nine."""
        if of not in self._found:
            self._found[of] = of(self)
        value: T = self._found[of]
        return value

    @cached_property
    def _found(self) -> dict[Any, Any]:
        return {}

    def one(self, code: str) -> Form | None:
        return next(iter(self.of(code)), None)


@dataclass(frozen=True)
class Check:
    """A soft check: what it finds is saved, and asked back as a query.

    `at` are the forms that it asks at (none named: all of them), `items` those that it asks about. A check without
    `reads` sees its form alone; the others see the subject's complete forms of these codes too, and run again whenever
    one of those changes. `ask` is None for what the derivation of the endpoints finds, which comes after a save.
    """

    id: str
    at: tuple[str, ...]
    items: tuple[str, ...]
    ask: Callable[..., Found] | None
    reads: tuple[str, ...] = ()
    told: str = field(default="")
    # What pages, files and the API call it, where that is not its id: the queries that it raised keep that (name_of).
    called: str = ""

    @property
    def name(self) -> str:
        return self.called or self.id

    @property
    def sentence(self) -> str:
        """What it asks about, for the list of checks."""
        return self.told or " ".join((self.ask.__doc__ or "").split())

    @property
    def is_derived(self) -> bool:
        return self.ask is None

    @property
    def is_across(self) -> bool:
        return bool(self.reads)

    def concerns(self, code: str) -> bool:
        """Whether a change of such a form can change what it finds."""
        return not self.at or code in self.at or code in self.reads

    def findings(self, form: Form, book: CheckedCasebook | None = None) -> list[tuple[str, str]]:
        if self.ask is None:
            return []
        return list(self.ask(form, book) if self.is_across else self.ask(form))


def row_item(row: Mapping[str, Any], name: str) -> str:
    """An item of a row as a query names it."""
    return f"rows[{row['row']}]-{name}"
