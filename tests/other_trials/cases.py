"""The checks that ask of drugs of other trials alone, on both sides of their limit, under `six_drugs`."""

from datetime import date, timedelta
from decimal import Decimal as D

from assessments.checks.check import At, Form

ON, LATER, END = date(2008, 3, 3), date(2008, 3, 24), date(2008, 4, 30)


NOT_SAID = ("weight_kg", "height_cm", "creatinine_umol_l", "gfr_ml_min", "change", "reason", "missed_days")


def dose(treatment="osimertinib", amount=80, often="QD", start=ON, end=END, **others):
    row = dict.fromkeys(
        ("weight_kg", "height_cm", "creatinine_umol_l", "gfr_ml_min", "change", "reason", "missed_days")
    )
    given = {"treatment": treatment, "given": "Y", "dose": D(amount), "frequency": often}
    return row | given | {"start_date": start, "end_date": end} | others


def infusion(treatment, amount, start=ON, **others):
    return dose(treatment, amount, "ONCE", start, start, **others)


def exposure(*rows, any_given="Y"):
    return Form(
        "exposure", {"any_given": any_given}, [{"row": number} | row for number, row in enumerate(rows, 1)], pk=1
    )


def event(end, action, start="2008-03-10"):
    return Form("adverse_event", {"start_date": start, f"action_{end}": action, "dictionary_term": "Rash"}, pk=2)


def person(sex="F", age=60):
    return Form("demography", {"birth_date": "", "age": age, "sex": sex}, pk=3)


def signs(on, code="C2D1", **sizes):
    """Vital signs of a visit, which say on which day its cycle began."""
    at = At(1, code, code, "cycle")
    return Form("vital_signs", {"vital_signs_date": on, "weight_kg": None, "height_cm": None} | sizes, visit=at, pk=5)


def days(number):
    return ON + timedelta(number)


