"""What 3+3, BOIN and the Bayesian model advise on a dose level.

Counts in, recommendations out. None of them decides anything.
"""

from cohorts.escalation.level import Advice, Move, Tally

__all__ = ["Advice", "Move", "Tally"]
