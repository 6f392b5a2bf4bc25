from typing import Any

import pytest
from django.test import Client

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


@pytest.fixture
def sign_in() -> Any:
    def signed_in(user: Any) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in
