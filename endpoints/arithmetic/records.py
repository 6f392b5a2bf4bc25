"""What goes into the arithmetic: one subject's records as plain, immutable values.

A `ref` is an opaque string such as "tumour:123" that names the record behind a number; every result hands it back.
Dates are the text that was recorded: "2008-05-12", or partial, "2008-05" or "2008". Diameters are millimetres, exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from protocol.schema import AnalysisPlan

NonTarget = Literal["CR", "NONCR", "PD", "NE", "PRESENT"]
NewLesion = Literal["Y", "N", "EQUIVOCAL"]
Response = Literal["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"]


@dataclass(frozen=True, slots=True)
class Measurement:
    """One target lesion at one assessment.

    `diameters` holds the longest diameter, or one for each fragment of a split lesion; None means not assessed.
    `absent` and `too_small` stand instead of a diameter. `short_axis` is what RECIST 1.1 sums for a node; where it is
    None the diameters are used. `organ` and `method` matter at baseline only, to judge if it is measurable.
    """

    lesion: str
    diameters: tuple[Decimal, ...] | None = None
    too_small: bool = False
    absent: bool = False
    node: bool = False
    short_axis: Decimal | None = None
    organ: str = ""
    method: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """One tumour assessment. At baseline `non_target` is "PRESENT" or None (there is none).

    `finding_date` is the earliest finding beside the target lesions that proves progression, `target_date` the first
    examination of the target lesions, `non_target_date` that of the non-target lesions which persist, `last_procedure`
    the last of all examinations; where None, `date` stands for it (for `target_date` first `finding_date`).
    `first_seen` is the first sight of the new lesion that is proven here, where lesions are told apart; where None, it
    is looked for among the assessments before. An empty `date` is allowed in a preview only.
    """

    ref: str
    date: str
    measurements: tuple[Measurement, ...] = ()
    non_target: NonTarget | None = None
    new_lesion: NewLesion | None = None
    investigator: Response | None = None
    finding_date: str | None = None
    last_procedure: str | None = None
    target_date: str | None = None
    non_target_date: str | None = None
    first_seen: str | None = None


@dataclass(frozen=True, slots=True)
class Dated:
    """Something that happened once: death, new anticancer therapy, clinical progression."""

    date: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A date on which the subject was known to be alive; `source` says how, in words ("visit C3D8").

    `asked` says that a check of its own form already holds the date against death.
    """

    date: str
    source: str
    ref: str = ""
    asked: bool = False


@dataclass(frozen=True, slots=True)
class SubjectRecords:
    """Everything about one subject that response and survival rest on, in any order of entry.

    `treatment_start` is the first dose of any study drug, None while nothing was given; `randomisation` the day on
    which a list gave the subject's group, `arm` its code and `stratum` what the list calls the subject's; `consent` has
    a whole date.
    `treatment_end` is the day on which treatment was stopped for good; nothing but the figures rests on it.
    `baselines` are all assessments made as baseline (the rule picks one); `assessments` are all later ones.
    `new_therapies` are all that the record tells of, the earliest counts. `contacts` are the days on which somebody met
    the subject, `signs_of_life` all other days that a living person makes: samples, adverse events, medication.
    `reported_deaths` are the follow-ups that say "dead", `other_days` those days of a form on which nobody saw the
    subject alive: both are only held against the other dates, nothing counts from them.
    """

    ref: str
    treatment_start: date | None
    treatment_ref: str = ""
    consent: Dated | None = None
    baselines: tuple[Assessment, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    death: Dated | None = None
    contacts: tuple[Contact, ...] = ()
    signs_of_life: tuple[Contact, ...] = ()
    new_therapies: tuple[Dated, ...] = ()
    clinical_progression: Dated | None = None
    treatment_end: Dated | None = None
    reported_deaths: tuple[Dated, ...] = ()
    other_days: tuple[Contact, ...] = ()
    randomisation: date | None = None
    arm: str = ""
    stratum: str = ""

    def origin(self, plan: AnalysisPlan) -> date | None:
        """Day 1 of all times; None where nothing counts yet."""
        return self.randomisation if plan.origin == "randomisation" else self.treatment_start
