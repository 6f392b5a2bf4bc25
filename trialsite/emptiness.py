"""Why a list of work is empty: nothing fits the filter, nothing may be done, or there is nothing to do. In this order,
for a page that says "all done" of what it only does not show is believed."""

from dataclasses import dataclass

from values.counts import counted


@dataclass(frozen=True)
class Emptiness:
    """`left_undone` is how much of `what` (one, many) waits and cannot be done, because it is frozen or locked.

    `nothing_to_do` is the sentence for a list that is empty because all is done; `searched` is what was looked for in
    words; `all_of_it` leads to the list without its filter.
    """

    nothing_to_do: str
    left_undone: int = 0
    what: tuple[str, str] = ("", "")
    is_filtered: bool = False
    searched: str = ""
    all_of_it: str = ""
    title: str = "Nothing to do"

    @property
    def heading(self) -> str:
        if self.left_undone:
            return "Nothing may be done here"
        return "Nothing fits the filter" if self.is_filtered else self.title

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
        if not self.is_filtered:
            return self.nothing_to_do
        matches = f" Nothing matches “{self.searched.strip()}”." if self.searched.strip() else ""
        return f"Nothing in this list fits the filter.{matches}"
