"""How the dose levels of phase I are advised on: the target rate and the settings of each design."""

from __future__ import annotations

from decimal import Decimal

from pydantic import AliasChoices, Field, model_validator

from protocol.part import Code, Part
from protocol.regimen import Schedule


class LogisticPrior(Part):
    """The logistic model's prior for the doses of one schedule: of (log alpha, log beta) at the reference dose."""

    schedule: Schedule | None = None
    """Of the doses that it is for; none for levels without a schedule."""
    reference_dose: Decimal = Field(gt=0, validation_alias=AliasChoices("reference_dose", "reference_mg"))
    """The dose at which alpha is the odds of toxicity, in the unit of the drug; `reference_mg` says the same."""
    mean_log_alpha: Decimal
    """Mean of log alpha."""
    sd_log_alpha: Decimal = Field(gt=0)
    """Its standard deviation."""
    mean_log_beta: Decimal
    """Mean of log beta."""
    sd_log_beta: Decimal = Field(gt=0)
    """Its standard deviation."""
    correlation: Decimal = Field(default=Decimal(0), gt=-1, lt=1)
    """Between the two."""


class Escalation(Part):
    """`target` is the rate of dose-limiting toxicity that is sought; chances and rates are fractions."""

    target: Decimal = Field(gt=0, lt=Decimal("0.7"))
    """Rate of dose-limiting toxicity that is sought."""
    eliminate_above: Decimal = Field(gt=0, lt=1, description="Chance of exceeding the target that eliminates a level")
    target_from: Decimal = Field(gt=0, lt=1, description="Rate at which target dosing begins in the logistic model")
    target_to: Decimal = Field(gt=0, lt=1, description="Rate from which a dose is an overdose in the logistic model")
    overdose_limit: Decimal = Field(gt=0, lt=1, description="Chance of overdosing from which a dose is forbidden")
    priors: tuple[LogisticPrior, ...] = Field(min_length=1)
    """One for each schedule of cohorts that are evaluated, and one for those without a schedule."""
    drug: Code | None = None
    """The code of the drug whose dose the levels differ by; none: that of `dlt.drug`."""

    @model_validator(mode="after")
    def _interval_in_order(self) -> Escalation:
        if not self.target_from < self.target_to:
            raise ValueError(f"target_from {self.target_from} is not below target_to {self.target_to}")
        return self

    def prior(self, schedule: Schedule | None) -> LogisticPrior:
        """The prior of that schedule, or of levels without one; KeyError if there is none."""
        for prior in self.priors:
            if prior.schedule == schedule:
                return prior
        raise KeyError(schedule)
