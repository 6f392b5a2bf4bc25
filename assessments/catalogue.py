"""The catalogue of case forms: one line each, from which pages, API, checks and the data dictionary are made."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db import models

from assessments import consequences
from assessments.consequences import Computes, Moves, always, never
from assessments.models import (
    dispensing,
    dosing,
    examination,
    laboratory,
    logs,
    medical_history,
    outcome,
    safety,
    screening,
    tumour,
)
from assessments.plan.drugs import of_tablets
from protocol import Protocol, known
from protocol.forms import LOGS, ONCE_A_SUBJECT
from protocol.regimen import in_a_sentence


@dataclass(frozen=True)
class FormType:
    """A case form, with all that is said of it anywhere but how it looks (assessments.pages.of_forms).

    `rows` is its repeating part. How often it is filled stands beside its code, in protocol.forms.
    """

    code: str
    # What it is called, or how the protocol file has it called.
    words: str | Callable[[Protocol], str]
    record: type[models.Model]
    rows: type[models.Model] | None = None
    # The item that dates its visit; of a form that dates none, the item that says when it was done.
    date_item: str = ""
    day_item: str = ""
    # Of a log the items that its list shows; the first dates the entry.
    log_columns: tuple[str, ...] = ()

    # When it can be filled. `needs` must be complete before this form can be, and `dosing` asks for an enrolment.
    needs: tuple[str, ...] = ("consent",)
    dosing: bool = False
    for_enrolment: bool = False
    after_withdrawal: bool = False
    # The drugs that it is about, or those that the protocol file has for it. A trial without them has no such form.
    of: tuple[str, ...] | Callable[[Protocol], tuple[str, ...]] = ()
    # Only where the protocol looks for a toxicity that limits the dose.
    by_toxicity: bool = False

    # Where it stands. It `leads` the visits of that kind: its day is theirs, whatever their other forms say.
    leads: str = ""
    unscheduled: bool = False
    # Asked for once a subject at no visit; an entry of a log stands at none anyway.
    at_no_visit: bool = False

    # What it tells. `within_life`: its day lies between consent and death. `shows_life`: the subject was alive on it.
    records_doses: bool = False
    within_life: bool = False
    shows_life: bool = False
    once_a_day: bool = False
    # The sponsor is told of one that is complete and serious.
    of_harm: bool = False

    # What follows from a save of it.
    moves: Moves = never
    computes: Computes | None = None

    @property
    def title(self) -> str:
        """As the version by which is judged calls it."""
        version = known()
        if isinstance(self.words, str) or version is None:
            return str(self.words)
        return self.words(version)

    @property
    def drugs(self) -> tuple[str, ...]:
        """By the version by which is judged."""
        version = known()
        return self.drugs_in(version) if version else ()

    def drugs_in(self, protocol: Protocol) -> tuple[str, ...]:
        return self.of if isinstance(self.of, tuple) else self.of(protocol)

    @property
    def is_log(self) -> bool:
        """Filled as often as there is something to tell, at no visit."""
        return self.code in LOGS

    @property
    def is_once(self) -> bool:
        """Filled once a subject."""
        return self.code in ONCE_A_SUBJECT

    @property
    def dated_by(self) -> str:
        """The item that says on which day it was done, "" where none does."""
        return self.date_item or self.day_item or next(iter(self.log_columns), "")

    @property
    def has_lesions(self) -> bool:
        return self.rows is tumour.LesionResult

    @property
    def chooses_lesions(self) -> bool:
        """The baseline: each later assessment asks for the lesions that were chosen on it."""
        return self.has_lesions and self.is_once

    @property
    def has_results(self) -> bool:
        return self.rows is laboratory.LaboratoryResult


def of_drugs(words: str, *codes: str) -> Callable[[Protocol], str]:
    """A title that names drugs, by the protocol's labels: of a drug that it has not, by the code."""

    def title(protocol: Protocol) -> str:
        first, *others = (protocol.drug_words(code) for code in codes)
        return words.format(first, *map(in_a_sentence, others))

    return title


