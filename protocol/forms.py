"""The case report forms that a protocol file may ask for, by the code used everywhere, and how often each is filled."""

from typing import Literal, get_args

OnceASubject = Literal[
    "consent",
    "demography",
    "eligibility",
    "history",
    "medical_history",
    "dispensing",
    "dlt_evaluation",
    "tumour_baseline",
    "everolimus",
    "exposure",
    "end_of_treatment",
    "death",
]
OnceAVisit = Literal[
    "infusion",
    "tumour",
    "follow_up",
    "haematology",
    "chemistry",
    "vital_signs",
    "ecg",
    "lvef",
    "pregnancy_test",
]
# An entry each time that there is something to tell, at no visit.
OfALog = Literal[
    "adverse_event",
    "medication",
    "deviation",
    "new_therapy",
    "reconsent",
]
FormCode = Literal[OnceASubject, OnceAVisit, OfALog]

# The database holds it too: a form more of these needs a migration of the constraint form_once_a_subject.
ONCE_A_SUBJECT: tuple[OnceASubject, ...] = get_args(OnceASubject)
LOGS: tuple[OfALog, ...] = get_args(OfALog)
FORM_CODES: tuple[FormCode, ...] = get_args(FormCode)
