"""A term of a dictionary, whichever it comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """As it is stored with an event. `group` is what it belongs to: a category of the CTCAE, a system organ class.

    `code` is "" where the dictionary gives none, as the CTCAE does; `grades` are those that its criterion describes,
    none where the dictionary does not say.
    """

    text: str
    code: str
    group: str
    dictionary: str
    grades: tuple[int, ...] = ()

    @property
    def grades_in_words(self) -> str:
        """Grades 1 to 4; grades 1 and 2; grade 5; "" where they are not known."""
        least, most = min(self.grades, default=0), max(self.grades, default=0)
        if len(self.grades) < 2:
            return f"grade {most}" if self.grades else ""
        if len(self.grades) > 2 and most - least + 1 == len(self.grades):
            return f"grades {least} to {most}"
        return f"grades {', '.join(map(str, self.grades[:-1]))} and {most}"