def drugs_of_tablets(protocol: Protocol) -> tuple[str, ...]:
    """Where the file states no tablets, those of everolimus, which such a trial has not."""
    return tuple(drug.code for drug in of_tablets(protocol)) or ("everolimus",)


def tablets_title(protocol: Protocol) -> str:
    codes = drugs_of_tablets(protocol)
    return f"{protocol.drug_words(codes[0])} tablets" if len(codes) == 1 else "Tablets"


def history_title(protocol: Protocol) -> str:
    return f"{protocol.disease} history"


def done_at_a_visit(
    code: str, words: str, record: type[models.Model], rows: type[models.Model] | None = None, *, date_item: str
) -> FormType:
    """What is done at a visit, or at an unscheduled one, on a day on which the subject is there; once a day."""
    return FormType(
        code,
        words,
        record,
        rows,
        date_item=date_item,
        unscheduled=True,
        within_life=True,
        shows_life=True,
        once_a_day=True,
    )


CATALOGUE = {
    form.code: form
    for form in (
        FormType(
            "consent",
            "Informed consent",
            screening.Consent,
            date_item="consent_date",
            needs=(),
            for_enrolment=True,
            leads="screening",
            moves=always,
        ),
        FormType("demography", "Demography", screening.Demography, for_enrolment=True),
        FormType("eligibility", "Eligibility", screening.Eligibility, for_enrolment=True, moves=always),
        FormType("history", history_title, screening.BreastCancerHistory, screening.PriorTherapy, for_enrolment=True),
        FormType(
            "medical_history",
            "Medical history",
            medical_history.MedicalHistory,
            medical_history.MedicalHistoryRow,
            day_item="history_date",
            within_life=True,
            shows_life=True,
        ),
        done_at_a_visit(
            "vital_signs", "Vital signs and performance status", examination.VitalSigns, date_item="vital_signs_date"
        ),
        done_at_a_visit("ecg", "ECG", examination.Ecg, date_item="ecg_date"),
        done_at_a_visit("lvef", "Left ventricular ejection fraction", examination.Lvef, date_item="lvef_date"),
        FormType(
            "pregnancy_test",
            "Pregnancy test",
            examination.PregnancyTest,
            day_item="test_date",
            unscheduled=True,
            within_life=True,
            shows_life=True,
        ),
        done_at_a_visit(
            "haematology", "Haematology", laboratory.Haematology, laboratory.LaboratoryResult, date_item="sample_date"
        ),
        done_at_a_visit(
            "chemistry", "Chemistry", laboratory.Chemistry, laboratory.LaboratoryResult, date_item="sample_date"
        ),
        FormType(
            "tumour_baseline",
            "Tumour assessment at baseline",
            tumour.TumourBaseline,
            tumour.LesionResult,
            day_item="assessment_date",
            for_enrolment=True,
        ),
        FormType(
            "everolimus",
            of_drugs("{}", "everolimus"),
            dosing.EverolimusRecord,
            dosing.EverolimusInterval,
            needs=("consent", "eligibility"),
            dosing=True,
            of=("everolimus",),
            at_no_visit=True,
            records_doses=True,
            moves=always,
        ),
        FormType(
            "infusion",
            of_drugs("{} and {}", "trastuzumab", "paclitaxel"),
            dosing.InfusionVisit,
            date_item="infusion_date",
            needs=("consent", "eligibility"),
            dosing=True,
            of=("paclitaxel", "trastuzumab"),
            leads="cycle",
            unscheduled=True,
            records_doses=True,
            moves=consequences.first_of_a_cycle,
            computes=consequences.infusion,
        ),
        FormType(
            "dispensing",
            tablets_title,
            dispensing.DrugDispensing,
            dispensing.DrugDispensingRow,
            needs=("consent", "eligibility"),
            dosing=True,
            of=drugs_of_tablets,
            at_no_visit=True,
        ),
        FormType(
            "exposure",
            "Study drug",
            dosing.ExposureRecord,
            dosing.ExposureInterval,
            dosing=True,
            at_no_visit=True,
            records_doses=True,
            moves=always,
        ),
        FormType(
            "tumour",
            "Tumour assessment",
            tumour.TumourAssessment,
            tumour.LesionResult,
            date_item="assessment_date",
            needs=("consent", "tumour_baseline"),
            leads="tumour",
            unscheduled=True,
            moves=consequences.progression,
        ),
        FormType(
            "end_of_treatment",
            "End of treatment",
            outcome.EndOfTreatment,
            date_item="end_date",
            after_withdrawal=True,
            leads="end_of_treatment",
            moves=always,
        ),
        FormType(
            "follow_up",
            "Survival follow-up",
            outcome.FollowUp,
            date_item="contact_date",
            after_withdrawal=True,
            leads="follow_up",
            unscheduled=True,
            once_a_day=True,
            moves=always,
        ),
        FormType(
            "death",
            "Death",
            outcome.Death,
            day_item="death_date",
            after_withdrawal=True,
            at_no_visit=True,
            moves=always,
        ),
        FormType(
            "dlt_evaluation",
            "Evaluation of dose-limiting toxicity",
            safety.DltEvaluation,
            date_item="evaluation_date",
            dosing=True,
            by_toxicity=True,
            within_life=True,
        ),
        FormType(
            "adverse_event",
            "Adverse event",
            safety.AdverseEvent,
            log_columns=("start_date", "end_date", "term", "dictionary_term", "grade", "serious", "outcome"),
            of_harm=True,
            computes=consequences.event,
        ),
        FormType(
            "medication",
            "Concomitant medication",
            logs.ConcomitantMedication,
            log_columns=("start_date", "end_date", "medication", "kind", "indication"),
        ),
        FormType(
            "new_therapy",
            "New anticancer therapy",
            logs.NewAnticancerTherapy,
            log_columns=("start_date", "end_date", "kind", "name"),
        ),
        FormType(
            "deviation",
            "Protocol deviation",
            logs.ProtocolDeviation,
            log_columns=("deviation_date", "kind", "importance", "description"),
            within_life=True,
        ),
        FormType(
            "reconsent",
            "Re-consent",
            logs.Reconsent,
            log_columns=("consent_date", "protocol_version", "consent_given"),
            moves=always,
            computes=consequences.reconsent,
        ),
    )
}
# By kind of visit the form that leads it.
LEADING = {form.leads: form.code for form in CATALOGUE.values() if form.leads}


