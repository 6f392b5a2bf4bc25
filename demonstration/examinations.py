"""What was examined of a synthetic subject beside tumour and blood: vital signs, heart, pregnancy, earlier illness."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from demonstration.course import InventedCourse
from demonstration.dosing import Infusion
from demonstration.toxicity import InventedEvent

Row = dict[str, Any]
HYPERTENSION, DIABETES = "Arterial hypertension", "Type 2 diabetes mellitus"
# Condition, body system, chance, whether it lasts.
CONDITIONS = (
    (HYPERTENSION, "VASCULAR", 0.30, True),
    (DIABETES, "ENDOCRINE AND METABOLIC", 0.08, True),
    ("Hypothyroidism", "ENDOCRINE AND METABOLIC", 0.10, True),
    ("Hypercholesterolaemia", "ENDOCRINE AND METABOLIC", 0.12, True),
    ("Osteoarthritis", "MUSCULOSKELETAL", 0.14, True),
    ("Depression", "PSYCHIATRIC", 0.09, True),
    ("Gastro-oesophageal reflux", "GASTROINTESTINAL", 0.12, True),
    ("Asthma", "RESPIRATORY", 0.05, True),
    ("Appendectomy", "SURGICAL AND MEDICAL PROCEDURES", 0.18, False),
    ("Hysterectomy", "SURGICAL AND MEDICAL PROCEDURES", 0.10, False),
    ("Cholecystectomy", "SURGICAL AND MEDICAL PROCEDURES", 0.08, False),
    ("Deep vein thrombosis", "VASCULAR", 0.04, False),
    ("Penicillin allergy", "IMMUNE SYSTEM", 0.06, True),
)
ECG_FINDINGS = (
    "Sinus tachycardia",
    "Left axis deviation",
    "Incomplete right bundle branch block",
    "Single extrasystoles",
)


class Examined:
    """The examinations of one subject, in the order in which they are asked for."""

    def __init__(
        self,
        course: InventedCourse,
        rng: Random,
        given: Sequence[Infusion],
        harm: Sequence[InventedEvent],
        screening: dict[str, tuple[Row, list[Row]]],
    ) -> None:
        self.course, self.rng, self.given, self.harm = course, rng, given, harm
        self.demography, self.eligibility = screening["demography"][0], screening["eligibility"][0]
        self.conditions = [entry for entry in CONDITIONS if rng.random() < entry[2]]
        self.systolic = rng.gauss(136 if self.has(HYPERTENSION) else 122, 7)
        self.pulse, self.fraction = rng.gauss(76, 7), rng.gauss(63, 3.6)
        self.echo = rng.random() < 0.8

    def has(self, condition: str) -> bool:
        return condition in [entry[0] for entry in self.conditions]

    def medical_history(self) -> tuple[Row, list[Row]]:
        answers = {
            "any_condition": "Y" if self.conditions else "N",
            "history_date": self.course.slot.consent.isoformat(),
        }
        return answers, [self._condition(*entry) for entry in self.conditions]

    def _condition(self, term: str, system: str, _chance: float, lasts: bool) -> Row:
        year = self.course.slot.consent.year - self.rng.randint(2, 18)
        row = {"term": term, "body_system": system, "start_date": str(year), "ongoing": "Y" if lasts else "N"}
        ending = {"grade": self.rng.choice(("1", "2"))} if lasts else {"end_date": str(year)}
        return row | ending

    def vital_signs(self, day: date, visit: str) -> Row:
        systolic = round(min(max(self.rng.gauss(self.systolic, 6), 96), 172))
        fever = any(event.kind == "infection" and event.lasts_on(day) for event in self.harm)
        record = {
            "vital_signs_date": day.isoformat(),
            "weight_kg": str(self._weight(day)),
            "temperature_c": f"{self.rng.gauss(38.4 if fever else 36.6, 0.2):.1f}",
            "position": "SITTING",
            "systolic_mmhg": str(systolic),
            "diastolic_mmhg": str(round(systolic * 0.5 + self.rng.gauss(17, 4))),
            "pulse_per_min": str(round(min(max(self.rng.gauss(self.pulse, 5), 52), 108))),
            "who_status": self._status(day, visit),
        }
        return record | ({"height_cm": str(self.given[0].height)} if visit == "SCR" else {})

    def _weight(self, day: date) -> Decimal:
        """That of the infusion of the day, or of the nearest one, on other scales."""
        nearest = min(self.given, key=lambda infusion: abs((infusion.day - day).days))
        return nearest.weight if nearest.day == day else nearest.weight + Decimal(self.rng.randint(-8, 8)) / 10

    def _status(self, day: date, visit: str) -> str:
        status = int(self.eligibility["who_status"])
        if visit == "SCR":
            return str(status)
        late = day > self.course.end - timedelta(40) and self.course.end_reason == "PROGRESSIVE DISEASE"
        worse = self.rng.random() < (0.45 if late else 0.12)
        return str(min(status + worse, 3))

    def ecg(self, day: date) -> Row:
        rate = round(min(max(self.rng.gauss(self.pulse, 6), 52), 108))
        record = {
            "ecg_date": day.isoformat(),
            "heart_rate_per_min": str(rate),
            "pr_ms": str(round(self.rng.gauss(158, 14))),
            "qrs_ms": str(round(self.rng.gauss(90, 7))),
            "qtcf_ms": str(round(self.rng.gauss(412, 14))),
            "interpretation": "NORMAL",
        }
        if self.rng.random() < 0.85:
            return record
        return record | {
            "interpretation": "ABNORMAL",
            "significant": "N",
            "findings": self.rng.choice(ECG_FINDINGS),
        }

    def lvef(self, day: date) -> Row:
        treated = (day - self.course.first_dose).days
        falls = any(event.kind == "heart" and event.start <= day for event in self.harm)
        fraction = min(max(self.fraction - max(treated, 0) / 150 + self.rng.gauss(0, 2), 52), 76)
        return {
            "lvef_date": day.isoformat(),
            "method": "ECHOCARDIOGRAPHY" if self.echo else "MUGA",
            "lvef_percent": str(round(min(fraction, self.rng.uniform(43, 48)) if falls else fraction)),
            "lower_limit_percent": "50",
        }

    def pregnancy_test(self, day: date) -> Row:
        if self.demography["menopausal_status"] == "POSTMENOPAUSE":
            return {"childbearing": "N", "why_not": "POSTMENOPAUSAL"}
        if self.has("Hysterectomy"):
            return {"childbearing": "N", "why_not": "SURGICALLY STERILE"}
        specimen = "SERUM" if day <= self.course.first_dose else self.rng.choice(("SERUM", "URINE"))
        return {"childbearing": "Y", "test_date": day.isoformat(), "specimen": specimen, "result": "NEGATIVE"}
