"""The shape of a protocol file."""

from trialsite.protocol.plan import AnalysisPlan

__all__ = ["AnalysisPlan"]
