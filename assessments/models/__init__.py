"""Every case form of the trial: a header that all share, one typed table each, rows where a form repeats."""

from assessments.models.absence import ItemAbsence
from assessments.models.at_work import OpenForm, SaveReceipt
from assessments.models.case_form import CaseForm, FormState
from assessments.models.dispensing import DrugDispensing, DrugDispensingRow
from assessments.models.dosing import (
    EverolimusInterval,
    EverolimusRecord,
    ExposureInterval,
    ExposureRecord,
    InfusionVisit,
)
from assessments.models.examination import Ecg, Lvef, PregnancyTest, VitalSigns
from assessments.models.laboratory import Chemistry, Haematology, LaboratoryResult
from assessments.models.logs import ConcomitantMedication, NewAnticancerTherapy, ProtocolDeviation, Reconsent
from assessments.models.medical_history import MedicalHistory, MedicalHistoryRow
from assessments.models.outcome import Death, EndOfTreatment, FollowUp
from assessments.models.safety import AdverseEvent, DltEvaluation
from assessments.models.screening import BreastCancerHistory, Consent, Demography, Eligibility, PriorTherapy
from assessments.models.tumour import Lesion, LesionResult, TumourAssessment, TumourBaseline
from assessments.models.untaken import UntakenText

__all__ = [
    "AdverseEvent",
    "BreastCancerHistory",
    "CaseForm",
    "Chemistry",
    "ConcomitantMedication",
    "Consent",
    "Death",
    "Demography",
    "DltEvaluation",
    "DrugDispensing",
    "DrugDispensingRow",
    "Ecg",
    "Eligibility",
    "EndOfTreatment",
    "EverolimusInterval",
    "EverolimusRecord",
    "ExposureInterval",
    "ExposureRecord",
    "FollowUp",
    "FormState",
    "Haematology",
    "InfusionVisit",
    "ItemAbsence",
    "LaboratoryResult",
    "Lesion",
    "LesionResult",
    "Lvef",
    "MedicalHistory",
    "MedicalHistoryRow",
    "NewAnticancerTherapy",
    "OpenForm",
    "PregnancyTest",
    "PriorTherapy",
    "ProtocolDeviation",
    "Reconsent",
    "SaveReceipt",
    "TumourAssessment",
    "TumourBaseline",
    "UntakenText",
    "VitalSigns",
]
