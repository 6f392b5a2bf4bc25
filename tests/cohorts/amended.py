"""Amendments of the trial's own protocol, as texts: each change is named by what it replaces."""

from pathlib import Path

import trialsite.protocol

TRIAL = Path(trialsite.protocol.__file__).parent / "nct00426556.toml"


def amended(*replacements: tuple[str, str], version: str = "2.0") -> bytes:
    text = TRIAL.read_text()
    for before, after in (('version = "1.0"', f'version = "{version}"'), *replacements):
        assert before in text, f"{before!r} is not in the trial's file"
        text = text.replace(before, after, 1)
    return text.encode()


def table(heading: str) -> str:
    """One [[...]] table of the file whose text begins so, up to the next."""
    text = TRIAL.read_text()
    begin = text.index(heading)
    return text[begin : text.index("[[", begin + 2)]


ECG_ON_DAY_1 = ('forms = ["infusion", "vital_signs", "haematology", "chemistry"]',
                'forms = ["infusion", "vital_signs", "ecg", "haematology", "chemistry"]')  # fmt: skip
SCANS_EVERY_12_WEEKS = (
    ("every_days = 56", "every_days = 84"),
    ("assessment_interval_days = 63", "assessment_interval_days = 91"),
)
LDH_IS_MANDATORY = (
    '  "TRIG",\n]\noptional = ["GGT", "LDH", "INR"]',
    '  "TRIG",\n  "LDH",\n]\noptional = ["GGT", "INR"]',
)
STATUS_0_ALONE = (
    'item = "who_status", operator = "<=", number = 1',
    'item = "who_status", operator = "<=", number = 0',
)
