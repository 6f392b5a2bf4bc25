"""The settings of the analysis plan: every choice that response and survival depend on, with its meaning in words."""

from dataclasses import fields
from decimal import Decimal
from typing import Any, Literal

from pydantic import ConfigDict, Field, field_validator
from pydantic.dataclasses import dataclass
from pydantic.fields import FieldInfo

from protocol.part import Part

# Settings that came later than files that are in force: what these do not state is the default.
MAY_BE_LEFT_OUT = (
    *("origin", "assessment_intervals_later", "primary_endpoint"),
    *("reference_arm", "comparison_strata", "comparison_ties", "comparison_sides"),
)


Origin = Literal["first_dose", "randomisation"]
Primary = Literal["orr", "dcr", "cbr", "pfs", "os"]
Sides = Literal["two-sided", "one-sided"]
Ties = Literal["efron", "breslow"]


class LaterLongest(Part):
    """From a day on, another longest time between two tumour assessments."""

    after_days: int = Field(ge=1)
    """Days after the origin of the times, as of the later intervals of the visits."""
    days: int = Field(ge=1)
    """Longest planned time from then on."""

    def __str__(self) -> str:
        return f"{self.days} days from day {self.after_days + 1} on"


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class AnalysisPlan:
    """One complete set of settings. Lengths are days unless a name says otherwise; sizes are millimetres.

    Values are validated on construction, also by `dataclasses.replace`; a setting out of range or unknown raises
    `pydantic.ValidationError`.
    """

    recist_version: Literal["1.0", "1.1"] = Field(
        default="1.0", description="RECIST version whose lesion limits and thresholds hold"
    )
    origin: Origin = Field(
        default="first_dose",
        description="Day 1 of all times: the first dose of any study drug, of treated subjects; or the day of "
        "randomisation, of all who were randomised, treated or not",
    )
    response_source: Literal["investigator", "derived"] = Field(
        default="investigator",
        description="Whose overall response counts: the investigator's, or the one derived from the measurements",
    )
    confirmation_days: int = Field(
        default=28, ge=1, description="Days after which a second assessment confirms a response"
    )
    confirmation_required: bool = Field(
        default=True, description="The headline response is the confirmed one; the other is always shown beside it"
    )
    sd_min_days: int = Field(
        default=42, ge=0, description="Days from start of treatment before which no assessment is stable disease yet"
    )
    clinical_benefit: Literal["cb_A", "cb_B"] = Field(
        default="cb_A",
        description="Clinical benefit: a confirmed response, or (cb_A) an assessment of CR, PR or SD dated on or after "
        "the minimum duration and before progression, (cb_B) stable disease that lasts the minimum duration",
    )
    clinical_benefit_days: int = Field(
        default=168, ge=1, description="Minimum duration, in days from start of treatment, for clinical benefit"
    )
    benefit_non_cr_non_pd: bool = Field(
        default=False,
        description="Non-CR/Non-PD, which RECIST 1.1 gives without target lesions, counts for clinical benefit as "
        "stable disease does",
    )
    ne_between: int = Field(
        default=1, ge=0, description="Assessments of NE allowed between a response and the one that confirms it"
    )
    pr_drift: Literal["sd", "sticky_pr"] = Field(
        default="sd",
        description="A partial response that drifts back above -30 % without progression: stable disease from then "
        "(sd), or a partial response until progression (sticky_pr)",
    )
    accept_sd_between: bool = Field(
        default=False, description="Stable disease may lie between a response and the one that confirms it"
    )
    partial_day: Literal["mid", "last"] = Field(
        default="mid",
        description="Day taken for a date without one: the 15th, and 1 July where the month is unknown too (mid), or "
        "the last day that it can be (last)",
    )
    nact_response: Literal["ends", "counts"] = Field(
        default="ends",
        description="New anticancer therapy ends the assessment of response (ends): what is assessed after the day on "
        "which it started counts for no best response, confirmation, disease control, clinical benefit, duration or "
        "time to response; or it counts as if no therapy had started (counts)",
    )
    nact_censors: bool = Field(
        default=False, description="New anticancer therapy censors progression-free survival in the headline"
    )
    missed_censors: bool = Field(
        default=False,
        description="Two or more missed assessments before an event censor progression-free survival in the headline",
    )
    clinical_pd_is_event: bool = Field(
        default=False, description="Clinical progression without a tumour assessment counts as an event"
    )
    assessment_interval_days: int = Field(
        default=63, ge=1, description="Longest planned time between two tumour assessments"
    )
    assessment_intervals_later: tuple[LaterLongest, ...] = Field(
        default=(), description="Longest planned times that hold from a later day on, where the interval changes"
    )
    assessment_window_days: int = Field(
        default=14, ge=0, description="Days added to twice the interval before two assessments count as missed"
    )
    baseline_window_days: int = Field(
        default=28, ge=0, description="Days before the first dose within which the baseline assessment is valid"
    )
    too_small_mm: Decimal = Field(
        default=Decimal(5), gt=0, description="Millimetres taken for a target lesion seen but too small to measure"
    )
    conf_type: Literal["log-log", "log", "plain"] = Field(
        default="log-log", description="Scale on which the pointwise limits of a survival curve are computed"
    )
    conf_level: Decimal = Field(
        default=Decimal("0.95"), gt=0, lt=1, description="Two-sided confidence level of curves and proportions"
    )
    landmarks_months: tuple[int, ...] = Field(
        default=(3, 6, 12, 18, 24, 36), description="Months at which the survival curves are read off"
    )
    days_per_month: Decimal = Field(
        default=Decimal("30.4375"), gt=0, description="Days in a month when days are printed as months"
    )
    primary_endpoint: Primary | None = Field(
        default=None,
        description="The primary endpoint, which figures name as such: of randomised groups their comparison, else the "
        "estimate; none where the phases alone name theirs, in words",
    )
    reference_arm: str | None = Field(
        default=None,
        description="The randomised group that each of the others is compared with; with none, groups are estimated "
        "beside each other and not compared",
    )
    comparison_strata: tuple[str, ...] | Literal["as_randomised"] = Field(
        default="as_randomised",
        description="By which items of the randomisation list comparisons are stratified (site, for its sites): all of "
        "them (as_randomised), those named, or none; the comparison without strata is always shown beside it",
    )
    comparison_ties: Ties = Field(
        default="efron", description="How the Cox model of a hazard ratio treats events on one day: Efron or Breslow"
    )
    comparison_sides: Sides = Field(
        default="two-sided",
        description="p values of comparisons: two-sided, or one-sided for fewer events, or more responses, than in the "
        "reference arm; limits are two-sided in either case",
    )

    @field_validator("landmarks_months")
    @classmethod
    def _landmarks_rise(cls, months: tuple[int, ...]) -> tuple[int, ...]:
        if any(month < 1 for month in months) or list(months) != sorted(set(months)):
            raise ValueError("months must be positive and rise")
        return months

    def interval_on(self, day: int) -> int:
        """The longest planned time to the next assessment that holds so many days after the origin."""
        later = [step.days for step in self.assessment_intervals_later if day >= step.after_days]
        return [self.assessment_interval_days, *later][-1]

    def two_missed(self, day: int) -> int:
        """In how many days after an assessment on that day two more were missed: the two intervals that hold then, and
        the window. One taken early by no more than the window counts as the one that was planned."""
        first = self.interval_on(day + self.assessment_window_days)
        second = self.interval_on(day + first + self.assessment_window_days)
        return first + second + self.assessment_window_days

    def described(self) -> list[tuple[str, Any, str]]:
        """(name, value, meaning in words) of every setting, in the order in which the plan states them."""
        return [(field.name, getattr(self, field.name), describe(field.name)) for field in fields(self)]


def describe(setting: str) -> str:
    """The meaning of one setting in words. Raises KeyError for an unknown one."""
    # pydantic sets the attribute on the class without declaring it for type checkers
    declared: dict[str, FieldInfo] = AnalysisPlan.__pydantic_fields__  # type: ignore[attr-defined]
    return declared[setting].description or ""
