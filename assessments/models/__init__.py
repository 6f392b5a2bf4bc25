"""Every case form of the trial: a header that all share, one typed table each, rows where a form repeats."""

from assessments.models.at_work import OpenForm, SaveReceipt
from assessments.models.case_form import CaseForm, FormState
from assessments.models.dosing import (
    EverolimusInterval,
    EverolimusRecord,
    ExposureInterval,
    ExposureRecord,
    InfusionVisit,
)
from assessments.models.entry import BreastCancerHistory, Consent, Demography, Eligibility, PriorTherapy
from assessments.models.outcome import Death, EndOfTreatment, FollowUp
from assessments.models.tumour import Lesion, LesionResult, TumourAssessment, TumourBaseline

__all__ = [
    "BreastCancerHistory",
    "CaseForm",
    "Consent",
    "Death",
    "Demography",
    "Eligibility",
    "EndOfTreatment",
    "EverolimusInterval",
    "EverolimusRecord",
    "ExposureInterval",
    "ExposureRecord",
    "FollowUp",
    "FormState",
    "InfusionVisit",
    "Lesion",
    "LesionResult",
    "OpenForm",
    "PriorTherapy",
    "SaveReceipt",
    "TumourAssessment",
    "TumourBaseline",
]
