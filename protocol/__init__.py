"""The trial as a file, and its reader: each rule that a trial may choose, with its default.

`load` reads and checks a file, `current` is the version by which a form is judged: see `under`.
"""

from protocol.fault import Fault, ProtocolError
from protocol.reader import current, file_stands_at, go_by, in_force, known, load, of_file, parse, under
from protocol.schema import AnalysisPlan, Protocol

__all__ = [
    "AnalysisPlan",
    "Fault",
    "Protocol",
    "ProtocolError",
    "current",
    "file_stands_at",
    "go_by",
    "in_force",
    "known",
    "load",
    "of_file",
    "parse",
    "under",
]
