"""The shape of a protocol file: what a trial is, in one value that every part of the program reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar
from typing import Protocol as Shape

from pydantic import Field, model_validator

from protocol.applicable import NotApplicable
from protocol.design import AnalysisSet, Cohort, DataCut, DltRule, Phase, Population, SdvPlan
from protocol.eligibility import Criterion, EligibilityItem
from protocol.escalation import Escalation
from protocol.forms import FormCode
from protocol.guidance import Guidance
from protocol.history import FORMERLY, GUIDELINES_FORMERLY, CancerHistory
from protocol.laboratory import CtcaeVersion, Panel
from protocol.part import Code, Part, Text
from protocol.plan import AnalysisPlan
from protocol.randomisation import Randomisation
from protocol.regimen import Drug, Regimen
from protocol.visits import Visit, every_form

__all__ = ["AnalysisPlan", "Assumption", "Protocol"]


class Assumption(NamedTuple):
    """A value of the file that no source states: where it stands, what it is, and why it was chosen."""

    path: str
    value: Any
    sentence: str


class _Coded(Shape):
    @property
    def code(self) -> str: ...


CodedPart = TypeVar("CodedPart", bound=_Coded)


class Protocol(Part):
    """One version of one trial's protocol. `sha256` is the digest of the file's bytes."""

    code: Code
    """The trial, as its registry calls it."""
    title: Text
    """The trial in words, at the head of pages and papers."""
    version: Text
    """Of the protocol; a changed file needs another."""
    date: dt.date
    """Of this version."""
    ctcae_version: CtcaeVersion
    """By which adverse events and laboratory values are graded."""
    visits_enforced: bool = Field(description="Whether visits are planned ahead, or only recorded as they took place")
    phases: tuple[Phase, ...] = Field(min_length=1)
    """Parts of the trial with a question of their own."""
    cohorts: tuple[Cohort, ...] = Field(min_length=1)
    """Subjects who are treated alike."""
    randomisation: Randomisation | None = None
    """Which of them are given by a list; none where each is chosen."""
    populations: tuple[Population, ...] = Field(min_length=1)
    """Cohorts that are estimated together."""
    analysis_sets: tuple[AnalysisSet, ...] = Field(min_length=1)
    """Which subjects of a population count."""
    regimen: Regimen
    """What is given in a cycle."""
    visits: tuple[Visit, ...] = ()
    """What is asked for when."""
    log_forms: tuple[FormCode, ...] = ()
    """Forms that are filled at no visit, once or as often as there is something to tell."""
    not_applicable: tuple[NotApplicable, ...] = ()
    """Forms that some subjects are not asked for."""
    laboratory: tuple[Panel, ...] = ()
    """The analytes of each laboratory form."""
    eligibility_items: tuple[EligibilityItem, ...] = ()
    """What the form eligibility records, as the criteria read it; it asks these items and no other."""
    eligibility: tuple[Criterion, ...] = ()
    """The criteria by which a subject may enter."""
    history: CancerHistory | None = None
    """The cancer history; needed where its form is asked for."""
    dlt: DltRule | None = None
    """Dose-limiting toxicity; none where no cohort is evaluated for it."""
    escalation: Escalation | None = None
    """How dose levels are advised on; none where there are none."""
    guidelines: dict[FormCode, tuple[Text, ...]] = Field(default_factory=dict)
    """By the code of a form, sentences that its completion guideline has beside those of any trial."""
    guidance: tuple[Guidance, ...] = ()
    """What is foreseen for a dose when a value or an event reaches a grade."""
    sdv: SdvPlan
    """What a monitor compares with its source."""
    data_cuts: tuple[DataCut, ...] = ()
    """Named days up to which data are taken."""
    analysis: AnalysisPlan
    """The settings of the analysis plan; every one must be stated."""
    assumptions: dict[str, Text] = Field(default_factory=dict)
    """Why each value was chosen that no source states, by the path of its key; shown as an assumption."""
    sha256: str

    @model_validator(mode="after")
    def _renews_its_consents(self) -> Protocol:
        """Where a consent is asked for, it can be given anew: no file has to say so."""
        at_a_visit = any("consent" in visit.forms for visit in self.visits)
        if at_a_visit and "reconsent" not in self.log_forms:
            object.__setattr__(self, "log_forms", (*self.log_forms, "reconsent"))
        return self

    @model_validator(mode="after")
    def _means_what_it_meant(self) -> Protocol:
        """A file from before it could name the disease; a new one has to (consistency.unstated_history)."""
        if self.history is None and "history" in self.forms():
            object.__setattr__(self, "history", FORMERLY)
            if not self.guidelines:
                object.__setattr__(self, "guidelines", GUIDELINES_FORMERLY)
        return self

    def means(self, other: Protocol) -> bool:
        """Whether both say the same of everything, however their files write it."""
        return self.model_copy(update={"sha256": other.sha256}) == other

    def phase(self, code: str) -> Phase:
        """The phase of that code; KeyError if there is none. The same holds for the look-ups below."""
        return _by_code(self.phases, code)

    def cohort(self, code: str) -> Cohort:
        return _by_code(self.cohorts, code)

    def population(self, code: str) -> Population:
        return _by_code(self.populations, code)

    def drug(self, code: str) -> Drug:
        return _by_code(self.regimen.drugs, code)

    def visit(self, code: str) -> Visit:
        return _by_code(self.visits, code)

    def eligibility_item(self, code: str) -> EligibilityItem:
        return _by_code(self.eligibility_items, code)

    def drug_words(self, code: str) -> str:
        """A drug's label; of one that the regimen has not, what its code says."""
        return next((drug.label for drug in self.regimen.drugs if drug.code == code), code.capitalize())

    def drugs_of(self, cohort_code: str | None) -> tuple[Drug, ...]:
        """The drugs that a cohort gets, in the order of the regimen; of a subject in none yet (None), all of them."""
        drugs = self.regimen.drugs
        return tuple(drug for drug in drugs if cohort_code is None or not drug.cohorts or cohort_code in drug.cohorts)

    def full_dose(self, drug: Drug, cohort_code: str | None) -> Decimal | None:
        """The full dose in the drug's unit: the cohort's own, else the drug's. None where only a cohort states one."""
        if cohort_code is None:
            return drug.dose
        cohort = self.cohort(cohort_code)
        everolimus = cohort.everolimus_mg if drug.code == "everolimus" else None
        return cohort.doses.get(drug.code) or everolimus or drug.dose

    def own_doses(self, cohort: Cohort) -> list[tuple[Drug, Decimal]]:
        """The doses that a cohort states of its own, each in the unit of its drug, in the order of the regimen."""
        stated = dict(cohort.doses)
        if cohort.everolimus_mg is not None:
            stated.setdefault("everolimus", cohort.everolimus_mg)
        return [(drug, stated[drug.code]) for drug in self.regimen.drugs if drug.code in stated]

    @property
    def escalated(self) -> Drug | None:
        """The drug whose dose the dose levels differ by; None where none are advised on."""
        if self.escalation is None or self.dlt is None:
            return None
        code = self.escalation.drug or self.dlt.drug
        return next((drug for drug in self.regimen.drugs if drug.code == code), None)

    def dose_levels(self) -> tuple[Cohort, ...]:
        """The cohorts that are advised on: evaluated for toxicity at a dose of the escalated drug, by a prior."""
        drug = self.escalated
        priors = {prior.schedule for prior in self.escalation.priors} if self.escalation else set()
        return tuple(
            cohort
            for cohort in self.cohorts
            if drug and cohort.dlt_evaluated and cohort.schedule in priors and self.full_dose(drug, cohort.code)
        )

    @property
    def has_levels(self) -> bool:
        """Whether a cohort is a dose level: pages of a trial without any say nothing of levels."""
        return any(cohort.dose_level or cohort.dlt_evaluated for cohort in self.cohorts)

    @property
    def disease(self) -> str:
        """The disease under study, in words."""
        return self.history.disease if self.history else "Cancer"

    def panel(self, form_code: str) -> Panel | None:
        """The analytes of a laboratory form; None where the trial takes none of its kind."""
        return next((panel for panel in self.laboratory if panel.code == form_code), None)

    def forms(self) -> frozenset[str]:
        """The code of every form that this trial fills, at a visit or as a log."""
        return frozenset(self.log_forms).union(*(every_form(visit) for visit in self.visits))

    def column_of(self, form: str, item: str) -> str:
        """The name of the column that holds an item of a form; KeyError for one that the form does not ask here."""
        if form == "eligibility":
            return self.eligibility_item(item).held_by
        if form == "history" and self.history is not None:
            return self.history.item(item).held_by
        return item

    def is_randomised(self, cohort_code: str) -> bool:
        """Whether the cohort is one that a list gives, and nobody chooses."""
        return self.randomisation is not None and cohort_code in self.randomisation.cohorts

    def headline_population(self) -> Population:
        """The population that the endpoints page opens with."""
        return next(population for population in self.populations if population.headline)

    def populations_of(self, cohort_code: str) -> tuple[Population, ...]:
        """Every population that a subject of this cohort is counted in."""
        return tuple(population for population in self.populations if cohort_code in population.cohorts)

    def criteria(self, phase_code: str) -> tuple[Criterion, ...]:
        """The eligibility criteria that hold for a phase, in the order of the file."""
        return tuple(criterion for criterion in self.eligibility if phase_code in criterion.phases)

    def assumed(self) -> tuple[Assumption, ...]:
        """Every assumption of the file that something rests on, with its value: no data cut is analysed yet."""
        used = {path: text for path, text in self.assumptions.items() if not path.startswith("data_cuts.")}
        return tuple(Assumption(path, self.value(path), text) for path, text in used.items())

    def assumption(self, path: str) -> str | None:
        """Why the value at this path, or the table that it stands in, was assumed; None where a source states it."""
        while path:
            if path in self.assumptions:
                return self.assumptions[path]
            path = path.rpartition(".")[0]
        return None

    def value(self, path: str) -> Any:
        """The value at a path such as `analysis.sd_min_days` or `cohorts.P1-5D.planned`; KeyError if there is none."""
        value: Any = self
        for name in path.split("."):
            value = _by_code(value, name) if isinstance(value, tuple) else _member(value, name)
        return value


def _by_code(parts: Iterable[CodedPart], code: str) -> CodedPart:
    for part in parts:
        if getattr(part, "code", None) == code:
            return part
    raise KeyError(code)


def _member(part: object, name: str) -> Any:
    declared: Iterable[str] = type(part).model_fields if isinstance(part, Part) else ()
    if isinstance(part, AnalysisPlan):
        declared = [setting for setting, _, _ in part.described()]
    if name not in declared:
        raise KeyError(name)
    return getattr(part, name)
