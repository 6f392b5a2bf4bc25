"""The regimen of a trial: cycle, drugs, days, doses, the steps of reduction and the reasons for a change."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Literal

from pydantic import Field, model_validator

from protocol.part import Code, Part, Text

Basis = Literal["body_surface", "weight", "fixed", "auc"]
UNITS: dict[Basis, str] = {"body_surface": "mg/m²", "weight": "mg/kg", "fixed": "mg", "auc": "mg/mL·min"}


Schedule = Literal["daily", "weekly"]


def in_a_sentence(label: str) -> str:
    """A name as it stands within a sentence: everolimus, T-DM1."""
    return label.lower() if label[1:].islower() else label


class DoseStep(Part):
    """One dose that may be given, in the drug's unit, every so many days. Dose 0 is stopped.

    `schedule` is that of the cohort whose steps these are, None where the drug is the same in all.
    """

    dose: Decimal = Field(ge=0)
    """In the drug's unit; 0 is stopped."""
    every_days: int = Field(default=1, ge=1)
    """Days from one dose to the next."""
    times_a_day: int = Field(default=1, ge=1, le=4)
    """How often on such a day: 2 is twice daily."""
    schedule: Schedule | None = None
    """Of the cohorts whose steps these are; none where all share them."""
    label: Text
    """In words."""

    @property
    def daily(self) -> Decimal:
        return self.dose * self.times_a_day / self.every_days


class Drug(Part):
    """A study drug. `dose` is None for a drug whose dose is the cohort's; no `steps` means never reduced."""

    code: Code
    """By which forms, rules and guidance name it."""
    label: Text
    """In words."""
    route: Literal["intravenous", "oral"]
    """How it is given."""
    basis: Basis
    """What the dose is reckoned by, and so its unit: mg/m², mg/kg, mg, or the area under the curve in mg/mL·min."""
    dose: Decimal | None = Field(default=None, gt=0)
    """The full dose, in its unit; none where the cohorts state theirs."""
    loading_dose: Decimal | None = Field(default=None, gt=0)
    """The first dose, where it is another."""
    days: tuple[int, ...] = Field(default=(), description="Days of the cycle; none for a drug taken continuously")
    every_days: int = Field(default=1, ge=1)
    """Of a drug that has no days of the cycle: days from one dose to the next."""
    times_a_day: int = Field(default=1, ge=1, le=4)
    """How often on a day of a dose: 2 is twice daily."""
    cohorts: tuple[Code, ...] = ()
    """The codes of the cohorts that get it; none named: all of them."""
    round_to_mg: Decimal = Field(gt=0)
    """Planned doses are rounded to multiples of this."""
    tolerance_percent: Decimal = Field(default=Decimal(10), ge=0, le=50)
    """A dose that lies further off its plan is asked about, in percent of the plan."""
    tablets_mg: tuple[Decimal, ...] = ()
    """The strengths of its tablets or capsules, in mg: the form `dispensing` counts them."""
    steps: tuple[DoseStep, ...] = Field(default=(), description="From the full dose down")

    @property
    def unit(self) -> str:
        return UNITS[self.basis]

    @property
    def runs(self) -> list[tuple[int, int]]:
        """The days of the cycle as (first, last) of each run of days in a row."""
        runs: list[tuple[int, int]] = []
        for day in sorted(set(self.days)):
            if runs and runs[-1][1] == day - 1:
                runs[-1] = runs[-1][0], day
            else:
                runs.append((day, day))
        return runs

    @property
    def is_taken_in_runs(self) -> bool:
        """Whether it is given on several days in a row, so that one row of a form can hold them."""
        return any(first < last for first, last in self.runs)

    def steps_of(self, schedule: Schedule | None) -> tuple[DoseStep, ...]:
        """The steps of one schedule, from the full dose down; their positions are the reduction levels."""
        return tuple(step for step in self.steps if step.schedule == schedule)

    def steps_in(self, schedule: Schedule | None) -> tuple[DoseStep, ...]:
        """The steps of a cohort of that schedule: those of all cohorts, where none is of a schedule."""
        is_scheduled = schedule is not None and any(step.schedule for step in self.steps)
        return self.steps_of(schedule) if is_scheduled else self.steps

    @model_validator(mode="after")
    def _steps_begin_at_the_dose(self) -> Drug:
        if self.dose is not None and self.steps and self.steps[0].dose != self.dose:
            raise ValueError(f"the first step is {self.steps[0].dose} but the dose is {self.dose}")
        return self

    @model_validator(mode="after")
    def _days_or_an_interval(self) -> Drug:
        if self.days and self.every_days != 1:
            raise ValueError("every_days is of a drug without days of the cycle")
        return self

    @model_validator(mode="after")
    def _steps_go_down(self) -> Drug:
        for earlier, later in pairwise(self.steps):
            if earlier.schedule == later.schedule and later.daily >= earlier.daily:
                raise ValueError(f"the step {later.label} must give less than {earlier.label} before it")
        return self


class ChangeReason(Part):
    code: Code
    """As it is stored."""
    label: Text
    """In words."""


class Regimen(Part):
    """What is given in a cycle. Body surface is rounded half up to so many decimals of a square metre."""

    cycle_days: int = Field(ge=1)
    """Length of a cycle."""
    body_surface: Literal["mosteller", "du_bois"] = "mosteller"
    """By whose formula."""
    gfr_most: Decimal | None = Field(default=None, gt=0)
    """The most mL/min of glomerular filtration that a dose by area under the curve is reckoned with; 125 is usual."""
    body_surface_decimals: int = Field(default=2, ge=0, le=6)
    """Decimals of a square metre that it is rounded to."""
    drugs: tuple[Drug, ...] = ()
    """The study drugs."""
    change_reasons: tuple[ChangeReason, ...] = Field(
        default=(), description="Why a dose was delayed, reduced, omitted or interrupted"
    )
