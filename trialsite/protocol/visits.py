"""The visits of a trial: what is due when, counted from consent, first dose, cycle start or end of treatment."""

from typing import Annotated, Literal

from pydantic import Field

from trialsite.protocol.forms import FormCode
from trialsite.protocol.part import Code, Part, Text

VisitKind = Literal["screening", "cycle", "tumour", "end_of_treatment", "follow_up"]


class ScreeningVisit(Part):
    """From consent to the first dose, at most `days_before` days before it."""

    kind: Literal["screening"]
    code: Code
    label: Text
    days_before: int = Field(ge=0)
    forms: tuple[FormCode, ...]


class CycleVisit(Part):
    """On one day of every cycle; day 1 is the day on which the cycle starts."""

    kind: Literal["cycle"]
    code: Code
    label: Text
    day: int = Field(ge=1)
    early_days: int = Field(ge=0)
    late_days: int = Field(ge=0)
    forms: tuple[FormCode, ...]


class TumourVisit(Part):
    """Every `every_days` days of the calendar from the first dose, whatever the cycles do.

    None is due after progression, death or a withdrawn consent; nor after the end of treatment, where `until` says so.
    Where they go on after treatment the next two after the last contact are planned: nobody asks for one that was
    passed over, as nobody asks for doses then.
    """

    kind: Literal["tumour"]
    code: Code
    label: Text
    every_days: int = Field(ge=1)
    early_days: int = Field(ge=0)
    late_days: int = Field(ge=0)
    until: Literal["progression", "end_of_treatment"] = "progression"
    forms: tuple[FormCode, ...]


class EndOfTreatmentVisit(Part):
    """Once, from the end of treatment on."""

    kind: Literal["end_of_treatment"]
    code: Code
    label: Text
    late_days: int = Field(ge=0)
    forms: tuple[FormCode, ...]


class FollowUpVisit(Part):
    """Every `every_months` calendar months after the end of treatment, until death."""

    kind: Literal["follow_up"]
    code: Code
    label: Text
    every_months: int = Field(ge=1)
    early_days: int = Field(ge=0)
    late_days: int = Field(ge=0)
    forms: tuple[FormCode, ...]


Visit = Annotated[
    ScreeningVisit | CycleVisit | TumourVisit | EndOfTreatmentVisit | FollowUpVisit, Field(discriminator="kind")
]
