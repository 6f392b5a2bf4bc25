"""Why a list is empty: nothing may be done, nothing fits the filter, or there is nothing. In this order, for a page
that says "all done", or "none", of what it only does not show is believed."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from values.counts import counted


@dataclass(frozen=True)
class Emptiness:
    """`left_undone` is how much of `what` (one, many) waits and cannot be done, because it is frozen or locked.

    `nothing_to_do` is the sentence for a list that is empty because there is nothing; `searched` is what was looked for
    in words; `every` are the rows of the list without its filter, counted where the sentence needs it; `all_of_it`
    leads to them.
    """

    nothing_to_do: str
    left_undone: int = 0
    what: tuple[str, str] = ("entry", "entries")
    is_filtered: bool = False
    searched: str = ""
    all_of_it: str = ""
    title: str = "Nothing to do"
    every: QuerySet[Any] | None = None

    @cached_property
    def without_filter(self) -> int | None:
        """How many rows there are without the filter; None where nobody counts them."""
        return None if self.every is None else self.every.order_by().count()

    @property
    def is_for_the_filter(self) -> bool:
        """Of what is not there at all, it is not the filter that shows none."""
        return self.is_filtered and self.without_filter != 0

    @property
    def heading(self) -> str:
        if self.left_undone:
            return "No action is possible here"
        return "Nothing fits the filter" if self.is_for_the_filter else self.title

    @property
    def words(self) -> str:
        """What stays undone; "" where nothing does."""
        if not self.left_undone:
            return ""
        number = counted(self.left_undone, *self.what)
        return f"Left undone: {number}, frozen or locked. Nothing is done there until it is opened."

    @property
    def sentence(self) -> str:
        if self.left_undone:
            return self.words
        if not self.is_for_the_filter:
            return self.nothing_to_do
        matches = f" Nothing matches “{self.searched.strip()}”." if self.searched.strip() else ""
        others = f" Without it: {counted(self.without_filter, *self.what)}." if self.without_filter else ""
        return f"Nothing in this list fits the filter.{matches}{others}"
