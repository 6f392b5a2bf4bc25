"""Which visits and subjects take no entries, because they or what they are part of is frozen or locked: no work there.

Of a form its own header says so (CaseForm.frozen_at, locked_at); this is for what has no form yet.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from signature.models import Closure, ClosureState, Scope


@dataclass(frozen=True)
class ShutPlaces:
    """The state of each place that is shut as a whole, the lock where both are in force."""

    states: dict[str, str]

    def state_of(self, site: int, subject: int, visit: int | None = None) -> str:
        """locked, frozen, or "" where entries are taken."""
        places = ("trial", f"site:{site}", f"subject:{subject}", f"visit:{visit}")
        states = {self.states[place] for place in places if place in self.states}
        return max(states, default="")  # "locked" comes after "frozen"


def shut_places(subjects: Collection[int] | None = None) -> ShutPlaces:
    """Of these subjects (None is all) and of what they are part of. One statement."""
    live = Closure.objects.filter(reopened_at=None).exclude(scope=Scope.FORM).order_by()
    if subjects is not None:
        live = live.filter(Q(subject=None) | Q(subject__in=subjects))
    states: dict[str, str] = {}
    for place, state in live.values_list("place", "state"):
        states[place] = max(states.get(place, ""), str(ClosureState(state)))
    return ShutPlaces(states)
