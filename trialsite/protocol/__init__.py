"""The protocol as data: `load` reads and checks a file, `current` is the one that this installation runs."""

from trialsite.protocol.fault import Fault, ProtocolError
from trialsite.protocol.reader import current, load
from trialsite.protocol.schema import AnalysisPlan, Protocol

__all__ = ["AnalysisPlan", "Fault", "Protocol", "ProtocolError", "current", "load"]
