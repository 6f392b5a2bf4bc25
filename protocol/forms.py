"""The case report forms that a protocol file may ask for, by the code used everywhere."""

from typing import Literal, get_args

FormCode = Literal[
    "consent",
    "demography",
    "eligibility",
    "history",
    "everolimus",
    "infusion",
    "exposure",
    "tumour_baseline",
    "tumour",
    "end_of_treatment",
    "follow_up",
    "death",
    "haematology",
    "chemistry",
    "medical_history",
    "vital_signs",
    "ecg",
    "lvef",
    "pregnancy_test",
    "dispensing",
    "adverse_event",
    "medication",
    "deviation",
    "new_therapy",
    "dlt_evaluation",
    "reconsent",
]

FORM_CODES: tuple[FormCode, ...] = get_args(FormCode)
