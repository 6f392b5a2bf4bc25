"""A term of a dictionary, whichever it comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """As it is stored with an event. `group` is what it belongs to: a category of the CTCAE, a system organ class.

    `code` is "" where the dictionary gives none, as the CTCAE does.
    """

    text: str
    code: str
    group: str
    dictionary: str
