"""The forms of screening of a synthetic subject: consent, demography, eligibility, history, baseline lesions."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from assessments.checks.screening import LABORATORY
from demonstration.course import InventedCourse, own_chance
from demonstration.reference import in_unit, line_of, reported
from laboratory.analytes import ANALYTES

Form = tuple[dict[str, Any], list[dict[str, Any]]]
RACES = ("WHITE", "ASIAN", "BLACK OR AFRICAN AMERICAN", "NOT REPORTED")


def screening(course: InventedCourse, seed: int) -> dict[str, Form]:
    """Record and rows of each screening form, by its code."""
    person = _Candidate(course, own_chance(seed, course.slot, "screening"))
    return {
        "consent": ({"consent_given": "Y", "consent_date": course.slot.consent.isoformat(), **person.consent()}, []),
        "demography": (person.demography(), []),
        "history": (person.history(), person.therapies()),
        "eligibility": (as_reported(course, person.eligibility()), []),
        "tumour_baseline": (baseline(course), lesions(course)),
    }


def as_reported(course: InventedCourse, record: dict[str, Any]) -> dict[str, Any]:
    """The laboratory's items of an eligibility form as the subject's own hospital prints them, with its limits."""
    typed = dict(record)
    for item, (analyte, unit) in LABORATORY.items():
        line = line_of(course.slot.hospital, analyte, course.baseline_day)
        amount = ANALYTES[analyte].in_si(Decimal(record[item]), unit)
        typed[item] = f"{in_unit(analyte, reported(analyte, amount, line.unit), line.unit, unit):f}"
        if f"{item}_uln" in record and line.high is not None:
            typed[f"{item}_uln"] = f"{in_unit(analyte, line.high, line.unit, unit):f}"
    return typed


def baseline(course: InventedCourse) -> dict[str, str]:
    return {
        "assessment_date": course.baseline_day.isoformat(),
        "disease_measurable": "Y" if course.disease.targets else "N",
    }


def lesions(course: InventedCourse) -> list[dict[str, str]]:
    targets = [
        {"kind": "TARGET", "location": lesion.organ, "method": lesion.method, "diameters_mm": str(lesion.diameter)}
        for lesion in course.disease.targets
    ]
    others = [
        {"kind": "NON-TARGET", "location": lesion.organ, "method": lesion.method, "state": "PRESENT"}
        for lesion in course.disease.others
    ]
    return targets + others


class _Candidate:
    """Somebody who may enter: every criterion is met, some only just."""

    def __init__(self, course: InventedCourse, rng: Random) -> None:
        self.course, self.rng, self.consented = course, rng, course.slot.consent
        self.start = course.first_dose
        self.birth = self.consented - timedelta(int(min(max(rng.gauss(53, 10.5), 27), 79) * 365.25))
        self.ihc = rng.choices(("3+", "2+"), (83, 17))[0]
        self.fish = "POSITIVE" if self.ihc == "2+" else rng.choices(("POSITIVE", "NOT DONE"), (45, 55))[0]
        self.hormones = rng.random() < 0.46
        self.lapatinib = rng.random() < 0.18
        self.radiotherapy = rng.random() < 0.58
        self.metastatic = self.consented - timedelta(rng.randint(200, 1500))
        self.diagnosed = self.metastatic - timedelta(max(int(rng.gauss(900, 900)), 0))
        self.resistant = course.slot.level.phase == "II"

    def consent(self) -> dict[str, str]:
        return {"consent_version": "2.0" if self.consented >= date(2008, 7, 1) else "1.0"}

    @property
    def age(self) -> int:
        had_birthday = (self.consented.month, self.consented.day) >= (self.birth.month, self.birth.day)
        return self.consented.year - self.birth.year - (not had_birthday)

    def demography(self) -> dict[str, Any]:
        america = self.course.slot.hospital.country == "United States"
        race = self.rng.choices(RACES, (70, 8, 20, 2) if america else (90, 4, 3, 3))[0]
        latino = america and self.rng.random() < 0.2
        return {
            "birth_date": self.birth.isoformat()[: self.rng.choice((4, 7, 7, 10))],
            "age": self.age,
            "sex": "F",
            "race": race,
            "ethnicity": "HISPANIC OR LATINO" if latino else "NOT HISPANIC OR LATINO",
            "menopausal_status": "POSTMENOPAUSE" if self.age > 51 or self.rng.random() < 0.25 else "PREMENOPAUSE",
        }

    def history(self) -> dict[str, str]:
        histology = ("INVASIVE DUCTAL CARCINOMA", "INVASIVE LOBULAR CARCINOMA", "INFLAMMATORY CARCINOMA", "OTHER")
        stage = "STAGE IV" if self.diagnosed == self.metastatic else self.rng.choice(("STAGE II", "STAGE III"))
        return {
            "diagnosis_date": self.diagnosed.isoformat()[: self.rng.choice((4, 7))],
            "metastatic_date": self.metastatic.isoformat()[: self.rng.choice((7, 7, 10))],
            "histology": self.rng.choices(histology, (86, 7, 5, 2))[0],
            "stage_at_diagnosis": stage,
            "her2_ihc": self.ihc,
            "her2_fish": self.fish,
            "oestrogen_receptor": "POSITIVE" if self.hormones else "NEGATIVE",
            "progesterone_receptor": "POSITIVE" if self.hormones and self.rng.random() < 0.7 else "NEGATIVE",
        }

    def therapies(self) -> list[dict[str, str]]:
        rows = [
            self._therapy("SURGERY", "Mastectomy", "ADJUVANT", self.diagnosed, "NA"),
            self._therapy("CHEMOTHERAPY", "Anthracycline", "ADJUVANT", self.diagnosed + timedelta(40), "NA"),
            self._therapy("TAXANE", "Docetaxel", "METASTATIC", self.metastatic + timedelta(30), "PD"),
            self._therapy("TRASTUZUMAB", "Trastuzumab", "METASTATIC", self.metastatic + timedelta(30), "PD"),
        ]
        if self.hormones:
            rows.append(self._therapy("ENDOCRINE", "Letrozole", "ADJUVANT", self.diagnosed + timedelta(200), "PD"))
        if self.lapatinib:
            rows.append(self._therapy("LAPATINIB", "Lapatinib", "METASTATIC", self._last(95), "PD"))
        if self.radiotherapy:
            rows.append(self._therapy("RADIOTHERAPY", "", "ADJUVANT", self.diagnosed + timedelta(150), "NA"))
        return [row for row in rows if row["start_date"] < self.consented.isoformat()[:7]]

    @staticmethod
    def _therapy(kind: str, name: str, setting: str, start: date, outcome: str) -> dict[str, str]:
        return {
            "kind": kind,
            "name": name,
            "setting": setting,
            "start_date": start.isoformat()[:7],
            "outcome": outcome,
        }

    def _last(self, days: int) -> date:
        return self.start - timedelta(days)

    def eligibility(self) -> dict[str, Any]:
        return {
            "sex": "F",
            "age_at_consent": self.age,
            "who_status": self.rng.choices((0, 1), (46, 54))[0],
            "her2_ihc": self.ihc,
            "her2_fish": self.fish,
            "histology_confirmed": "Y",
            "progressed_on_trastuzumab": "Y",
            "resistant_to_trastuzumab": "Y" if self.resistant or self.rng.random() < 0.8 else "N",
            "resistant_to_taxanes": "Y" if self.resistant or self.rng.random() < 0.7 else "N",
            "measurable_disease": "Y" if self.course.disease.targets else "N",
            "neurologically_stable": "Y",
            "liver_metastases": "Y" if self.course.disease.in_liver else "N",
            "consent_date": self.consented.isoformat(),
            "planned_first_dose_date": self.start.isoformat(),
            **self._laboratory(),
            **self._washout(),
        }

    def _laboratory(self) -> dict[str, str]:
        liver = 1.4 if self.course.disease.in_liver else 0.8
        return {
            "neutrophils": self._value(4.0, 1.4, 1.5, 9.5),
            "platelets": self._value(250, 65, 104, 540, 0),
            "haemoglobin": self._value(12.3, 1.3, 9.1, 15.8),
            "bilirubin": self._value(9, 4, 3, 26, 0),
            "bilirubin_uln": "20",
            "ast": self._value(28 * liver, 12, 9, 80, 0),
            "ast_uln": "35",
            "alt": self._value(27 * liver, 12, 8, 80, 0),
            "alt_uln": "35",
            "creatinine": self._value(68, 13, 40, 130, 0),
            "creatinine_uln": "95",
        }

    def _value(self, mean: float, spread: float, low: float, high: float, places: int = 1) -> str:
        return f"{min(max(self.rng.gauss(mean, spread), low), high):.{places}f}"

    def _washout(self) -> dict[str, str]:
        given = {
            "endocrine_therapy": (self.hormones, 21),
            "chemotherapy": (True, 28),
            "immunotherapy": (False, 28),
            "radiotherapy": (self.radiotherapy, 40),
            "lapatinib": (self.lapatinib, 20),
        }
        answers: dict[str, str] = {"prior_mtor_inhibitor": "N"}
        for therapy, (had, days) in given.items():
            answers[f"prior_{therapy}"] = "Y" if had else "N"
            if had:
                last = self._last(days + self.rng.randint(0, 60))
                answers[f"last_{therapy}_date"] = last.isoformat()
        return answers
