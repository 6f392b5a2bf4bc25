"""The protocol as data: `load` reads and checks a file, `current` is the one that this installation runs."""

from trialsite.protocol.reader import ProtocolError, current, load
from trialsite.protocol.schema import AnalysisPlan, Protocol

__all__ = ["AnalysisPlan", "Protocol", "ProtocolError", "current", "load"]
