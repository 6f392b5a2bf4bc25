"""Lines of a file by which an installation is set up: what each would do, and all of it done or nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from accounts.actor import Actor, acting
from values.tables import Line


@dataclass
class Planned:
    """A line with what it `does`, in words, and the writes (by whom, why): none where all of it is there."""

    line: Line
    does: str = ""
    writes: list[Callable[[Actor, str], object]] = field(default_factory=list)


class NotBroughtIn(Exception):
    """Nothing was written; the message says at which line and why."""


def bring_in(planned: Iterable[Planned], *, by: Actor, reason: str, refusals: tuple[type[Exception], ...] = ()) -> int:
    """All lines in one transaction; how many of them wrote something. Raises NotBroughtIn, and then none did: what was
    looked through may have been written by somebody else since. `refusals` are what the services raise, beside
    ValidationError."""
    changing = [planned_line for planned_line in planned if planned_line.writes]
    with acting(by, reason=reason, waits=False):
        for planned_line in changing:
            try:
                for write in planned_line.writes:
                    write(by, reason)
            except (ValidationError, *refusals) as refusal:
                words = " ".join(getattr(refusal, "messages", [str(refusal)]))
                raise NotBroughtIn(f"Line {planned_line.line.number}: {words}") from refusal
    return len(changing)


def repeated(line: Line, earlier: Line, name: str) -> str:
    """Whether a line says again what an earlier one of the file said: "" if so, else in which columns it differs."""
    other = [column for column in line.values if line.values[column] != earlier.values[column]]
    return f"{name} is in line {earlier.number} already, with another {', '.join(other)}." if other else ""
