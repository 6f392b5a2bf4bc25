from typing import Any

from tests.assessments.conftest import sign_in

__all__ = ["sign_in"]

EVENT: dict[str, Any] = {
    "term": "Pneumonitis, both lungs",
    "dictionary_term": "Pneumonitis/pulmonary infiltrates",
    "grade": "3",
    "start_date": "2008-01-20",
    "ongoing": "Y",
    "outcome": "NOT RECOVERED/NOT RESOLVED",
    "related_everolimus": "Y",
    "related_trastuzumab": "N",
    "related_paclitaxel": "N",
    "action_everolimus": "DRUG INTERRUPTED",
    "action_trastuzumab": "DOSE NOT CHANGED",
    "action_paclitaxel": "DOSE NOT CHANGED",
    "treatment_given": "Y",
    "dose_limiting": "NA",
    "serious": "N",
}
SERIOUS: dict[str, Any] = EVENT | {
    "serious": "Y",
    "results_in_death": "N",
    "life_threatening": "N",
    "hospitalisation": "Y",
    "disability": "N",
    "congenital_anomaly": "N",
    "medically_important": "N",
    "aware_date": "2008-01-22",
    "narrative": "Admitted with breathlessness, on oxygen.",
}
