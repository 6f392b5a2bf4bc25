"""A complete entry of each form that a test only needs to be there: record and rows, as a page would post them."""

from typing import Any

from tests.laboratory.samples import BLOOD, SERUM, rows

Example = tuple[dict[str, Any], list[dict[str, Any]]]

# The first one: paclitaxel by weight and height, trastuzumab with its loading dose.
INFUSION = {
    "infusion_date": "2008-01-07",
    "weight_kg": "64",
    "height_cm": "165",
    "paclitaxel_given": "Y",
    "paclitaxel_level_mg_m2": "80",
    "paclitaxel_dose_mg": "137",
    "trastuzumab_given": "Y",
    "trastuzumab_loading": "Y",
    "trastuzumab_dose_mg": "256",
}
EXAMPLES: dict[str, Example] = {
    "haematology": ({"sample_date": "2007-12-28"}, rows(BLOOD)),
    "chemistry": ({"sample_date": "2007-12-28", "fasting": "Y"}, rows(SERUM)),
    "medical_history": (
        {"any_condition": "Y", "history_date": "2007-12-21"},
        [{"term": "Hypertension", "body_system": "VASCULAR", "start_date": "1999", "ongoing": "Y", "grade": "1"}],
    ),
    "vital_signs": (
        {
            "vital_signs_date": "2007-12-28",
            "weight_kg": "64",
            "height_cm": "165",
            "temperature_c": "36.6",
            "systolic_mmhg": "128",
            "diastolic_mmhg": "78",
            "pulse_per_min": "72",
            "who_status": "1",
        },
        [],
    ),
    "ecg": ({"ecg_date": "2007-12-28", "heart_rate_per_min": "72", "interpretation": "NORMAL"}, []),
    "lvef": ({"lvef_date": "2007-12-28", "method": "ECHOCARDIOGRAPHY", "lvef_percent": "62"}, []),
    "pregnancy_test": ({"childbearing": "N", "why_not": "POSTMENOPAUSAL"}, []),
    "dispensing": (
        {"any_dispensed": "Y"},
        [
            {
                "dispensed_on": "2008-01-07",
                "strength_mg": "5",
                "tablets_dispensed": "60",
                "lot_number": "H0012",
                "returned_on": "2008-02-04",
                "tablets_returned": "4",
                "tablets_lost": "0",
            }
        ],
    ),
    "dlt_evaluation": (
        {
            "evaluation_date": "2008-02-04",
            "cycle_completed": "Y",
            "everolimus_percent": "96",
            "dose_limiting_toxicity": "N",
            "evaluable": "Y",
        },
        [],
    ),
    "adverse_event": (
        {
            "term": "Mouth ulcers",
            "grade": "2",
            "start_date": "2008-01-20",
            "ongoing": "N",
            "end_date": "2008-02-02",
            "outcome": "RECOVERED/RESOLVED",
            "related_everolimus": "Y",
            "related_trastuzumab": "N",
            "related_paclitaxel": "N",
            "action_everolimus": "DOSE NOT CHANGED",
            "action_trastuzumab": "DOSE NOT CHANGED",
            "action_paclitaxel": "DOSE NOT CHANGED",
            "treatment_given": "Y",
            "dose_limiting": "N",
            "serious": "N",
        },
        [],
    ),
    "medication": (
        {
            "medication": "Chlorhexidine mouthwash",
            "kind": "TREATMENT OF ADVERSE EVENT",
            "indication": "Mouth ulcers",
            "before_trial": "N",
            "start_date": "2008-01-21",
            "ongoing": "N",
            "end_date": "2008-02-02",
        },
        [],
    ),
    "new_therapy": (
        {"kind": "CHEMOTHERAPY", "name": "Vinorelbine", "start_date": "2008-06-02", "ongoing": "Y"},
        [],
    ),
    "deviation": (
        {
            "deviation_date": "2008-01-17",
            "kind": "VISIT WINDOW",
            "importance": "MINOR",
            "description": "Day 8 came three days late: public holiday",
        },
        [],
    ),
    "reconsent": (
        {"consent_given": "Y", "consent_date": "2008-01-21", "protocol_version": "1.0"},
        [],
    ),
}
SCREENING = ("medical_history", "vital_signs", "ecg", "lvef", "pregnancy_test", "haematology", "chemistry")
