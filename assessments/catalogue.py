"""The catalogue of case forms: one line each, from which pages, API, checks and the data dictionary are made."""

from dataclasses import dataclass

from django.db import models

from assessments import models as forms


@dataclass(frozen=True)
class FormType:
    """A case form. `rows` is its repeating part, `date_item` the item that dates the visit.

    `needs` are the forms that must be complete before this one can be; `dosing` forms also need an enrolment.
    """

    code: str
    title: str
    record: type[models.Model]
    rows: type[models.Model] | None = None
    date_item: str = ""
    needs: tuple[str, ...] = ("consent",)
    dosing: bool = False

    @property
    def has_lesions(self) -> bool:
        return self.rows is forms.LesionResult


CATALOGUE = {
    form.code: form
    for form in (
        FormType("consent", "Informed consent", forms.Consent, date_item="consent_date", needs=()),
        FormType("demography", "Demography", forms.Demography),
        FormType("eligibility", "Eligibility", forms.Eligibility),
        FormType("history", "Breast cancer history", forms.BreastCancerHistory, forms.PriorTherapy),
        FormType("tumour_baseline", "Tumour assessment at baseline", forms.TumourBaseline, forms.LesionResult),
        FormType(
            "everolimus",
            "Everolimus",
            forms.EverolimusRecord,
            forms.EverolimusInterval,
            needs=("consent", "eligibility"),
            dosing=True,
        ),
        FormType(
            "infusion",
            "Trastuzumab and paclitaxel",
            forms.InfusionVisit,
            date_item="infusion_date",
            needs=("consent", "eligibility"),
            dosing=True,
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
    )
}
