"""Aids for the dose decisions of phase I: counts in, recommendations out. None of them decides anything."""

from cohorts.escalation.level import Advice, Move, Tally

__all__ = ["Advice", "Move", "Tally"]
