"""Broken protocol files, each made from the trial's own by one change: where the fault is, and what is said of it."""

from typing import NamedTuple


class BrokenProtocol(NamedTuple):
    """`at` is what stands on the line that is told; without one, the change itself."""

    what: str
    old: str
    new: str
    path: str
    words: str
    at: str = ""


HAEMOGLOBIN = 'label = "Haemoglobin"\nkind = "number"\nunit = "g/dL"'
I13 = 'item = "haemoglobin", operator = ">=", number = 9'

BROKEN = (
    # --- items against the forms' columns -------------------------------------------------------------------------
    BrokenProtocol(
        "an item that no form has",
        'code = "age_at_consent"',
        'code = "age_at_consnet"',
        "eligibility_items.age_at_consnet.code",
        "unknown item of the form eligibility age_at_consnet; known: sex, age_at_consent, who_status,",
    ),
    BrokenProtocol(
        "a rule about an item that the file does not name",
        'item = "platelets", operator',
        'item = "platlets", operator',
        "eligibility.I12.rule",
        "Did you mean platelets?",
    ),
    BrokenProtocol(
        "an item of another kind than its column",
        'label = "WHO performance status"\nkind = "number"',
        'label = "WHO performance status"\nkind = "yes_no"',
        "eligibility_items.who_status.kind",
        "the form records who_status as number, not yes_no",
        at='kind = "yes_no"\n\n[[eligibility_items]]\ncode = "her2_ihc"',
    ),
    BrokenProtocol(
        "a choice that the form does not offer",
        'choices = ["positive", "negative", "not done"]',
        'choices = ["positiv", "negative", "not done"]',
        "eligibility_items.her2_fish.choices",
        "unknown choice positiv; known: positive, negative, not done. Did you mean positive?",
    ),
    BrokenProtocol(
        "a choice of the form that is left out",
        'choices = ["0", "1+", "2+", "3+", "not done"]',
        'choices = ["0", "1+", "2+", "3+"]',
        "eligibility_items.her2_ihc.choices",
        "the form can record not done too",
    ),
    # --- units ----------------------------------------------------------------------------------------------------
    BrokenProtocol(
        "grams a litre for an item in grams a decilitre",
        HAEMOGLOBIN,
        HAEMOGLOBIN.replace("g/dL", "g/L"),
        "eligibility_items.haemoglobin.unit",
        "the form records haemoglobin in g/dL, not in g/L: 1 g/L is 0.1 g/dL; state the limits in g/dL",
        at='unit = "g/L"\n\n[[eligibility_items]]\ncode = "bilirubin"',
    ),
    BrokenProtocol(
        "an upper limit of normal in another unit than the value",
        'label = "Upper limit of normal of bilirubin"\nkind = "number"\nunit = "µmol/L"',
        'label = "Upper limit of normal of bilirubin"\nkind = "number"\nunit = "mg/dL"',
        "eligibility.I14.rule",
        "bilirubin is in µmol/L and its upper limit bilirubin_uln in mg/dL",
        at='item = "bilirubin", uln_item',
    ),
    BrokenProtocol(
        "a limit in mmol/L for an item in g/dL, which would admit 6 g/dL",
        I13,
        I13.replace("9", "5.6"),
        "eligibility.I13.rule",
        "haemoglobin >= 5.6 g/dL cannot be meant: values there are from 6 to 19 g/dL",
    ),
    BrokenProtocol(
        "a limit in g/L for an item in g/dL, which would admit nobody",
        I13,
        I13.replace("9", "90"),
        "eligibility.I13.rule",
        "haemoglobin >= 90 g/dL cannot be meant",
    ),
    BrokenProtocol(
        "platelets counted by the microlitre",
        'item = "platelets", operator = ">=", number = 100',
        'item = "platelets", operator = ">=", number = 100000',
        "eligibility.I12.rule",
        "platelets >= 100000 10⁹/L cannot be meant: values there are from 10 to 1000",
    ),
    BrokenProtocol(
        "a multiple of normal without its point",
        'uln_item = "creatinine_uln", operator = "<=", multiple = 1.5',
        'uln_item = "creatinine_uln", operator = "<=", multiple = 150',
        "eligibility.I17.rule",
        "150 is taken for a slip; from 1 to 20 times the upper limit are believed",
    ),
    # --- analytes, terms ------------------------------------------------------------------------------------------
    BrokenProtocol(
        "an analyte that no laboratory measures",
        'analytes = ["HGB", "WBC"',
        'analytes = ["HGN", "WBC"',
        "laboratory.haematology.analytes",
        "unknown analyte of haematology HGN; known: HGB, WBC, NEUT, LYM, PLAT. Did you mean HGB?",
    ),
    BrokenProtocol(
        "an analyte of the other panel",
        '"LYM", "PLAT"]',
        '"LYM", "PLAT", "GGT2"]',
        "laboratory.haematology.analytes",
        "unknown analyte of haematology GGT2; known: HGB,",
    ),
    BrokenProtocol(
        "guidance by an analyte that is not measured",
        'analyte = "GLUC", grade = 3',
        'analyte = "GLUK", grade = 3',
        "guidance.E-GLUC-3.trigger",
        "Did you mean GLUC?",
    ),
    BrokenProtocol(
        "guidance by a grade that the criteria do not have",
        'analyte = "CHOL", grade = 4',
        'analyte = "UREA", grade = 4',
        "guidance.E-CHOL-4.trigger",
        "CTCAE 3.0 has no grade 4 of UREA; known: none",
    ),
    BrokenProtocol(
        "guidance by a term that is not one of the dictionary's",
        'terms = ["Febrile neutropenia"], grade = 3',
        'terms = ["Febrile neutropaenia"], grade = 3',
        "guidance.E-FEBRILE-3.trigger",
        "'Febrile neutropaenia' is no term of CTCAE 3.0. Did you mean Febrile neutropenia?",
    ),
    BrokenProtocol(
        "a version of the criteria that is not here",
        'ctcae_version = "3.0"',
        'ctcae_version = "4.03"',
        "ctcae_version",
        "should be '3.0' or '5.0', not '4.03'",
    ),
    BrokenProtocol(
        "guidance by a term of another version of the criteria",
        'ctcae_version = "3.0"',
        'ctcae_version = "5.0"',
        "guidance.E-PNEUMONITIS-2.trigger",
        "'Pneumonitis/pulmonary infiltrates' is no term of CTCAE 5.0",
        at='terms = ["Pneumonitis/pulmonary infiltrates"], grade = 2',
    ),
    BrokenProtocol(
        "guidance by a value that is graded on both sides of normal",
        'analyte = "GLUC", grade = 4, side = "high" }',
        'analyte = "GLUC", grade = 4 }',
        "guidance.E-GLUC-4.trigger.side",
        "missing; CTCAE 3.0 grades GLUC on both sides: low (Hypoglycemia) and high (Hyperglycemia)",
    ),
    BrokenProtocol(
        "guidance by a side that has no such grade",
        'analyte = "NEUT", grade = 4 }',
        'analyte = "NEUT", grade = 4, side = "high" }',
        "guidance.E-NEUT-4.trigger",
        "CTCAE 3.0 has no grade 4 of high NEUT; known: none",
    ),
    BrokenProtocol(
        "guidance by a value that the version grades by its treatment",
        'ctcae_version = "3.0"',
        'ctcae_version = "5.0"',
        "guidance.E-GLUC-3.trigger",
        "CTCAE 5.0 has no grade 3 of high GLUC; Hyperglycemia is graded by its treatment: name it as an event",
        at='analyte = "GLUC", grade = 3, side = "high"',
    ),
    # --- forms, drugs ---------------------------------------------------------------------------------------------
    BrokenProtocol(
        "a form that there is not",
        '"medical_history",\n  "vital_signs",',
        '"medical_history",\n  "vital_sign",',
        "visits.SCR.forms.4",
        "not 'vital_sign'. Did you mean vital_signs?",
    ),
    BrokenProtocol(
        "a form of a drug that the trial does not give",
        'code = "trastuzumab"\nlabel',
        'code = "pertuzumab"\nlabel',
        "visits.D1.forms",
        "the form infusion is of trastuzumab: unknown drug trastuzumab; known: paclitaxel, pertuzumab, everolimus",
        at='forms = ["infusion", "vital_signs", "haematology", "chemistry"]',
    ),
    BrokenProtocol(
        "a form of a visit under the logs",
        'log_forms = [\n  "everolimus",',
        'log_forms = [\n  "ecg",\n  "everolimus",',
        "log_forms",
        "ecg is filled at a visit; forms of no visit: adverse_event,",
    ),
    BrokenProtocol(
        "a log at a visit",
        'forms = ["infusion"]\n\n[[visits]]\nkind = "dlt"',
        'forms = ["infusion", "adverse_event"]\n\n[[visits]]\nkind = "dlt"',
        "visits.D22.forms",
        "adverse_event is filled at no visit: name it under log_forms",
    ),
    BrokenProtocol(
        "no consent, without which no form is complete",
        '  "consent",\n  "demography",',
        '  "demography",',
        "visits",
        "can be completed once consent is, and no visit asks for consent",
        at='[[visits]]\nkind = "screening"',
    ),
    BrokenProtocol(
        "a form that nobody is spared, by a term that nobody has",
        'values = ["M"]',
        'values = ["male"]',
        "not_applicable.0.values",
        "unknown value of sex male; known: F, M",
    ),
    # --- visits, intervals ----------------------------------------------------------------------------------------
    BrokenProtocol(
        "another code for the first day of a cycle",
        'code = "D1"\nlabel = "Day 1"',
        'code = "DAY1"\nlabel = "Day 1"',
        "visits.DAY1.code",
        "the visit on day 1 of the cycle is D1: by that code a cycle starts",
    ),
    BrokenProtocol(
        "a code as those have that nobody planned",
        'code = "EOT"\nlabel',
        'code = "UNSEEN"\nlabel',
        "visits.UNSEEN.code",
        "with UNS begin the codes of visits that nobody planned",
    ),
    BrokenProtocol(
        "two visits of one code",
        'code = "D15"\nlabel',
        'code = "D8"\nlabel',
        "visits.D8",
        "the code D8 is used 2 times",
        at='kind = "cycle"\ncode = "D8"\nlabel = "Day 15"',
    ),
    BrokenProtocol(
        "an assessment every day",
        "every_days = 56\nearly_days = 7\nlate_days = 7",
        "every_days = 8\nearly_days = 1\nlate_days = 1",
        "visits.TA.every_days",
        "8 is taken for a slip; from 14 to 366 days are believed",
    ),
    BrokenProtocol(
        "assessments further apart than the plan takes for missed",
        "every_days = 56",
        "every_days = 84",
        "analysis.assessment_interval_days",
        "63 is less than the 84 days between two visits TA",
        at="assessment_interval_days = 63",
    ),
    BrokenProtocol(
        "a cycle of years",
        "cycle_days = 28",
        "cycle_days = 2800",
        "regimen.cycle_days",
        "2800 is taken for a slip; from 7 to 84 days are believed",
    ),
    BrokenProtocol(
        "a washout of decades",
        'item = "last_lapatinib_date", weeks = 2',
        'item = "last_lapatinib_date", weeks = 2000',
        "eligibility.E05.rule",
        "2000 weeks are taken for a slip",
    ),
    BrokenProtocol(
        "a confidence of nothing",
        "conf_level = 0.95",
        "conf_level = 0.05",
        "analysis.conf_level",
        "0.05 is taken for a slip; from 0.5 to 0.999",
    ),
    BrokenProtocol(
        "a code that no table holds",
        'code = "NCT00426556"',
        f'code = "{"N" * 41}"',
        "code",
        "41 characters; the tables hold 40",
    ),
    # --- kinds and keys -------------------------------------------------------------------------------------------
    BrokenProtocol(
        "a kind of visit that there is not",
        'kind = "tumour"',
        'kind = "tumor"',
        "visits.TA",
        "Did you mean tumour?",
    ),
    BrokenProtocol(
        "a key that there is not",
        'late_days = 7\nforms = ["dlt_evaluation"]',
        'late_day = 7\nforms = ["dlt_evaluation"]',
        "visits.DLT.late_day",
        "unknown key; known: code, label, forms, kind, late_days. Did you mean late_days?",
    ),
    BrokenProtocol(
        "a value that there is not",
        'response_source = "investigator"',
        'response_source = "investigators"',
        "analysis.response_source",
        "Did you mean investigator?",
    ),
    BrokenProtocol(
        "a drug of guidance that the trial does not give",
        'code = "P-NEUT-3"\ndrug = "paclitaxel"',
        'code = "P-NEUT-3"\ndrug = "paclitaxal"',
        "guidance.P-NEUT-3.drug",
        "unknown drug paclitaxal; known: paclitaxel, trastuzumab, everolimus. Did you mean paclitaxel?",
        at='drug = "paclitaxal"',
    ),
    BrokenProtocol(
        "an assumption about a value that there is not",
        '"visits.TA.early_days" =',
        '"visits.TA.early" =',
        "assumptions.visits.TA.early",
        "names no value of this file (no early)",
    ),
)