ENDED = Form("end_of_treatment", {"end_date": date(2008, 5, 1)}, pk=4)
INTERRUPTED = {"given": "N", "dose": None, "frequency": ""}
ORDER = ("osimertinib", "carboplatin", "pemetrexed", "bevacizumab", "BID-1", "pembrolizumab")
# (check, forms that it asks about, forms that it does not)
CASES = (
    # --- an oral dose, its steps and slips ---------------------------------------------------------------------------
    ("exposure-dose", [exposure(dose(amount=800))], [exposure(dose(amount=80))]),
    ("exposure-dose", [exposure(dose(amount=8))], [exposure(dose(amount=40))]),
    ("exposure-dose", [exposure(dose(amount=D("84.1")))], [exposure(dose(amount=84))]),
    ("exposure-dose", [exposure(dose(amount=D("0.08")))], [exposure(dose(amount=76))]),
    ("exposure-dose", [exposure(dose(amount=60))], [exposure(dose(amount=42))]),
    # --- infusions by weight, surface, area under the curve, and fixed -----------------------------------------------
    ("exposure-dose", [exposure(infusion("pemetrexed", 1010, weight_kg=D(70), height_cm=D(170)))],
     [exposure(infusion("pemetrexed", 910, weight_kg=D(70), height_cm=D(170)))]),
    ("exposure-dose", [exposure(infusion("bevacizumab", 525, weight_kg=D(70)))],
     [exposure(infusion("bevacizumab", 1050, weight_kg=D(70)))]),
    ("exposure-dose", [exposure(infusion("bevacizumab", 1050, weight_kg=D(70)),
                                infusion("bevacizumab", 1050, LATER, weight_kg=D(70)))],
     [exposure(infusion("bevacizumab", 1050, weight_kg=D(70)), infusion("bevacizumab", 525, LATER, weight_kg=D(70)))]),
    ("exposure-dose", [exposure(infusion("carboplatin", 640, gfr_ml_min=D(90)))],
     [exposure(infusion("carboplatin", 580, gfr_ml_min=D(90)))]),
    ("exposure-dose",
     [exposure(infusion("carboplatin", 600, weight_kg=D(72), creatinine_umol_l=D("88.4"))), person("F")],
     [exposure(infusion("carboplatin", 470, weight_kg=D(72), creatinine_umol_l=D("88.4"))), person("F")]),
    ("exposure-dose", [exposure(infusion("pembrolizumab", 400))], [exposure(infusion("pembrolizumab", 200))]),
    ("exposure-size", [exposure(infusion("pemetrexed", 900))],
     [exposure(infusion("pemetrexed", 900, weight_kg=D(70), height_cm=D(170)))]),
    ("exposure-size", [exposure(infusion("carboplatin", 500, weight_kg=D(70), creatinine_umol_l=D(80)))],
     [exposure(infusion("carboplatin", 500, weight_kg=D(70), creatinine_umol_l=D(80))), person()]),
    # --- how often ---------------------------------------------------------------------------------------------------
    ("exposure-frequency", [exposure(dose(often="BID"))], [exposure(dose())]),
    ("exposure-frequency", [exposure(dose("BID-1", 250))], [exposure(dose("BID-1", 250, "BID"))]),
    ("exposure-frequency", [exposure(dose("pembrolizumab", 200, "EVERY 3 WEEKS"))],
     [exposure(infusion("pembrolizumab", 200))]),
    # --- a time after another ----------------------------------------------------------------------------------------
    ("exposure-step", [exposure(dose(end=date(2008, 3, 23)), dose(amount=40, start=LATER))],
     [exposure(dose(end=date(2008, 3, 23)), dose(amount=40, start=LATER, change="DOSE REDUCED"))]),
    ("exposure-overlap", [exposure(dose(end=LATER), dose(amount=40, start=LATER))],
     [exposure(dose(end=LATER), infusion("pembrolizumab", 200, LATER))]),
    ("exposure-overlap", [exposure(dose(end=None), dose(start=LATER))],
     [exposure(infusion("pembrolizumab", 200, end_date=None), infusion("pembrolizumab", 200, LATER))]),
    ("exposure-gap", [exposure(dose(end=date(2008, 3, 20)), dose(start=LATER))],
     [exposure(dose(end=date(2008, 3, 20)), dose(start=date(2008, 3, 21)))]),
    ("exposure-gap", [exposure(dose(end=date(2008, 3, 20)), dose(start=LATER))],
     [exposure(infusion("pembrolizumab", 200), infusion("pembrolizumab", 200, LATER))]),
    ("exposure-reason", [exposure(dose(**INTERRUPTED))], [exposure(dose(**INTERRUPTED, reason="ADVERSE EVENT"))]),
    ("exposure-reason", [exposure(dose(change="DOSE REDUCED"))], [exposure(dose(change="DOSE NOT CHANGED"))]),
    ("exposure-end", [exposure(dose(end=None)), ENDED],
     [exposure(infusion("pembrolizumab", 200, end_date=None)), ENDED]),
    ("exposure-missed", [exposure(dose(end=date(2008, 3, 9), missed_days=8))],
     [exposure(dose(end=date(2008, 3, 9), missed_days=7))]),
    ("exposure-any", [exposure()], [exposure(any_given="N")]),
    ("exposure-any", [exposure(dose(), any_given="N")], [exposure(dose(**INTERRUPTED), any_given="N")]),
    # --- the days of the cycle: day 1 of 21, three days either way, and days 1 to 14 ----------------------------------
    ("exposure-day", [exposure(infusion("pembrolizumab", 200), infusion("pembrolizumab", 200, days(7)))],
     [exposure(infusion("pembrolizumab", 200), infusion("pembrolizumab", 200, days(21)))]),
    ("exposure-day", [exposure(dose(), infusion("pembrolizumab", 200, days(4)))],
     [exposure(dose(), infusion("pembrolizumab", 200, days(3)))]),
    ("exposure-day", [exposure(infusion("pembrolizumab", 200), infusion("pembrolizumab", 200, days(7)))],
     [exposure(infusion("pembrolizumab", 200), infusion("pembrolizumab", 200, days(7), change="DOSE DELAYED"))]),
    ("exposure-day", [exposure(*(infusion("pembrolizumab", 200, days(day)) for day in (0, 34))), signs(days(26))],
     [exposure(*(infusion("pembrolizumab", 200, days(day)) for day in (0, 27))), signs(days(26))]),
    ("exposure-day", [exposure(dose("BID-1", 250, "BID", end=days(13)), dose("BID-1", 250, "BID", days(17), days(18)))],
     [exposure(dose("BID-1", 250, "BID", end=days(6)), dose("BID-1", 250, "BID", days(9), days(13)))]),
    ("exposure-interval", [exposure(*(infusion("pembrolizumab", 200, days(day)) for day in (0, 21, 31)))],
     [exposure(*(infusion("pembrolizumab", 200, days(day)) for day in (0, 21, 36)))]),
    ("exposure-run", [exposure(dose("BID-1", 250, "BID", end=days(20)))],
     [exposure(dose("BID-1", 250, "BID", end=days(13)))]),
    ("exposure-single", [exposure(dose("pembrolizumab", 200, "ONCE", end=days(5)))],
     [exposure(dose("pembrolizumab", 200, "ONCE", end=days(4)))]),
    ("exposure-not-reduced", [exposure(dose(change="DOSE REDUCED"))],
     [exposure(dose(amount=40, change="DOSE REDUCED"))]),
    # --- sizes -------------------------------------------------------------------------------------------------------
    ("exposure-body", [exposure(infusion("pemetrexed", 900, weight_kg=D(170), height_cm=D(165)))],
     [exposure(infusion("pemetrexed", 900, weight_kg=D(70), height_cm=D(170)))]),
    ("exposure-measured", [exposure(infusion("bevacizumab", 1050, weight_kg=D("77.1"))), signs(ON, weight_kg=D(70))],
     [exposure(infusion("bevacizumab", 1050, weight_kg=D(77))), signs(ON, weight_kg=D(70))]),
    ("exposure-measured",
     [exposure(infusion("pemetrexed", 900, weight_kg=D(70), height_cm=D(173))), signs(ON, height_cm=D(170))],
     [exposure(infusion("pemetrexed", 900, weight_kg=D(70), height_cm=D(172))), signs(ON, height_cm=D(170))]),
    ("exposure-weight", [exposure(infusion("bevacizumab", 525, weight_kg=D(70)),
                                  infusion("bevacizumab", 525, LATER, weight_kg=D("77.1")))],
     [exposure(infusion("bevacizumab", 525, weight_kg=D(70)), infusion("bevacizumab", 525, LATER, weight_kg=D(77)))]),
    ("exposure-weight", [exposure(infusion("bevacizumab", 525, weight_kg=D(70)),
                                  infusion("bevacizumab", 525, LATER, weight_kg=D(80)))],
     [exposure(infusion("bevacizumab", 525, weight_kg=D(70)), infusion("bevacizumab", 600, LATER, weight_kg=D(80)))]),
    ("exposure-filtration",
     [exposure(infusion("carboplatin", 470, weight_kg=D(72), creatinine_umol_l=D(25))), person()],
     [exposure(infusion("carboplatin", 470, weight_kg=D(72), creatinine_umol_l=D(50))), person()]),
    ("exposure-filtration", [exposure(infusion("carboplatin", 580, gfr_ml_min=D(201)))],
     [exposure(infusion("carboplatin", 580, gfr_ml_min=D(200)))]),
    # --- what was done because of an event ---------------------------------------------------------------------------
    *(
        (f"event-drug-{number}", [event(f"drug_{number}", "DRUG WITHDRAWN"), exposure(dose(drug, start=LATER))],
         [event(f"drug_{number}", "DRUG WITHDRAWN"), exposure(dose(drug, start=LATER, change="DRUG WITHDRAWN"))])
        for number, drug in enumerate(ORDER, 1)
    ),
)  # fmt: skip
# Those that look at the cohort have tests of their own.
BY_COHORT = ("exposure-drug", "dispensing-drug", "dose-cohort")
IDS = {case[0] for case in CASES} | set(BY_COHORT)
