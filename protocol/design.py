"""The design of a trial: phases, cohorts, populations, analysis sets, DLT rule, SDV plan and data cuts."""

from __future__ import annotations

import calendar
import datetime as dt
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from protocol.forms import FormCode
from protocol.part import Code, Part, Text
from protocol.regimen import Schedule

Endpoint = Literal["response", "survival"]


class Phase(Part):
    code: Code
    """By which cohorts and criteria name it."""
    label: Text
    """In words."""
    question: Text
    """What the phase is to find out."""
    primary_endpoint: Text
    """In words."""


class Cohort(Part):
    """Subjects treated alike. `planned` is the number of places, None where the trial sets none."""

    code: Code
    """By which populations and figures name it."""
    phase: Code
    """The code of its phase."""
    label: Text
    """In words."""
    dose_level: int | None = Field(default=None, ge=1, description="Rank of the dose among those of its schedule")
    everolimus_mg: Decimal | None = Field(default=None, gt=0)
    """The dose of everolimus; stated with the schedule or not at all."""
    schedule: Schedule | None = None
    """How often the dose of its own is taken; dose levels of one schedule are a ladder."""
    doses: dict[Code, Decimal] = Field(default_factory=dict)
    """By the code of a drug, the full dose of this cohort in the drug's unit, where it is not that of the drug."""
    planned: int | None = Field(default=None, ge=1)
    """Places; none where the trial sets no number."""
    dlt_evaluated: bool
    """Whether its subjects are evaluated for dose-limiting toxicity."""

    @model_validator(mode="after")
    def _dose_has_a_schedule(self) -> Cohort:
        if self.everolimus_mg is not None and self.schedule is None:
            raise ValueError("everolimus_mg and schedule are stated together or not at all")
        if self.schedule is not None and self.everolimus_mg is None and not self.doses:
            raise ValueError("everolimus_mg and schedule are stated together or not at all; a schedule is of a dose")
        return self


class Population(Part):
    """Cohorts that are estimated together, as the endpoints page offers them."""

    code: Code
    """By which figures name it."""
    label: Text
    """In words."""
    cohorts: tuple[Code, ...] = Field(min_length=1)
    """The codes of its cohorts."""
    headline: bool = False
    """Whether the endpoints page opens with it; one does."""


class AnalysisSet(Part):
    """Which subjects of a population count, and for which endpoints this is the headline set."""

    code: Literal["measurable", "all_treated", "all_randomised"]
    """Which of the sets that the program knows."""
    label: Text
    """In words."""
    description: Text
    """Who is in it, in words."""
    headline_for: tuple[Endpoint, ...] = ()
    """The endpoints that it is the first set for."""


class DltCriterion(Part):
    code: Code
    """By which evaluations name it."""
    text: Text
    """In words."""


class DltRule(Part):
    """Dose-limiting toxicity: what counts, in which cycle, and who is evaluable without one."""

    cycle: int = Field(ge=1)
    """The cycle up to whose end toxicity counts."""
    drug: Code
    """The code of the drug by whose doses a subject is evaluable."""
    min_dose_percent: Decimal = Field(gt=0, le=100, description="Per cent of the planned dose that makes evaluable")
    criteria: tuple[DltCriterion, ...] = Field(min_length=1)
    """What counts as dose-limiting."""


class SdvPlan(Part):
    """Source data verification: everything of a site's first subjects, critical forms always, a share of the rest."""

    first_subjects: int = Field(ge=0)
    """Of each site all forms of so many first subjects are verified."""
    critical_forms: tuple[FormCode, ...]
    """Forms that are verified of every subject."""
    sample_percent: Decimal = Field(ge=0, le=100)
    """Of the other forms a share, which stays the same for a subject."""


class DataCut(Part):
    """A named data cut: on a fixed date, or so many months after the last subject's first dose."""

    code: Code
    """By which figures name it."""
    label: Text
    """In words."""
    date: dt.date | None = None
    """The day itself; or the next key."""
    months_after_last_first_dose: int | None = Field(default=None, ge=0)
    """Months after the last subject's first dose."""

    @model_validator(mode="after")
    def _one_way(self) -> DataCut:
        if (self.date is None) == (self.months_after_last_first_dose is None):
            raise ValueError("state either date or months_after_last_first_dose")
        return self

    def on(self, last_first_dose: dt.date) -> dt.date:
        """The date of the cut, given the latest first dose of all subjects."""
        return self.date or add_months(last_first_dose, self.months_after_last_first_dose or 0)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months on; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
