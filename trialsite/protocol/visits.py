"""The visits of a trial: what is due when, counted from consent, first dose, cycle start or end of treatment."""

from typing import Annotated, Literal

from pydantic import Field

from trialsite.protocol.forms import FormCode
from trialsite.protocol.part import Code, Part, Text

VisitKind = Literal["screening", "cycle", "tumour", "dlt", "end_of_treatment", "follow_up"]


class OfEveryKind(Part):
    """What each kind of visit says."""

    code: Code
    label: Text
    forms: tuple[FormCode, ...]


class InAWindow(OfEveryKind):
    """A visit that may take place so many days before and after its day."""

    early_days: int = Field(ge=0)
    late_days: int = Field(ge=0)


class ScreeningVisit(OfEveryKind):
    """From consent to the first dose, at most `days_before` days before it."""

    kind: Literal["screening"]
    days_before: int = Field(ge=0)


class AtCycles(Part):
    """Forms of a cycle's day that only some cycles have: cycle `first`, and every `every`-th after it."""

    forms: tuple[FormCode, ...] = Field(min_length=1)
    first: int = Field(ge=1)
    every: int = Field(ge=1)

    def falls_on(self, cycle: int) -> bool:
        return cycle >= self.first and (cycle - self.first) % self.every == 0


class CycleVisit(InAWindow):
    """On one day of every cycle; day 1 is the day on which the cycle starts. `forms` are those of every cycle."""

    kind: Literal["cycle"]
    day: int = Field(ge=1)
    at_cycles: tuple[AtCycles, ...] = ()

    def forms_in(self, cycle: int) -> tuple[FormCode, ...]:
        """What is asked for on this day of that cycle."""
        return self.forms + tuple(code for part in self.at_cycles if part.falls_on(cycle) for code in part.forms)


class TumourVisit(InAWindow):
    """Every `every_days` days of the calendar from the first dose, whatever the cycles do.

    None is due after progression, death or a withdrawn consent; nor after the end of treatment, where `until` says so.
    Where they go on after treatment the next two after the last contact are planned: nobody asks for one that was
    passed over, as nobody asks for doses then.
    """

    kind: Literal["tumour"]
    every_days: int = Field(ge=1)
    until: Literal["progression", "end_of_treatment"] = "progression"


class DltVisit(OfEveryKind):
    """Once, on the day after the last one of the cycle in which dose-limiting toxicity counts (DltRule): for subjects
    of cohorts that are evaluated for it, and whatever became of their treatment."""

    kind: Literal["dlt"]
    late_days: int = Field(ge=0)


class EndOfTreatmentVisit(OfEveryKind):
    """Once, from the end of treatment on."""

    kind: Literal["end_of_treatment"]
    late_days: int = Field(ge=0)


class FollowUpVisit(InAWindow):
    """Every `every_months` calendar months after the end of treatment, until death."""

    kind: Literal["follow_up"]
    every_months: int = Field(ge=1)


Visit = Annotated[
    ScreeningVisit | CycleVisit | TumourVisit | DltVisit | EndOfTreatmentVisit | FollowUpVisit,
    Field(discriminator="kind"),
]


def every_form(visit: Visit) -> tuple[FormCode, ...]:
    """What is asked for at such a visit, in any cycle."""
    sometimes = visit.at_cycles if isinstance(visit, CycleVisit) else ()
    return visit.forms + tuple(code for part in sometimes for code in part.forms)
