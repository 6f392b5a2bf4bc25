"""The catalogue of case forms: one line each, from which pages, API, checks and the data dictionary are made."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models

from assessments import models as forms
from assessments.plan.drugs import of_tablets
from protocol import Protocol, known
from protocol.regimen import in_a_sentence


@dataclass(frozen=True)
class FormType:
    """A case form. `rows` is its repeating part, `date_item` the item that dates the visit.

    `needs` are the forms that must be complete before this one can be; `dosing` forms also need an enrolment, and
    record the drugs that they are `of`, or those that the protocol file has for them.
    A log is filled once an entry, at no visit: `log_columns` are the items that its list shows, the first dates it.
    """

    code: str
    # What it is called, or how the protocol file has it called.
    words: str | Callable[[Protocol], str]
    record: type[models.Model]
    rows: type[models.Model] | None = None
    date_item: str = ""
    needs: tuple[str, ...] = ("consent",)
    dosing: bool = False
    of: tuple[str, ...] | Callable[[Protocol], tuple[str, ...]] = ()
    log_columns: tuple[str, ...] = ()

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
        return bool(self.log_columns)

    @property
    def has_lesions(self) -> bool:
        return self.rows is forms.LesionResult

    @property
    def has_results(self) -> bool:
        return self.rows is forms.LaboratoryResult


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


DLT_EVALUATION = "dlt_evaluation"
CATALOGUE = {
    form.code: form
    for form in (
        FormType("consent", "Informed consent", forms.Consent, date_item="consent_date", needs=()),
        FormType("demography", "Demography", forms.Demography),
        FormType("eligibility", "Eligibility", forms.Eligibility),
        FormType("history", history_title, forms.BreastCancerHistory, forms.PriorTherapy),
        FormType("medical_history", "Medical history", forms.MedicalHistory, forms.MedicalHistoryRow),
        FormType("vital_signs", "Vital signs and performance status", forms.VitalSigns, date_item="vital_signs_date"),
        FormType("ecg", "ECG", forms.Ecg, date_item="ecg_date"),
        FormType("lvef", "Left ventricular ejection fraction", forms.Lvef, date_item="lvef_date"),
        FormType("pregnancy_test", "Pregnancy test", forms.PregnancyTest),
        FormType("haematology", "Haematology", forms.Haematology, forms.LaboratoryResult, date_item="sample_date"),
        FormType("chemistry", "Chemistry", forms.Chemistry, forms.LaboratoryResult, date_item="sample_date"),
        FormType("tumour_baseline", "Tumour assessment at baseline", forms.TumourBaseline, forms.LesionResult),
        FormType(
            "everolimus",
            of_drugs("{}", "everolimus"),
            forms.EverolimusRecord,
            forms.EverolimusInterval,
            needs=("consent", "eligibility"),
            dosing=True,
            of=("everolimus",),
        ),
        FormType(
            "infusion",
            of_drugs("{} and {}", "trastuzumab", "paclitaxel"),
            forms.InfusionVisit,
            date_item="infusion_date",
            needs=("consent", "eligibility"),
            dosing=True,
            of=("paclitaxel", "trastuzumab"),
        ),
        FormType(
            "dispensing",
            tablets_title,
            forms.DrugDispensing,
            forms.DrugDispensingRow,
            needs=("consent", "eligibility"),
            dosing=True,
            of=drugs_of_tablets,
        ),
        FormType("exposure", "Study drug", forms.ExposureRecord, forms.ExposureInterval, dosing=True),
        FormType(
            "tumour",
            "Tumour assessment",
            forms.TumourAssessment,
            forms.LesionResult,
            date_item="assessment_date",
            needs=("consent", "tumour_baseline"),
        ),
        FormType("end_of_treatment", "End of treatment", forms.EndOfTreatment, date_item="end_date"),
        FormType("follow_up", "Survival follow-up", forms.FollowUp, date_item="contact_date"),
        FormType("death", "Death", forms.Death),
        FormType(
            DLT_EVALUATION,
            "Evaluation of dose-limiting toxicity",
            forms.DltEvaluation,
            date_item="evaluation_date",
            dosing=True,
        ),
        FormType(
            "adverse_event",
            "Adverse event",
            forms.AdverseEvent,
            log_columns=("start_date", "end_date", "term", "dictionary_term", "grade", "serious", "outcome"),
        ),
        FormType(
            "medication",
            "Concomitant medication",
            forms.ConcomitantMedication,
            log_columns=("start_date", "end_date", "medication", "kind", "indication"),
        ),
        FormType(
            "new_therapy",
            "New anticancer therapy",
            forms.NewAnticancerTherapy,
            log_columns=("start_date", "end_date", "kind", "name"),
        ),
        FormType(
            "deviation",
            "Protocol deviation",
            forms.ProtocolDeviation,
            log_columns=("deviation_date", "kind", "importance", "description"),
        ),
        FormType(
            "reconsent",
            "Re-consent",
            forms.Reconsent,
            log_columns=("consent_date", "protocol_version", "consent_given"),
        ),
    )
}


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
        if not drugs.issuperset(form.drugs) or (form.code == DLT_EVALUATION and version.dlt is None)
    ]


def unused_tables() -> set[str]:
    """The tables of those forms."""
    models_of = (model for form in of_other_trials() for model in (form.record, form.rows) if model)
    return {model._meta.db_table for model in models_of}


# What an unscheduled visit may hold; the other forms belong to a visit of the protocol or to the subject.
UNSCHEDULED = (
    "tumour",
    "infusion",
    "follow_up",
    "vital_signs",
    "haematology",
    "chemistry",
    "ecg",
    "lvef",
    "pregnancy_test",
)
