"""The visits of a trial: what is due when, counted from consent, first dose, cycle start or end of treatment."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from protocol.forms import FormCode
from protocol.part import Code, Part, Text
from protocol.plan import Origin

# How the code of a visit begins that nobody planned: no visit of a protocol may be called so.
UNSCHEDULED = "UNS"
VisitKind = Literal["screening", "cycle", "tumour", "dlt", "end_of_treatment", "follow_up"]


class OfEveryKind(Part):
    """What each kind of visit says."""

    code: Code
    """By which the schedule calls it; the one on day 1 of a cycle is D1."""
    label: Text
    """In words."""
    forms: tuple[FormCode, ...]
    """The codes of the forms that are asked for."""


class InAWindow(OfEveryKind):
    """A visit that may take place so many days before and after its day."""

    early_days: int = Field(ge=0)
    """Days by which it may be early."""
    late_days: int = Field(ge=0)
    """Days by which it may be late."""


class ScreeningVisit(OfEveryKind):
    """From consent to the first dose, at most `days_before` days before it."""

    kind: Literal["screening"]
    days_before: int = Field(ge=0)
    """Days before the first dose at which it may begin."""


class AtCycles(Part):
    """Forms of a cycle's day that only some cycles have: cycle `first`, and every `every`-th after it, if any."""

    forms: tuple[FormCode, ...] = Field(min_length=1)
    """The codes of the forms."""
    first: int = Field(ge=1)
    """The first cycle that has them."""
    every: int | None = Field(default=None, ge=1)
    """From then on every so many cycles; none: in that cycle alone."""

    def falls_on(self, cycle: int) -> bool:
        if self.every is None:
            return cycle == self.first
        return cycle >= self.first and (cycle - self.first) % self.every == 0


class CycleVisit(InAWindow):
    """On one day of a cycle; day 1 is the day on which the cycle starts. `forms` are those of every cycle: where there
    are none, the visit is held in the cycles of `at_cycles` alone."""

    kind: Literal["cycle"]
    day: int = Field(ge=1)
    """Day of the cycle."""
    at_cycles: tuple[AtCycles, ...] = ()
    """Forms that only some cycles have."""

    def forms_in(self, cycle: int) -> tuple[FormCode, ...]:
        """What is asked for on this day of that cycle."""
        return self.forms + tuple(code for part in self.at_cycles if part.falls_on(cycle) for code in part.forms)


class LaterInterval(Part):
    """From a day on, another interval between two tumour assessments."""

    after_days: int = Field(ge=1)
    """Days after the first one's origin: assessments up to that day keep the interval before."""
    every_days: int = Field(ge=1)
    """Days from one to the next from then on, counted from the last one before."""


class TumourVisit(InAWindow):
    """Every `every_days` days of the calendar from the first dose, whatever the cycles do; from the days that `then`
    names on in other intervals.

    None is due after progression, death or a withdrawn consent; nor after the end of treatment, where `until` says so.
    Where they go on after treatment the next two after the last contact are planned: nobody asks for one that was
    passed over, as nobody asks for doses then.
    """

    kind: Literal["tumour"]
    every_days: int = Field(ge=1)
    """Days from one to the next, counted from `counted_from`."""
    then: tuple[LaterInterval, ...] = ()
    """Later intervals, as 12-weekly after week 48."""
    counted_from: Origin = "first_dose"
    """From which day they are counted."""
    until: Literal["progression", "end_of_treatment"] = "progression"
    """Until when they go on."""

    def interval_on(self, day: int) -> int:
        """The days to the next assessment that hold so many days after the origin."""
        return [self.every_days, *(step.every_days for step in self.then if day >= step.after_days)][-1]

    def days(self) -> Iterator[int]:
        """Of every assessment the days after the origin, without an end."""
        day = 0
        while True:
            day += self.interval_on(day)
            yield day


class DltVisit(OfEveryKind):
    """Once, on the day after the last one of the cycle in which dose-limiting toxicity counts: for subjects
    of cohorts that are evaluated for it, and whatever became of their treatment."""

    kind: Literal["dlt"]
    late_days: int = Field(ge=0)
    """Days after the cycle within which it is held."""


class EndOfTreatmentVisit(OfEveryKind):
    """Once, from the end of treatment on."""

    kind: Literal["end_of_treatment"]
    late_days: int = Field(ge=0)
    """Days after the end of treatment within which it is held."""


class FollowUpVisit(InAWindow):
    """Every `every_months` calendar months after the end of treatment, until death."""

    kind: Literal["follow_up"]
    every_months: int = Field(ge=1)
    """Months from one to the next, counted from the end of treatment."""


Visit = Annotated[
    ScreeningVisit | CycleVisit | TumourVisit | DltVisit | EndOfTreatmentVisit | FollowUpVisit,
    Field(discriminator="kind"),
]


def every_form(visit: Visit) -> tuple[FormCode, ...]:
    """What is asked for at such a visit, in any cycle."""
    sometimes = visit.at_cycles if isinstance(visit, CycleVisit) else ()
    return visit.forms + tuple(code for part in sometimes for code in part.forms)
