"""Every check on both sides of its limit: forms as values in, questions out."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from assessments.checks import ACROSS, CHECKS, OWN, Casebook, Form
from assessments.checks.check import At
from assessments.checks.days import before, shown
from tests.other_trials.cases import IDS as OF_OTHER_TRIALS
from values.numbers import read_result

SCREENING = At(1, "SCR", "Screening and baseline", "screening")
TUMOUR_1 = At(3, "TA01", "Tumour assessment 1", "tumour", date(2008, 2, 25), date(2008, 3, 10))
END_VISIT = At(4, "EOT", "End of treatment", "end_of_treatment", date(2008, 3, 1), date(2008, 3, 29))
DAY_8 = At(2, "C1D8", "Cycle 1, day 8", "cycle", date(2008, 1, 12), date(2008, 1, 16))
DAY_1 = At(8, "C1D1", "Cycle 1, day 1", "cycle", date(2008, 1, 5), date(2008, 1, 9))
DAY_1_AGAIN = At(9, "C2D1", "Cycle 2, day 1", "cycle", date(2008, 1, 29), date(2008, 2, 2))
DAY_22 = At(5, "C1D22", "Cycle 1, day 22", "cycle", date(2008, 1, 26), date(2008, 1, 30))
FU_1 = At(6, "FU01", "Survival follow-up 1", "follow_up", date(2008, 5, 1), date(2008, 5, 29))
FU_2 = At(7, "FU02", "Survival follow-up 2", "follow_up", date(2008, 8, 1), date(2008, 8, 29))
ON, LATER = date(2008, 3, 1), date(2008, 3, 8)
BY_ID = {check.id: check for check in CHECKS}


class Items(dict):
    """A record or row in which what a case does not name was left empty."""

    def __missing__(self, name):
        return None


def form(code, rows=(), visit=None, pk=1, **record):
    return Form(code, record, [Items(row) for row in rows], visit, pk)


def asked(check_id, one, *others):
    return BY_ID[check_id].findings(one, Casebook([one, *others]))


def asked_of_cohort(cohort, one):
    return [text for _, text in BY_ID["everolimus-step"].findings(one, Casebook([one], cohort))]


def infusion(on=ON, pk=1, **record):
    given = {"paclitaxel_given": "Y", "trastuzumab_given": "Y"}
    return form("infusion", pk=pk, infusion_date=on, **given | record)


def everolimus(*rows, **record):
    numbered = [{"row": number} | row for number, row in enumerate(rows, 1)]
    return form("everolimus", numbered, **record)


def tablets(dispensed, **row):
    """Of 10 mg, for a fortnight."""
    back = {"dispensed_on": ON, "returned_on": date(2008, 3, 15), "tablets_returned": 0, "strength_mg": "10"}
    return form("dispensing", [{"row": 1, "tablets_dispensed": dispensed} | back | row], any_dispensed="Y")


def last(**drugs):
    return form("end_of_treatment", **{f"last_{drug}_date": on for drug, on in drugs.items()})


def event(pk=1, **record):
    return form("adverse_event", pk=pk, **{"term": "Stomatitis", "start_date": "2008-03-01"} | record)


def coded(term, grade, dictionary="CTCAE 5.0"):
    return event(dictionary_term=term, dictionary=dictionary, grade=grade)


def menopause(status):
    return form("demography", sex="F", menopausal_status=status)


def lesion(label, *diameters, kind="TARGET", method="SPIRAL CT SCAN", location="LIVER"):
    return {
        "label": label,
        "kind": kind,
        "method": method,
        "location": location,
        "state": "MEASURED",
        "diameters_mm": list(diameters),
    }


def lesions(code, *rows):
    return form(code, rows)


def at_visit(on):
    return form("infusion", visit=DAY_8, infusion_date=on)


def verdict(toxicity, completed, percent, **record):
    found = {"dose_limiting_toxicity": toxicity, "cycle_completed": completed, "everolimus_percent": D(percent)}
    return form("dlt_evaluation", **found | record)


def sample(code, value, unit, visit=SCREENING):
    return form("haematology", [{"row": 1, "analyte": code, "value": read_result(value), "unit": unit}], visit)


def blood(grade, on=ON):
    """Neutrophils of that grade."""
    return form("haematology", [{"row": 3, "analyte": "NEUT", "grade": grade}], sample_date=on)


def at(visit, day, **record):
    """An infusion of January 2008 at a visit."""
    return replace(infusion(date(2008, 1, day), **record), visit=visit)


def bilirubin(day):
    """Of grade 3, in January 2008."""
    return form("chemistry", [{"row": 13, "analyte": "BILI", "grade": 3}], sample_date=date(2008, 1, day))


def cells(*counts):
    """Leucocytes, neutrophils and lymphocytes in 10⁹/L; "" for one without a result."""
    rows = [
        {"row": row, "analyte": code, "value": read_result(str(value)) if value != "" else None, "unit": "10^9/L"}
        for row, (code, value) in enumerate(zip(("WBC", "NEUT", "LYM"), counts, strict=True), 1)
    ]
    return form("haematology", rows)


def sized(mm):
    return form("tumour", [{"label": "T01", "diameters_mm": [D(mm)]}])


def therapy(last):
    return form("eligibility", planned_first_dose_date=ON, last_chemotherapy_date=last)


def evaluated(on, whole="Y"):
    return form("dlt_evaluation", evaluation_date=on, cycle_completed=whole)


def count(analyte, grade, day):
    """A graded blood count of January 2008."""
    return form("haematology", [{"row": 1, "analyte": analyte, "grade": grade}], sample_date=date(2008, 1, day))


def unlimited(*counts, toxicity="N"):
    """A verdict on the cycle that began on 7 January, beside what the blood said."""
    told = form("dlt_evaluation", dose_limiting_toxicity=toxicity, evaluation_date=date(2008, 2, 4))
    return [told, infusion(date(2008, 1, 7)), *counts]


def dose(mg=10, start=ON, end=LATER, frequency="QD", **row):
    return {"dose_mg": D(mg), "start_date": start, "end_date": end, "frequency": frequency} | row


def size(on, pk=1, **record):
    return infusion(on, pk, **{"paclitaxel_dose_mg": D(137), "weight_kg": D(60)} | record)


def baseline(measurable, *kinds):
    lesions = [{"label": f"T{number:02d}", "kind": kind} for number, kind in enumerate(kinds, 1)]
    return form("tumour_baseline", lesions, disease_measurable=measurable)


def matters(visit=DAY_8):
    row = {"row": 3, "analyte": "NEUT", "value": read_result("0.4"), "unit": "10^9/L", "clinically_significant": "Y"}
    return form("haematology", [row], visit, sample_date=date(2008, 3, 1))


def flagged(flag, **row):
    row = {"row": 1, "analyte": "HGB", "value": read_result("121"), "unit": "g/L", "flag": flag} | row
    return form("haematology", [row], sample_date=ON)


CONSENT = form("consent", consent_date=ON)
DEATH = form("death", death_date="2008-03-01", cause="STUDY TREATMENT")
BORN = form("demography", birth_date="1953-05")
END = form("end_of_treatment", end_date=ON)
ELIGIBLE = {
    "neutrophils": read_result("1.50"),
    "haemoglobin": read_result("10.0"),
    "who_status": 1,
    "sex": "F",
    "age_at_consent": 54,
}

# (check, the form and the forms beside it that it asks about, those just within its limit that it does not)
CASES = [
    ("laboratory-usual", [sample("HGB", "59", "g/L")], [sample("HGB", "60", "g/L")]),
    ("laboratory-usual", [sample("K", "7.1", "mmol/L")], [sample("K", "7", "mmol/L")]),
    ("laboratory-significance", [flagged("LOW")], [flagged("NORMAL")]),
    ("laboratory-significance", [flagged("HIGH")], [flagged("HIGH", clinically_significant="N")]),
    ("laboratory-event", [matters()], [matters(), event(start_date="2008-03-01")]),
    ("laboratory-event", [matters(), event(start_date="2008-03-02")], [matters(), event(start_date="2008-03")]),
    ("laboratory-event", [matters(), event(start_date="2008", end_date="2008-02")],
     [matters(), event(start_date="2008", end_date="2008-03")]),
    ("laboratory-event", [matters()], [matters(SCREENING)]),
    ("range", [form("demography", age=17)], [form("demography", age=18)]),
    ("range", [form("demography", age=91)], [form("demography", age=90)]),
    ("window", [form("infusion", visit=DAY_8, infusion_date=date(2008, 1, 11))],
     [form("infusion", visit=DAY_8, infusion_date=date(2008, 1, 12))]),
    ("window", [form("infusion", visit=DAY_8, infusion_date=date(2008, 1, 17))],
     [form("infusion", visit=DAY_8, infusion_date=date(2008, 1, 16))]),
    ("window", [form("infusion", visit=DAY_8, infusion_date=date(2008, 1, 17))],
     [form("haematology", visit=DAY_8, sample_date=date(2008, 1, 17))]),
    ("window", [form("end_of_treatment", visit=END_VISIT, end_date=date(2008, 3, 30))],
     [form("vital_signs", visit=END_VISIT, vital_signs_date=date(2008, 3, 30))]),
    ("window", [form("tumour", visit=TUMOUR_1, assessment_date="2008-03-11")],
     [form("tumour", visit=TUMOUR_1, assessment_date="2008-03-10")]),
    ("eligibility-demography", [form("eligibility", **ELIGIBLE), form("demography", sex="M", age=54)],
     [form("eligibility", **ELIGIBLE), form("demography", sex="F", age=54)]),
    ("eligibility-demography", [form("eligibility", **ELIGIBLE), form("demography", sex="F", age=55)],
     [form("eligibility", **ELIGIBLE), form("demography", sex="F")]),
    ("eligibility-history", [form("eligibility", her2_ihc="3+"), form("history", her2_ihc="2+")],
     [form("eligibility", her2_ihc="3+"), form("history", her2_ihc="3+")]),
    ("eligibility-consent", [form("eligibility", consent_date=LATER), CONSENT],
     [form("eligibility", consent_date=ON), CONSENT]),
    ("eligibility-measurable", [form("eligibility", measurable_disease="Y"),
                                form("tumour_baseline", disease_measurable="N")],
     [form("eligibility", measurable_disease="Y"), form("tumour_baseline", disease_measurable="Y")]),
    ("baseline-measurable", [baseline("Y", "NON-TARGET")], [baseline("Y", "NON-TARGET", "TARGET")]),
    ("baseline-measurable", [baseline("N", "TARGET")], [baseline("N", "NON-TARGET")]),
    ("eligibility-status", [form("eligibility", **ELIGIBLE), form("vital_signs", visit=SCREENING, who_status="2")],
     [form("eligibility", **ELIGIBLE), form("vital_signs", visit=SCREENING, who_status="1")]),
    ("eligibility-laboratory", [form("eligibility", **ELIGIBLE), sample("NEUT", "1.45", "10^9/L")],
     [form("eligibility", **ELIGIBLE), sample("NEUT", "1500", "/uL")]),
    ("eligibility-laboratory", [form("eligibility", **ELIGIBLE), sample("HGB", "101.1", "g/L")],
     [form("eligibility", **ELIGIBLE), sample("HGB", "100.9", "g/L")]),
    ("eligibility-laboratory", [form("eligibility", **ELIGIBLE), sample("HGB", "80", "g/L")],
     [form("eligibility", **ELIGIBLE), sample("HGB", "80", "g/L", DAY_8)]),
    ("eligibility-laboratory", [form("eligibility", **ELIGIBLE), sample("HGB", ">100", "g/L")],
     [form("eligibility", **ELIGIBLE | {"haemoglobin": read_result(">10")}), sample("HGB", ">100", "g/L")]),
    ("age", [form("demography", birth_date="1953-03-02", age=55), CONSENT],
     [form("demography", birth_date="1953-03-01", age=55), CONSENT]),
    ("age", [form("demography", birth_date="1953", age=56), CONSENT],
     [form("demography", birth_date="1953", age=54), CONSENT]),
    ("menopause", [form("demography", sex="M", menopausal_status="POSTMENOPAUSE")],
     [form("demography", sex="M", menopausal_status="NOT APPLICABLE")]),
    ("metastasis-order", [form("history", diagnosis_date="2006-04", metastatic_date="2006-03-31")],
     [form("history", diagnosis_date="2006-03", metastatic_date="2006-03-31")]),
    ("therapy-order", [form("history", [{"row": 1, "start_date": "2005-02", "end_date": "2005-01"}])],
     [form("history", [{"row": 1, "start_date": "2005-02", "end_date": "2005-02-01"}])]),
    ("therapy-order", [form("history", [{"row": 1, "start_date": "2003"}], diagnosis_date="2004")],
     [form("history", [{"row": 1, "start_date": "2004"}], diagnosis_date="2004")]),
    ("condition-order", [form("medical_history", [{"row": 1, "start_date": "2005", "end_date": "2004"}])],
     [form("medical_history", [{"row": 1, "start_date": "2005", "end_date": "2005"}])]),
    ("condition-any", [form("medical_history", any_condition="Y")], [form("medical_history", any_condition="N")]),
    ("condition-any", [form("medical_history", [{"row": 1}], any_condition="N")],
     [form("medical_history", [{"row": 1}], any_condition="Y")]),
    ("pregnancy", [form("pregnancy_test", result="POSITIVE")], [form("pregnancy_test", result="NEGATIVE")]),
    ("pregnancy", [form("pregnancy_test", childbearing="Y"), form("demography", sex="M")],
     [form("pregnancy_test", childbearing="Y"), form("demography", sex="F")]),
    # A slip is asked about whatever change is stated.
    ("dose",
     [infusion(paclitaxel_planned_mg=D(137), paclitaxel_dose_mg=D("13.7"), paclitaxel_change="DOSE REDUCED")],
     [infusion(paclitaxel_planned_mg=D(137), paclitaxel_dose_mg=D(100), paclitaxel_change="DOSE REDUCED")]),
    ("dose", [infusion(paclitaxel_planned_mg=D(100), paclitaxel_dose_mg=D("110.1"))],
     [infusion(paclitaxel_planned_mg=D(100), paclitaxel_dose_mg=D(110))]),
    ("dose", [infusion(trastuzumab_planned_mg=D(100), trastuzumab_dose_mg=D("89.9"))],
     [infusion(trastuzumab_planned_mg=D(100), trastuzumab_dose_mg=D(50), trastuzumab_change="DOSE REDUCED")]),
    ("dose-not-reduced",
     [infusion(paclitaxel_change="DOSE REDUCED", paclitaxel_level_mg_m2=D(80), paclitaxel_planned_mg=D(140),
               paclitaxel_dose_mg=D(140))],
     [infusion(paclitaxel_change="DOSE REDUCED", paclitaxel_level_mg_m2=D(80), paclitaxel_planned_mg=D(140),
               paclitaxel_dose_mg=D("139.9"))]),
    ("dose-level", [infusion(LATER, paclitaxel_level_mg_m2=D(70)), infusion(ON, 2, paclitaxel_level_mg_m2=D(80))],
     [infusion(LATER, paclitaxel_level_mg_m2=D(80)), infusion(ON, 2, paclitaxel_level_mg_m2=D(80))]),
    ("dose-level", [infusion(LATER, paclitaxel_level_mg_m2=D(70)), infusion(ON, 2, paclitaxel_level_mg_m2=D(80))],
     [infusion(LATER, paclitaxel_level_mg_m2=D(70), paclitaxel_change="DOSE REDUCED"),
      infusion(ON, 2, paclitaxel_level_mg_m2=D(80))]),
    ("dose-weight", [size(LATER, weight_kg=D("66.1")), size(ON, 2)], [size(LATER, weight_kg=D(66)), size(ON, 2)]),
    ("dose-weight", [size(LATER, weight_kg=D("53.9")), size(ON, 2)],
     [size(LATER, weight_kg=D("53.9"), paclitaxel_dose_mg=D(130)), size(ON, 2)]),
    ("dose-day", [form("infusion", visit=DAY_22, paclitaxel_given="Y")],
     [form("infusion", visit=DAY_22, paclitaxel_given="N", trastuzumab_given="Y")]),
    ("dose-day", [form("infusion", visit=DAY_22, paclitaxel_change="DOSE OMITTED")],
     [form("infusion", visit=DAY_8, paclitaxel_given="Y")]),
    ("dose-interval", [infusion(date(2008, 3, 5)), infusion(ON, 2)], [infusion(date(2008, 3, 6)), infusion(ON, 2)]),
    ("dose-loading", [infusion(trastuzumab_loading="N")], [infusion(trastuzumab_loading="Y")]),
    ("dose-loading", [infusion(LATER, trastuzumab_loading="Y"), infusion(ON, 2)],
     [infusion(LATER, trastuzumab_loading="N"), infusion(ON, 2)]),
    ("weight-differs",
     [form("infusion", visit=DAY_8, weight_kg=D("62.1")), form("vital_signs", visit=DAY_8, weight_kg=D(60))],
     [form("infusion", visit=DAY_8, weight_kg=D(62)), form("vital_signs", visit=DAY_8, weight_kg=D(60))]),
    ("height-changes", [infusion(LATER, height_cm=D("162.1")), infusion(ON, 2, height_cm=D(160))],
     [infusion(LATER, height_cm=D(162)), infusion(ON, 2, height_cm=D(160))]),
    ("everolimus-overlap", [everolimus(dose(), dose(start=LATER, end=None))],
     [everolimus(dose(), dose(start=date(2008, 3, 9), end=None))]),
    ("everolimus-overlap", [everolimus(dose(end=None), dose(start=LATER, end=None))], [everolimus(dose(end=None))]),
    ("everolimus-gap", [everolimus(dose(), dose(start=date(2008, 3, 10)))],
     [everolimus(dose(), dose(start=date(2008, 3, 9)))]),
    ("everolimus-reason", [everolimus(dose(0))], [everolimus(dose(0, reason="ADVERSE EVENT"))]),
    ("everolimus-reason", [everolimus(dose(5, change="DOSE REDUCED"))],
     [everolimus(dose(5, change="DOSE REDUCED", reason="OTHER"))]),
    ("everolimus-end", [everolimus(dose(end=None)), END], [everolimus(dose(end=ON)), END]),
    ("everolimus-end", [everolimus(dose(end=None)), END], [everolimus(dose(0, end=None)), END]),
    ("everolimus-missed", [everolimus(dose(missed_days=9))], [everolimus(dose(missed_days=8))]),
    ("everolimus-step", [everolimus(dose("7.5"))], [everolimus(dose(5))]),
    ("everolimus-step", [everolimus(dose(10, frequency="QOD"))], [everolimus(dose(5, frequency="QOD"))]),
    ("everolimus-any", [form("everolimus", any_taken="Y")], [form("everolimus", any_taken="N")]),
    ("everolimus-any", [everolimus(dose(0), any_taken="Y")], [everolimus(dose("0.1"), any_taken="Y")]),
    ("everolimus-any", [everolimus(dose("0.1"), any_taken="N")], [everolimus(dose(0), any_taken="N")]),
    ("dispensing-any", [form("dispensing", any_dispensed="Y")], [form("dispensing", any_dispensed="N")]),
    ("dispensing-any", [form("dispensing", [{"row": 1}], any_dispensed="N")],
     [form("dispensing", [{"row": 1}], any_dispensed="Y")]),
    ("dispensing-after-end", [form("dispensing", [{"row": 1, "dispensed_on": LATER}]), END],
     [form("dispensing", [{"row": 1, "dispensed_on": ON}]), END]),
    ("dispensing-strength", [tablets(16, strength_mg="20")], [tablets(16)]),
    ("dispensing-supply", [tablets(184, returned_on=None)], [tablets(183, returned_on=None)]),
    ("dispensing-plan", [tablets(17)], [tablets(16)]),
    ("dispensing-plan", [tablets(60)], [tablets(60, tablets_returned=50)]),
    ("dispensing-doses", [tablets(9), everolimus(dose(5, end=None))], [tablets(8), everolimus(dose(5, end=None))]),
    ("dispensing-doses", [tablets(9), everolimus(dose(5, end=None))], [tablets(9)]),
    ("event-order", [event(end_date="2008-02-29")], [event(end_date="2008-03-01")]),
    ("event-order", [event(end_date="2008-02")], [event(end_date="2008")]),
    ("event-outcome", [event(outcome="FATAL", grade="4")], [event(outcome="FATAL", grade="5")]),
    ("event-outcome", [event(outcome="UNKNOWN", grade="5")], [event(outcome="UNKNOWN", grade="4")]),
    ("event-outcome", [event(ongoing="Y", outcome="RECOVERED/RESOLVED")],
     [event(ongoing="N", outcome="RECOVERED/RESOLVED")]),
    ("event-outcome", [event(ongoing="N", outcome="NOT RECOVERED/NOT RESOLVED")],
     [event(ongoing="Y", outcome="NOT RECOVERED/NOT RESOLVED")]),
    ("event-criterion", [coded("Alopecia", "3")], [coded("Alopecia", "2")]),
    ("event-criterion", [coded("Febrile neutropenia", "2")], [coded("Febrile neutropenia", "3")]),
    ("event-criterion", [coded("Hyperkeratosis", "2")], [coded("Alopecia", "3", "CTCAE 3.0")]),
    ("event-criterion", [coded("Nausea", "4")], [coded("Nausea", "4", "MedDRA 27.0")]),
    ("event-fatal", [event(outcome="FATAL")], [event(outcome="FATAL"), DEATH]),
    ("event-fatal", [event(grade="5")], [event(grade="4")]),
    ("event-time", [event(start_date="2008-02-29"), CONSENT], [event(start_date="2008-03-01"), CONSENT]),
    ("event-time", [event(start_date="2008-03-02"), DEATH], [event(start_date="2008-03"), DEATH]),
    ("event-paclitaxel",
     [event(action_paclitaxel="DOSE REDUCED"), infusion(date(2008, 2, 29), paclitaxel_change="DOSE REDUCED")],
     [event(action_paclitaxel="DOSE REDUCED"), infusion(ON, paclitaxel_change="DOSE REDUCED")]),
    ("event-trastuzumab",
     [event(action_trastuzumab="DRUG WITHDRAWN"), infusion(LATER, trastuzumab_change="DOSE OMITTED")],
     [event(action_trastuzumab="DRUG WITHDRAWN"), infusion(LATER, trastuzumab_change="DRUG WITHDRAWN")]),
    ("event-everolimus", [event(action_everolimus="DRUG INTERRUPTED"), everolimus(dose())],
     [event(action_everolimus="DRUG INTERRUPTED"), everolimus(dose(0))]),
    ("event-everolimus", [event(action_everolimus="DOSE REDUCED"), everolimus(dose(5))],
     [event(action_everolimus="DOSE NOT CHANGED"), everolimus(dose(5))]),
    ("event-trastuzumab-reduced", [event(action_trastuzumab="DOSE REDUCED")],
     [event(action_trastuzumab="DRUG INTERRUPTED")]),
    ("event-twice", [event(2, start_date="2008-03-05"), event(1, end_date="2008-03-05")],
     [event(2, start_date="2008-03-06"), event(1, end_date="2008-03-05")]),
    ("event-twice", [event(2, term="STOMATITIS"), event(1)], [event(2, term="Rash"), event(1)]),
    ("event-limiting", [event(dose_limiting="Y", grade="2")], [event(dose_limiting="Y", grade="3")]),
    ("event-aware", [event(aware_date=date(2008, 2, 29))], [event(aware_date=ON)]),
    ("dlt-event", [form("dlt_evaluation", dose_limiting_toxicity="Y"), event(dose_limiting="N")],
     [form("dlt_evaluation", dose_limiting_toxicity="Y"), event(dose_limiting="Y")]),
    ("dlt-event", [form("dlt_evaluation", dose_limiting_toxicity="N"), event(dose_limiting="Y")],
     [form("dlt_evaluation", dose_limiting_toxicity="N"), event(dose_limiting="N")]),
    ("dlt-evaluable", [verdict("N", "Y", "74.9", evaluable="Y")], [verdict("N", "Y", "75", evaluable="Y")]),
    ("dlt-evaluable", [verdict("Y", "N", "10", evaluable="N")], [verdict("N", "N", "90", evaluable="N")]),
    ("dlt-blood", unlimited(count("NEUT", 4, 14), count("NEUT", 4, 21)),
     unlimited(count("NEUT", 4, 14), count("NEUT", 4, 20))),
    ("dlt-blood", unlimited(count("NEUT", 4, 14), count("NEUT", 4, 18), count("NEUT", 4, 22)),
     unlimited(count("NEUT", 4, 14), count("NEUT", 3, 18), count("NEUT", 4, 22))),
    ("dlt-blood", unlimited(count("PLAT", 4, 7)), unlimited(count("PLAT", 4, 6))),
    ("dlt-blood", unlimited(count("PLAT", 4, 14)), unlimited(count("PLAT", 3, 14))),
    ("dlt-blood", unlimited(count("PLAT", 4, 14)), unlimited(count("PLAT", 4, 14), toxicity="Y")),
    ("dose-guidance", [infusion(), blood(3)], [infusion(), blood(2)]),
    # At no visit that asks for a count, the dose asks for it; at one that does, it may be two days early.
    ("dose-guidance", [infusion(), blood(4, date(2008, 2, 28))], [infusion(), blood(4, date(2008, 2, 27))]),
    ("dose-guidance", [at(DAY_8, 14), blood(4, date(2008, 1, 12))], [at(DAY_8, 14), blood(4, date(2008, 1, 11))]),
    # Day 1 asks for chemistry and day 8 does not; the next day 1 asks again.
    ("dose-guidance", [at(DAY_8, 14), at(DAY_1, 7, pk=2), bilirubin(7)],
     [at(DAY_1_AGAIN, 31, pk=3), at(DAY_8, 14), at(DAY_1, 7, pk=2), bilirubin(7)]),
    ("dose-guidance", [infusion(), blood(4)], [infusion(), blood(4, LATER)]),
    ("dose-guidance", [infusion(), blood(4)], [infusion(paclitaxel_given="N"), blood(4)]),
    ("dose-guidance", [infusion(), blood(4, date(2008, 2, 28)), blood(3)],
     [infusion(), blood(4, date(2008, 2, 28)), blood(2)]),
    ("lvef-drop",
     [form("lvef", lvef_date=LATER, lvef_percent=D("49.9")), form("lvef", lvef_date=ON, lvef_percent=D(60))],
     [form("lvef", lvef_date=LATER, lvef_percent=D(50)), form("lvef", lvef_date=ON, lvef_percent=D(60))]),
    ("lvef-drop", [form("lvef", lvef_date=LATER, lvef_percent=D(45)), form("lvef", lvef_date=ON, lvef_percent=D(55))],
     [form("lvef", lvef_date=LATER, lvef_percent=D(45)), form("lvef", lvef_date=ON, lvef_percent=D("54.9"))]),
    ("day-in-life", [form("vital_signs", vital_signs_date=date(2008, 2, 29)), CONSENT],
     [form("vital_signs", vital_signs_date=ON), CONSENT]),
    ("day-in-life", [form("ecg", ecg_date=date(2008, 3, 2)), DEATH], [form("ecg", ecg_date=ON), DEATH]),
    ("dose-after-death", [infusion(date(2008, 3, 2)), DEATH], [infusion(ON), DEATH]),
    ("dose-after-death", [everolimus(dose()), DEATH], [everolimus(dose(0, end=LATER)), DEATH]),
    ("dose-after-end", [infusion(date(2008, 3, 2)), END], [infusion(ON), END]),
    ("end-before-dose", [END, infusion(date(2008, 3, 2))], [END, infusion(ON)]),
    ("end-last-dose", [last(paclitaxel=LATER), infusion(ON)], [last(paclitaxel=ON), infusion(ON)]),
    ("end-last-dose", [last(trastuzumab=ON), infusion(ON), infusion(LATER, pk=2)],
     [last(trastuzumab=ON), infusion(ON), infusion(LATER, pk=2, trastuzumab_given="N")]),
    ("end-last-dose", [last(everolimus=ON), everolimus(dose())], [last(everolimus=LATER), everolimus(dose())]),
    ("end-last-dose", [last(everolimus=ON), everolimus(dose())], [last(everolimus=ON), everolimus(dose(end=None))]),
    ("end-by-death", [form("end_of_treatment", reason="DEATH")], [form("end_of_treatment", reason="DEATH"), DEATH]),
    ("end-progression",
     [form("end_of_treatment", reason="PROGRESSIVE DISEASE", end_date=ON, clinical_progression_date="2008-03-02")],
     [form("end_of_treatment", reason="PROGRESSIVE DISEASE", end_date=ON, clinical_progression_date="2008-03")]),
    ("contact-before-end", [form("follow_up", contact_date="2008-02-29"), END],
     [form("follow_up", contact_date="2008-03-01"), END]),
    ("contact-therapy", [form("follow_up", contact_date="2008-03-01", new_therapy_date="2008-03-02")],
     [form("follow_up", contact_date="2008-03-01", new_therapy_date="2008-03-01")]),
    ("contact-therapy-form", [form("follow_up", new_therapy_given="Y", new_therapy_date="2008-03-02"),
                              form("new_therapy", start_date="2008-03-01")],
     [form("follow_up", new_therapy_given="Y", new_therapy_date="2008-03"),
      form("new_therapy", start_date="2008-03-01")]),
    ("new-therapy-order", [form("new_therapy", start_date="2008-02-29"), END],
     [form("new_therapy", start_date="2008-03-01"), END]),
    ("new-therapy-order", [form("new_therapy", start_date="2008-03-02", end_date="2008-03-01")],
     [form("new_therapy", start_date="2008-03-02", end_date="2008-03-02")]),
    ("death-by-treatment", [DEATH, event(grade="4")], [DEATH, event(grade="5")]),
    ("medication-order", [form("medication", start_date="2008-03", end_date="2008-02")],
     [form("medication", start_date="2008-03", end_date="2008-03")]),
    ("medication-begun", [form("medication", before_trial="N", start_date="2008-02-29"), infusion()],
     [form("medication", before_trial="N", start_date="2008-03-01"), infusion()]),
    ("medication-twice",
     [form("medication", pk=2, medication="aspirin", start_date="2008-03-05"),
      form("medication", medication="Aspirin", end_date="2008-03-05")],
     [form("medication", pk=2, medication="aspirin", start_date="2008-03-06"),
      form("medication", medication="Aspirin", end_date="2008-03-05")]),
    ("pregnancy", [form("pregnancy_test", childbearing="N", why_not="MALE"), form("demography", sex="F")],
     [form("pregnancy_test", childbearing="N", why_not="MALE"), form("demography", sex="M")]),
    ("pregnancy", [form("pregnancy_test", why_not="POSTMENOPAUSAL"), menopause("PREMENOPAUSE")],
     [form("pregnancy_test", why_not="POSTMENOPAUSAL"), menopause("POSTMENOPAUSE")]),
    ("pregnancy", [form("pregnancy_test", childbearing="Y"), menopause("POSTMENOPAUSE")],
     [form("pregnancy_test", childbearing="Y"), menopause("PREMENOPAUSE")]),
    ("lesion-size", [lesions("tumour", lesion("T01", D("150.1")))], [lesions("tumour", lesion("T01", D(150)))]),
    ("lesion-size", [lesions("tumour_baseline", lesion("T01", D(210), method="MRI"))],
     [lesions("tumour_baseline", lesion("T01", D(21), method="MRI"))]),
    ("lesion-measurable", [lesions("tumour_baseline", lesion("T01", D("19.9"), method="MRI"))],
     [lesions("tumour_baseline", lesion("T01", D(20), method="MRI"))]),
    ("lesion-measurable", [lesions("tumour_baseline", lesion("T01", D("9.9")))],
     [lesions("tumour_baseline", lesion("T01", D(10)))]),
    ("lesion-measurable", [lesions("tumour_baseline", lesion("T01", D(40), method="ULTRASOUND"))],
     [lesions("tumour_baseline", lesion("NT01", D(4), kind="NON-TARGET"))]),
    ("mass-index", [form("vital_signs", weight_kg=D("37.5"), height_cm=D(170))],
     [form("vital_signs", weight_kg=D("37.6"), height_cm=D(170))]),
    ("mass-index", [infusion(weight_kg=D("154"), height_cm=D(160))], [infusion(weight_kg=D("153"), height_cm=D(160))]),
    ("weight-jump", [size(LATER, weight_kg=D("69.1")), size(ON, 2)], [size(LATER, weight_kg=D("69")), size(ON, 2)]),
    ("weight-jump", [size(LATER, weight_kg=D("80")), size(date(2008, 1, 26), 2)],
     [size(LATER, weight_kg=D("80")), size(date(2008, 1, 25), 2)]),
    ("dose-high", [infusion(body_surface_m2=D("1.71"), paclitaxel_dose_mg=D(151), paclitaxel_change="DOSE REDUCED")],
     [infusion(body_surface_m2=D("1.71"), paclitaxel_dose_mg=D(150))]),
    ("dose-high", [infusion(weight_kg=D(60), trastuzumab_dose_mg=D(133), trastuzumab_loading="N")],
     [infusion(weight_kg=D(60), trastuzumab_dose_mg=D(240), trastuzumab_loading="Y")]),
    ("dose-high", [infusion(weight_kg=D(60), trastuzumab_dose_mg=D(265), trastuzumab_loading="Y")],
     [infusion(weight_kg=D(60), trastuzumab_dose_mg=D(132), trastuzumab_loading="N")]),
    ("visit-order-infusion",
     [form("infusion", visit=DAY_22, infusion_date=date(2008, 1, 13)), form("infusion", visit=DAY_8, infusion_date=ON)],
     [form("infusion", visit=DAY_22, infusion_date=ON), form("infusion", visit=DAY_8, infusion_date=ON)]),
    ("visit-order-follow-up",
     [form("follow_up", visit=FU_2, contact_date="2008-06"), form("follow_up", visit=FU_1, contact_date="2008-07")],
     [form("follow_up", visit=FU_2, contact_date="2008-07"), form("follow_up", visit=FU_1, contact_date="2008-07")]),
    *(
        (f"same-day-{code.replace('_', '-')}", [form(code, pk=2, **{name: ON}), form(code, **{name: ON})],
         [form(code, pk=2, **{name: LATER}), form(code, **{name: ON})])
        for code, name in (("vital_signs", "vital_signs_date"), ("ecg", "ecg_date"), ("lvef", "lvef_date"),
                           ("haematology", "sample_date"), ("chemistry", "sample_date"))
    ),
    ("same-day-follow-up",
     [form("follow_up", pk=2, contact_date="2008-06-03"), form("follow_up", contact_date="2008-06-03")],
     [form("follow_up", pk=2, contact_date="2008-06"), form("follow_up", contact_date="2008-06")]),
    ("day-of-dose", [form("haematology", visit=DAY_8, sample_date=date(2008, 2, 22)), at_visit(ON)],
     [form("haematology", visit=DAY_8, sample_date=date(2008, 2, 23)), at_visit(ON)]),
    ("before-birth", [form("history", diagnosis_date="1952"), BORN], [form("history", diagnosis_date="1953"), BORN]),
    ("before-birth", [form("medical_history", [{"row": 1, "start_date": "1952-12"}]), BORN],
     [form("medical_history", [{"row": 1, "start_date": "1953-05"}]), BORN]),
    ("start-after-death", [form("medication", start_date="2008-03-02"), DEATH],
     [form("medication", start_date="2008-03"), DEATH]),
    ("diagnosis-time", [form("history", diagnosis_date="2008-03-02"), CONSENT],
     [form("history", diagnosis_date="2008-03-01"), CONSENT]),
    ("diagnosis-time", [form("history", [{"row": 1, "end_date": "2009"}]), CONSENT],
     [form("history", [{"row": 1, "end_date": "2008"}]), CONSENT]),
    ("condition-time", [form("medical_history", [{"row": 1, "start_date": "2008-03-02"}]), infusion()],
     [form("medical_history", [{"row": 1, "start_date": "2008-03-01"}]), infusion()]),
    ("condition-time", [form("medical_history", [{"row": 1, "start_date": "2008-03-02"}]), everolimus(dose(5))],
     [form("medical_history", [{"row": 1, "start_date": "2008-03-02"}]), everolimus(dose(0))]),
    ("event-related", [event(related_paclitaxel="Y", start_date="2008-02-29"), infusion()],
     [event(related_paclitaxel="Y", start_date="2008-03-01"), infusion()]),
    ("event-related", [event(related_everolimus="Y", start_date="2008-02"), infusion()],
     [event(related_everolimus="N", start_date="2008-02"), infusion()]),
    ("event-limiting-time", [event(dose_limiting="Y", start_date="2008-03-29"), infusion()],
     [event(dose_limiting="Y", start_date="2008-03-28"), infusion()]),
    ("event-limiting-time", [event(dose_limiting="Y", start_date="2008-04"), infusion()],
     [event(dose_limiting="Y", start_date="2008-03"), infusion()]),
    ("pulse-pressure", [form("vital_signs", systolic_mmhg=100, diastolic_mmhg=86)],
     [form("vital_signs", systolic_mmhg=100, diastolic_mmhg=85)]),
    ("status-dead", [form("vital_signs", who_status="5")], [form("vital_signs", who_status="4")]),
    ("status-dead", [form("eligibility", who_status=5)], [form("eligibility", who_status=4)]),
    ("white-cells", [cells(6, 4, "2.4")], [cells(6, 4, "2.3")]),
    ("white-cells", [cells(6, 7, "")], [cells(6, 6, "")]),
    ("white-cells", [cells(6, 7, "<0.1")], [cells(6, "<7", "0.1")]),
    ("dose-none", [infusion(paclitaxel_given="N", trastuzumab_given="N")],
     [infusion(paclitaxel_given="N", trastuzumab_given="N", paclitaxel_change="DOSE OMITTED")]),
    ("dose-none", [infusion(paclitaxel_given=None, trastuzumab_given="N")],
     [infusion(paclitaxel_given=None, trastuzumab_given="Y")]),
    ("lesion-small", [sized("1.9")], [sized("2")]),
    ("dispensing-consent", [form("dispensing", [{"row": 1, "dispensed_on": date(2008, 2, 29)}]), CONSENT],
     [form("dispensing", [{"row": 1, "dispensed_on": ON}]), CONSENT]),
    ("consent-time", [form("consent", consent_given="Y", consent_date=date(2007, 9, 2)), infusion()],
     [form("consent", consent_given="Y", consent_date=date(2007, 9, 3)), infusion()]),
    ("consent-time", [form("consent", consent_given="N", consent_date=ON), infusion()],
     [form("consent", consent_given="N", consent_date=ON), infusion(paclitaxel_given="N", trastuzumab_given="N")]),
    ("birth", [form("demography", birth_date="1990-03-02"), CONSENT],
     [form("demography", birth_date="1990-03-01"), CONSENT]),
    ("birth", [form("demography", birth_date="1991"), CONSENT], [form("demography", birth_date="1990"), CONSENT]),
    ("birth", [form("demography", birth_date="1906"), CONSENT], [form("demography", birth_date="1907"), CONSENT]),
    ("birth", [form("demography", birth_date="2009"), CONSENT], [form("demography", birth_date=""), CONSENT]),
    ("menopause-late", [form("demography", menopausal_status="PREMENOPAUSE", age=61)],
     [form("demography", menopausal_status="PREMENOPAUSE", age=60)]),
    ("her2", [form("history", her2_ihc="2+", her2_fish="NEGATIVE")],
     [form("history", her2_ihc="2+", her2_fish="POSITIVE")]),
    ("her2", [form("history", her2_ihc="1+", her2_fish="NOT DONE")], [form("history", her2_ihc="1+", her2_fish="")]),
    ("stage-four", [form("history", stage_at_diagnosis="STAGE IV", diagnosis_date="2004", metastatic_date="2005-08")],
     [form("history", stage_at_diagnosis="STAGE IV", diagnosis_date="2004", metastatic_date="2005-07")]),
    ("condition-fatal", [form("medical_history", [{"row": 1, "grade": "5"}])],
     [form("medical_history", [{"row": 1, "grade": "4"}])]),
    ("eligibility-planned", [form("eligibility", consent_date=ON, planned_first_dose_date=date(2008, 2, 29))],
     [form("eligibility", consent_date=ON, planned_first_dose_date=ON)]),
    ("eligibility-planned", [form("eligibility", consent_date=ON, planned_first_dose_date=date(2008, 8, 29))],
     [form("eligibility", consent_date=ON, planned_first_dose_date=date(2008, 8, 28))]),
    ("eligibility-therapy", [therapy(date(2003, 12, 31)), form("history", diagnosis_date="2004")],
     [therapy(date(2004, 1, 1)), form("history", diagnosis_date="2004")]),
    ("eligibility-therapy", [therapy(LATER)], [therapy(ON)]),
    ("medication-dose", [form("medication", dose=D(500))], [form("medication", dose=D(500), dose_unit="mg")]),
    ("medication-dose", [form("medication", dose=D(10001), dose_unit="mg")],
     [form("medication", dose=D(10000), dose_unit="mg")]),
    ("dlt-time", [evaluated(date(2008, 3, 27)), infusion()], [evaluated(date(2008, 3, 28)), infusion()]),
    ("dlt-time", [evaluated(LATER), infusion()], [evaluated(LATER, whole="N"), infusion()]),
    ("end-dose-order", [form("end_of_treatment", end_date=ON, last_everolimus_date=LATER)],
     [form("end_of_treatment", end_date=ON, last_everolimus_date=ON)]),
]  # fmt: skip


@pytest.mark.requirement("ICH E6(R3) 4.2.1")
@pytest.mark.parametrize(("check_id", "odd", "fine"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)])
def test_a_check_asks_beyond_its_limit_and_is_silent_at_it(check_id, odd, fine):
    assert len(asked(check_id, *odd)) == 1
    assert asked(check_id, *fine) == []


@pytest.mark.parametrize(("check_id", "odd", "fine"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)])
def test_a_question_names_one_of_the_items_of_its_check_at_the_form_that_it_asks_at(check_id, odd, fine):
    check = BY_ID[check_id]
    (found,) = asked(check_id, *odd)
    assert not check.at or odd[0].code in check.at
    assert not check.items or any(found[0] == item or found[0].endswith(f"-{item}") for item in check.items)


@pytest.mark.parametrize(("check_id", "odd", "fine"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)])
def test_no_question_quotes_what_could_tell_who_the_subject_is(check_id, odd, fine):
    from assessments.catalogue import CATALOGUE
    from assessments.items import items_of

    ((_, text),) = asked(check_id, *odd)
    for one in odd:
        identifying = [field.name for field, item in items_of(CATALOGUE[one.code].record) if item.identifying]
        for value in (one[name] for name in identifying if one[name]):
            said = shown(value) if value[:4].isdecimal() and len(value) > 4 else value
            # Of a date of birth everybody reads the year.
            assert said == value[:4] or said.casefold() not in text.casefold()


@pytest.mark.requirement("ICH E6(R3) 4.2.1")
def test_every_check_has_a_case():
    assert {case[0] for case in CASES} | OF_OTHER_TRIALS == {check.id for check in (*OWN, *ACROSS)}


def test_each_check_has_a_name_of_its_own_and_a_sentence():
    assert len(BY_ID) == len(CHECKS)
    assert all(check.sentence.endswith(".") and "\n" not in check.sentence for check in CHECKS)


@pytest.mark.parametrize("check", (*OWN, *ACROSS), ids=lambda check: check.id)
def test_a_form_without_a_value_gives_no_cause_to_ask(check):
    from assessments.catalogue import CATALOGUE

    for code in check.at or CATALOGUE:
        asked_at = check.findings(Form(code, {}), Casebook([Form(code, {})]))
        assert asked_at == []


def test_checks_name_forms_and_items_that_there_are():
    from assessments.catalogue import CATALOGUE
    from assessments.items import columns_of

    for check in CHECKS:
        assert {*check.at, *check.reads} <= set(CATALOGUE)
        types = [CATALOGUE[code] for code in check.at or CATALOGUE]
        models = [model for form_type in types for model in (form_type.record, form_type.rows) if model]
        known = {field.name for model in models for field, _ in columns_of(model)} | {"", "its date"}
        assert set(check.items) <= known, check.id


def test_a_tumour_assessment_is_compared_with_no_other_form_at_its_save():
    assert not [check for check in ACROSS if check.concerns("tumour")]


@pytest.mark.parametrize(
    ("one", "other", "surely"),
    [
        ("2008-02", "2008-03", True),
        ("2008-03", "2008-03-01", False),
        ("2008-03-01", date(2008, 3, 2), True),
        ("2007", "2008-01-01", True),
        ("", "2008", False),
        ("2008", None, False),
    ],
)
def test_one_day_lies_before_another_only_if_every_reading_of_it_does(one, other, surely):
    assert before(one, other) is surely


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2026, 11, 3), "3 Nov 2026"), ("2026-11-03", "3 Nov 2026"), ("2026-11", "Nov 2026"), ("2026", "2026")],
)
def test_a_day_is_shown_one_way(day, words):
    assert shown(day) == words


@pytest.mark.parametrize(
    ("cohort", "mg", "frequency", "said"),
    [
        ("P1-5D", 5, "QD", ""),
        ("P1-5D", 5, "QOD", ""),
        ("P1-5D", 0, "QD", ""),
        ("P1-5D", 10, "QD", "10 mg every day is more than the dose of the cohort, Everolimus 5 mg daily."),
        ("P1-5D", 30, "EVERY WEEK", "30 mg every 7 days is no step of the protocol for Everolimus 5 mg daily."),
        ("P1-10D", 10, "QD", ""),
        ("P1-10D", 5, "QOD", ""),
        ("P1-10D", 30, "EVERY WEEK", "30 mg every 7 days is no step of the protocol for Everolimus 10 mg daily."),
        ("P1-30W", 30, "EVERY WEEK", ""),
        ("P1-30W", 30, "QD", "30 mg every day is no step of the protocol for Everolimus 30 mg weekly."),
        ("P1-30W", 10, "QD", "10 mg every day is no step of the protocol for Everolimus 30 mg weekly."),
        ("P2-10D", 5, "QD", ""),
        (
            "P2-10D",
            30,
            "EVERY WEEK",
            "30 mg every 7 days is no step of the protocol for Phase II: everolimus 10 mg daily.",
        ),
    ],
)
def test_everolimus_is_held_against_the_regimen_of_the_cohort(cohort, mg, frequency, said):
    assert asked_of_cohort(cohort, everolimus(dose(mg, frequency=frequency))) == [said] * bool(said)
