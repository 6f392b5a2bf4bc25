"""Blood counts and chemistry of a synthetic subject: what the laboratory printed, sample by sample. Pure."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from assessments.checks.screening import LABORATORY
from demonstration.course import InventedCourse
from demonstration.reference import line_of, outside, printed, reported
from demonstration.toxicity import InventedEvent
from laboratory.analytes import ANALYTES
from protocol import current

# In SI units: mean, spread between subjects, spread between samples, and what it never leaves by itself.
USUAL = {
    "HGB": (123, 9, 3, 102, 156),
    "NEUT": (4.1, 1.0, 0.6, 1.9, 9.5),
    "LYM": (1.5, 0.4, 0.15, 0.85, 3.8),
    "PLAT": (255, 60, 22, 110, 480),
    "SODIUM": (140, 1.6, 1.2, 133, 146),
    "K": (4.2, 0.25, 0.2, 3.3, 5.2),
    "CA": (2.33, 0.06, 0.04, 2.08, 2.58),
    "MG": (0.84, 0.05, 0.03, 0.66, 1.04),
    "PHOS": (1.08, 0.12, 0.08, 0.72, 1.48),
    "CREAT": (68, 12, 4, 42, 130),
    "UREA": (5.0, 1.1, 0.5, 2.3, 9.5),
    "BILI": (9, 3, 1.2, 4, 27),
    "AST": (26, 7, 3, 10, 84),
    "ALT": (26, 8, 3, 9, 84),
    "ALP": (88, 24, 7, 38, 240),
    "GGT": (30, 14, 5, 9, 110),
    "ALB": (41, 2.6, 1.0, 31, 49),
    "GLUC": (5.3, 0.5, 0.3, 4.0, 7.9),
    "CHOL": (5.2, 0.7, 0.25, 3.2, 7.4),
    "TRIG": (1.3, 0.4, 0.2, 0.5, 3.6),
    "LDH": (215, 55, 18, 130, 620),
    "INR": (1.0, 0.06, 0.03, 0.85, 1.25),
}
# What treatment moves, for as long as it is given.
DRIFT = {"HGB": -6, "LYM": -0.25, "PLAT": -25, "CHOL": 0.7, "TRIG": 0.4, "GLUC": 0.4, "PHOS": -0.1, "ALB": -1.5}
# By analyte and grade of CTCAE 3.0, a span well within it; in SI units.
GRADED: dict[str, dict[int, tuple[float, float]]] = {
    "NEUT": {1: (1.55, 1.75), 2: (1.04, 1.45), 3: (0.54, 0.95), 4: (0.12, 0.44)},
    "WBC": {1: (3.1, 3.8), 2: (2.3, 2.9), 3: (1.2, 1.9)},
    "PLAT": {1: (80, 138), 2: (53, 73), 3: (28, 48)},
    "HGB": {1: (101, 117), 2: (83, 98), 3: (68, 78)},
    "GLUC": {1: (6.6, 8.6), 2: (9.3, 13.4), 3: (14.4, 20)},
    "CHOL": {1: (5.4, 7.5), 2: (8.0, 10.1), 3: (10.5, 12.6)},
    "TRIG": {1: (1.9, 4.1), 2: (4.5, 8.2), 3: (8.9, 16)},
    "ALT": {1: (38, 85), 2: (92, 168), 3: (185, 420)},
}
# Who has the one, has the other.
GO_ALONG = {"AST": "ALT", "WBC": "NEUT"}
OTHER_WHITE_CELLS = 0.55
EARLY_HOURS = ("07:45", "08:10", "08:30", "08:55", "09:20", "10:05")
Form = tuple[dict[str, Any], list[dict[str, Any]]]


class Laboratory:
    """The samples of one subject. `screened` are the amounts in SI units that the eligibility form tells of."""

    def __init__(
        self, course: InventedCourse, rng: Random, harm: Sequence[InventedEvent], screened: dict[str, float]
    ) -> None:
        self.course, self.rng, self.screened = course, rng, screened
        self.harm = [event for event in harm if event.of.analyte]
        self.own = {
            code: screened.get(code) or min(max(rng.gauss(mean, between), low), high)
            for code, (mean, between, _, low, high) in USUAL.items()
        }

    def sample(self, code: str, day: date, *, screening: bool = False) -> Form:
        """Record and rows of one sample. At screening it is that of the eligibility form."""
        panel = current().panel(code)
        assert panel is not None
        analytes = [*panel.analytes, *(panel.optional if screening else ())]
        amounts = self._amounts(day, screening=screening)
        rows = [self._row(analyte, amounts[analyte], day, exact=screening) for analyte in analytes]
        record = {"sample_date": day.isoformat(), "sample_time": self.rng.choice(EARLY_HOURS)}
        record["laboratory"] = f"{self.course.slot.hospital.name}, central laboratory"
        return record | ({"fasting": self._fasting(day)} if code == "chemistry" else {}), rows

    def _amounts(self, day: date, *, screening: bool) -> dict[str, float]:
        amounts = {analyte: self._usual(analyte, day) for analyte in USUAL}
        if screening:
            amounts |= self.screened
        harmed = {event.of.analyte: self._graded(event, day) for event in self.harm if event.lasts_on(day)}
        amounts |= harmed
        if "ALT" in harmed:
            amounts["AST"] = harmed["ALT"] * self.rng.uniform(0.6, 0.85)
        if "WBC" in harmed:
            amounts["NEUT"], amounts["LYM"] = self.rng.uniform(1.52, 1.62), 0.35 + self.rng.random() / 5
        amounts["WBC"] = harmed.get("WBC") or amounts["NEUT"] + amounts["LYM"] + OTHER_WHITE_CELLS * self.rng.uniform(
            0.8, 1.3
        )
        return amounts

    def _usual(self, analyte: str, day: date) -> float:
        _, _, within, low, high = USUAL[analyte]
        treated = self.course.first_dose < day
        drift = DRIFT.get(analyte, 0) if treated else 0
        return min(max(self.rng.gauss(self.own[analyte] + drift, within), low), high)

    def _graded(self, event: InventedEvent, day: date) -> float:
        """The worst at the first sample, then on its way back."""
        spans = GRADED[event.of.analyte]
        worst = event.grade if day == event.start else max(event.grade - 1, 1)
        return self.rng.uniform(*spans[min(worst, max(spans))])

    def _row(self, analyte: str, amount: float, day: date, *, exact: bool) -> dict[str, Any]:
        """`exact` at screening, of which the eligibility form tells numbers."""
        hospital = self.course.slot.hospital
        line = line_of(hospital, analyte, day)
        value = reported(analyte, amount, line.unit)
        text = f"{value:f}" if exact else printed(hospital, analyte, value)
        row = {"analyte": analyte, "value": text, "unit": line.unit}
        return row | ({"clinically_significant": self._matters(analyte, day)} if outside(line, value) else {})

    def _matters(self, analyte: str, day: date) -> str:
        """What matters is an adverse event, and the other way round."""
        of = GO_ALONG.get(analyte, analyte)
        harmed = {event.of.analyte for event in self.harm if event.lasts_on(day)}
        return "Y" if of in harmed or analyte in harmed else "N"

    def _fasting(self, day: date) -> str:
        answer = self.rng.choices(("Y", "N", "U"), (86, 9, 5))[0]
        return "Y" if any(event.of.analyte == "GLUC" and event.lasts_on(day) for event in self.harm) else answer


def screened(eligibility: dict[str, Any]) -> dict[str, float]:
    """The laboratory values of an eligibility form, by analyte in SI units."""
    results = LABORATORY.items()
    return {
        analyte: float(ANALYTES[analyte].in_si(Decimal(eligibility[item]), unit)) for item, (analyte, unit) in results
    }
