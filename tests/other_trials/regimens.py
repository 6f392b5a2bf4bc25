"""The trial of lung.toml with other regimens: what the file can say of drugs."""

from protocol import Protocol
from protocol.reader import parse
from tests.other_trials.conftest import LUNG

DRUGS = """
[[regimen.drugs]]
code = "carboplatin"
label = "Carboplatin"
route = "intravenous"
basis = "auc"
dose = 5
days = [1]
round_to_mg = 10

[[regimen.drugs]]
code = "pemetrexed"
label = "Pemetrexed"
route = "intravenous"
basis = "body_surface"
dose = 500
days = [1]
round_to_mg = 10
cohorts = ["ALL"]
steps = [{ dose = 500, label = "500 mg/m²" }, { dose = 375, label = "375 mg/m²" }]

[[regimen.drugs]]
code = "bevacizumab"
label = "Bevacizumab"
route = "intravenous"
basis = "weight"
loading_dose = 15
dose = 7.5
days = [1]
round_to_mg = 1
cohorts = ["WITH"]

[[regimen.drugs]]
code = "BID-1"
label = "BID-1"
route = "oral"
basis = "fixed"
times_a_day = 2
days = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
dose = 250
round_to_mg = 50

[[regimen.drugs]]
code = "pembrolizumab"
label = "Pembrolizumab"
route = "intravenous"
basis = "fixed"
dose = 200
days = [1]
round_to_mg = 1
"""
COHORT = """
[[cohorts]]
code = "WITH"
phase = "II"
label = "With bevacizumab"
doses = { osimertinib = 160 }
dlt_evaluated = false
"""


def six_drugs(*changes: tuple[str, str]) -> Protocol:
    """Osimertinib and five others, one of them in one of two cohorts alone, which takes osimertinib at a dose of its
    own."""
    text = LUNG.read_text().replace("\n[[visits]]", f"{DRUGS}\n[[visits]]", 1)
    text = text.replace("\n[[populations]]", f"{COHORT}\n[[populations]]", 1).replace(
        '["ALL"]\nheadline', '["ALL", "WITH"]\nheadline'
    )
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return parse(text.encode(), LUNG)
