"""Amendments of the trial's own protocol, as texts: each change is named by what it replaces."""

from pathlib import Path

import protocol

TRIAL = Path(protocol.__file__).parent / "nct00426556.toml"


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
# A day early or late, where two were.
NARROW_WINDOWS = (
    'label = "Day 8"\nday = 8\nearly_days = 2\nlate_days = 2',
    'label = "Day 8"\nday = 8\nearly_days = 0\nlate_days = 0',
)
NO_DAY_22 = (
    (table('[[visits]]\nkind = "cycle"\ncode = "D22"'), ""),
    (next(line for line in TRIAL.read_text().splitlines(keepends=True) if line.startswith('"visits.D22"')), ""),
    ("days = [1, 8, 15, 22]", "days = [1, 8, 15]"),
)
OTHER_DOSE_STEPS = (
    (
        '{ schedule = "daily", dose = 5, label = "5 mg daily" }',
        '{ schedule = "daily", dose = 7.5, label = "7.5 mg daily" }',
    ),
    ('{ dose = 70, label = "70 mg/m²" }', '{ dose = 75, label = "75 mg/m²" }'),
)
PLATELETS_FROM_300 = (
    'item = "platelets", operator = ">=", number = 100',
    'item = "platelets", operator = ">=", number = 300',
)
LIMITING_BELOW_95 = ("min_dose_percent = 75", "min_dose_percent = 95")
UNCONFIRMED = ("confirmation_required = true", "confirmation_required = false")
NEW_COHORT = (
    (
        '[[populations]]\ncode = "P2"',
        '[[cohorts]]\ncode = "P1-20D"\nphase = "I"\nlabel = "Everolimus 20 mg daily"\ndose_level = 3\n'
        'everolimus_mg = 20\nschedule = "daily"\nplanned = 6\ndlt_evaluated = true\n\n[[populations]]\ncode = "P2"',
    ),
    ('cohorts = ["P1-5D", "P1-10D", "P1-30W"]', 'cohorts = ["P1-5D", "P1-10D", "P1-30W", "P1-20D"]'),
)
CYCLES_OF_21_DAYS = (*NO_DAY_22, ("cycle_days = 28", "cycle_days = 21"))
NO_INR = ('optional = ["GGT", "LDH", "INR"]', 'optional = ["GGT", "LDH"]')
RECIST_11 = ('recist_version = "1.0"', 'recist_version = "1.1"')
BASELINE_WITHIN_3_DAYS = ("baseline_window_days = 28", "baseline_window_days = 3")
OTHER_DLT = (
    'criteria = [\n  { code = "neutropenia_4", text = "Grade 4 neutropenia for more than 7 days" },\n',
    'criteria = [\n  { code = "neutropenia_4_5", text = "Grade 4 neutropenia for more than 5 days" },\n',
)
