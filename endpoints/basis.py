"""What a stored result rests on, as one digest: the records that were read, the code that derived, the protocol.

Two results of one basis are the same; where they are not, somebody altered one of them (endpoints.verifying).
"""

from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from endpoints.arithmetic.records import Assessment, SubjectRecords
from protocol import current

HERE = Path(__file__).parent
# Records that hold what several rows say.
OF_ROWS = (SubjectRecords, Assessment)
# What turns tables into results; the pages and figures only show them.
READERS = ("records.py", "signs_of_life.py", "analysis_sets.py", "basis.py")
# What writes the numbers in its sentences.
WRITERS = ("numbers.py", "shown.py")


@cache
def code_digest() -> str:
    """SHA-256 over the modules that derive and estimate: a release that touches one of them derives everything anew."""
    modules = [*sorted((HERE / "arithmetic").glob("*.py")), *(HERE / name for name in READERS)]
    modules += [HERE.parent / "values" / name for name in WRITERS]
    return _digest(f"{module.name} {sha256(module.read_bytes()).hexdigest()}" for module in modules)


def basis_of(records: SubjectRecords) -> str:
    """Of one subject's outcome."""
    return _digest((code_digest(), current().sha256, _written(records)))


def basis_of_all(outcomes: Iterable[tuple[int, str]]) -> str:
    """Of the estimates of a population: (subject's key, basis of its outcome) of each member."""
    return _digest((code_digest(), current().sha256, *(f"{pk} {basis}" for pk, basis in sorted(outcomes))))


def _written(value: Any) -> str:
    """The same whatever order the database gives rows in: the records say that it does not matter."""
    if isinstance(value, tuple):
        return f"({', '.join(sorted(map(_written, value)))})"
    if isinstance(value, OF_ROWS):
        return f"{type(value).__name__}({', '.join(_written(getattr(value, field.name)) for field in fields(value))})"
    return repr(value)


def _digest(parts: Iterable[str]) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()