def codes_of(which: Callable[[FormType], Any]) -> tuple[str, ...]:
    """The codes of the forms of which this is true, in the order of the catalogue."""
    return tuple(code for code, form in CATALOGUE.items() if which(form))


# On which doses are recorded.
DOSES = codes_of(lambda form: form.records_doses)
# Samples of the laboratory.
SAMPLES = codes_of(lambda form: form.has_results)


def unscheduled_forms(planned: Collection[str]) -> list[str]:
    """What an unscheduled visit may hold, of the forms that are `planned` at all; the others belong to a visit of the
    protocol or to the subject."""
    return [code for code, form in CATALOGUE.items() if form.unscheduled and code in planned]


def form_choices() -> list[tuple[str, str]]:
    """(code, title) of each form that a trial like this one can have."""
    return [(form.code, form.title) for form in of_this_trial()]


def of_this_trial() -> list[FormType]:
    left_out = of_other_trials()
    return [form for form in CATALOGUE.values() if form not in left_out]


def of_other_trials() -> list[FormType]:
    """The forms of drugs that the regimen has not, and of toxicity where the protocol looks for none that limits the
    dose: lists, files and the description of the API do not name them."""
    version = known()
    if version is None:
        return []
    drugs = {drug.code for drug in version.regimen.drugs}
    return [
        form
        for form in CATALOGUE.values()
        if not drugs.issuperset(form.drugs) or (form.by_toxicity and version.dlt is None)
    ]


def unused_tables() -> set[str]:
    """The tables of those forms."""
    models_of = (model for form in of_other_trials() for model in (form.record, form.rows) if model)
    return {model._meta.db_table for model in models_of}
