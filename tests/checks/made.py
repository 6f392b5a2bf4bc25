"""Forms as the checks take them, each with what its case is about and nothing else."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

from assessments.checks import CHECKS, CheckedCasebook, Form
from assessments.checks.check import At
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


def findings_at(check_id, case_form, *others):
    return BY_ID[check_id].findings(case_form, CheckedCasebook([case_form, *others]))


def findings_in_cohort(cohort, case_form):
    return [text for _, text in BY_ID["everolimus-step"].findings(case_form, CheckedCasebook([case_form], cohort))]


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
    items = {"dose_limiting_toxicity": toxicity, "cycle_completed": completed, "everolimus_percent": D(percent)}
    return form("dlt_evaluation", **items | record)


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
    evaluation = form("dlt_evaluation", dose_limiting_toxicity=toxicity, evaluation_date=date(2008, 2, 4))
    return [evaluation, infusion(date(2008, 1, 7)), *counts]


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
