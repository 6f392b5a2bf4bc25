"""What happens to a synthetic subject beside the visits, as it is typed: events, medication, deviations, therapies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from demonstration.course import InventedCourse
from demonstration.dosing import Infusion
from demonstration.kinds import DRUGS
from demonstration.toxicity import InventedEvent

Row = dict[str, Any]
SERIOUSNESS = (
    "results_in_death",
    "life_threatening",
    "hospitalisation",
    "disability",
    "congenital_anomaly",
    "medically_important",
)
# Medication, unit, dose, frequency, route.
REMEDIES = {
    "mouthwash": ("Dexamethasone mouthwash", "mL", "10", "QID", ""),
    "cream": ("Hydrocortisone cream", "", "", "BID", "TOPICAL"),
    "loperamide": ("Loperamide", "mg", "2", "PRN", "ORAL"),
    "metoclopramide": ("Metoclopramide", "mg", "10", "TID", "ORAL"),
    "paracetamol": ("Paracetamol", "mg", "1000", "PRN", "ORAL"),
    "antibiotic": ("Ciprofloxacin", "mg", "500", "BID", "ORAL"),
    "prednisolone": ("Prednisolone", "mg", "40", "QD", "ORAL"),
    "epoetin": ("Epoetin beta", "IU", "30000", "EVERY WEEK", "SUBCUTANEOUS"),
    "metformin": ("Metformin", "mg", "500", "BID", "ORAL"),
    "simvastatin": ("Simvastatin", "mg", "20", "QD", "ORAL"),
}
FOR_CONDITIONS = {
    "Arterial hypertension": ("Ramipril", "mg", "5", "QD", "ORAL"),
    "Hypothyroidism": ("Levothyroxine", "ug", "75", "QD", "ORAL"),
    "Gastro-oesophageal reflux": ("Omeprazole", "mg", "20", "QD", "ORAL"),
    "Depression": ("Citalopram", "mg", "20", "QD", "ORAL"),
    "Type 2 diabetes mellitus": ("Glibenclamide", "mg", "5", "QD", "ORAL"),
}
PREMEDICATION = ("Dexamethasone", "mg", "10", "EVERY WEEK", "INTRAVENOUS")
BISPHOSPHONATE = ("Zoledronic acid", "mg", "4", "QM", "INTRAVENOUS")
KIND_OF = {
    "Lapatinib and capecitabine": "LAPATINIB",
    "Trastuzumab and vinorelbine": "TRASTUZUMAB",
    "Trastuzumab and gemcitabine": "TRASTUZUMAB",
    "Docetaxel": "TAXANE",
}
# Of the window of an infusion.
LATEST_DAYS = 2
WHY_STOPPED = {
    "PROGRESSIVE DISEASE": "PROGRESSIVE DISEASE",
    "ADVERSE EVENT": "ADVERSE EVENT",
    "WITHDRAWAL BY SUBJECT": "SUBJECT DECISION",
}


# How often an entry is made a second time, and what is said of the second one.
TWICE = 0.02
WHY_WITHDRAWN = {
    "adverse_event": (
        "Entered twice: it is the event that stands above",
        "Two of us entered the same event",
    ),
    "medication": ("Entered twice",),
}


@dataclass(frozen=True)
class InventedEntry:
    """One form of a log, and on which day it is typed. `later` is what is typed once the event is over; `in_error` when
    and why the entry is withdrawn."""

    code: str
    day: date
    record: Row
    later: tuple[date, Row] | None = field(default=None)
    in_error: tuple[date, str] | None = field(default=None)


def adverse_events(course: InventedCourse, rng: Random, harm: Sequence[InventedEvent]) -> Iterator[InventedEntry]:
    for event in harm:
        whole = _event(course, rng, event)
        known, over = event.known, event.end
        if over is None or over <= known:
            yield InventedEntry("adverse_event", known, whole)
        elif event.grade < 3 and not event.actions:
            yield InventedEntry("adverse_event", over, whole)
        else:
            lasting = whole | {"ongoing": "Y", "end_date": "", "outcome": "NOT RECOVERED/NOT RESOLVED"}
            yield InventedEntry("adverse_event", known, lasting, (over, whole))


def _event(course: InventedCourse, rng: Random, event: InventedEvent) -> Row:
    related = event.of.related
    over = event.end.isoformat() if event.end else ""
    partial = event.grade == 1 and not event.of.analyte and rng.random() < 0.12
    lasting = rng.choice(("NOT RECOVERED/NOT RESOLVED", "RECOVERING/RESOLVING"))
    record = {
        "term": rng.choice(event.of.written),
        "dictionary_term": event.of.term,
        "grade": str(event.grade),
        "start_date": event.start.isoformat()[: 7 if partial else 10],
        "ongoing": "N" if over else "Y",
        "end_date": over,
        "outcome": "RECOVERED/RESOLVED" if over else lasting,
        **{f"related_{drug}": "Y" if drug in related or drug in event.actions else "N" for drug in DRUGS},
        **{f"action_{drug}": event.actions.get(drug, "DOSE NOT CHANGED") for drug in DRUGS},
        "treatment_given": "Y" if event.of.remedy and event.grade > 1 else "N",
        "dose_limiting": _limiting(course, event),
        "serious": "Y" if event.serious else "N",
    }
    return record | (_serious(rng, event) if event.serious else {})


def _limiting(course: InventedCourse, event: InventedEvent) -> str:
    in_cycle_1 = course.slot.level.phase == "I" and event.start < course.first_dose + timedelta(28)
    return "Y" if event.limiting else "N" if in_cycle_1 else "NA"


def _serious(rng: Random, event: InventedEvent) -> Row:
    stay = rng.randint(3, 9)
    where = {
        "hospitalisation": f"The subject was taken to the ward, treated there and went home after {stay} days.",
        "medically_important": "The subject was treated as an outpatient and seen every other day.",
    }
    what = f"{event.of.written[0]} of grade {event.grade}. {where[event.serious]}"
    aware = min(event.start + timedelta(rng.randint(0, 3)), event.known)
    met = {name: "Y" if name == event.serious else "N" for name in SERIOUSNESS}
    return met | {"aware_date": aware.isoformat(), "aware_time": _time_of(aware), "narrative": what}


def _time_of(aware: date) -> str:
    """By the day alone, so that nothing else is drawn otherwise; now and then nobody wrote it down."""
    number = aware.toordinal()
    return "" if number % 7 == 0 else f"{7 + number % 12:02d}:{number * 13 % 60:02d}"


def medication(
    course: InventedCourse,
    rng: Random,
    harm: Sequence[InventedEvent],
    conditions: Sequence[str],
    given: Sequence[Infusion],
) -> Iterator[InventedEntry]:
    """What was taken beside the trial's drugs: for an earlier illness, before infusions, for adverse events."""
    begun = {"before_trial": "Y", "ongoing": "Y"}
    for condition in conditions:
        if condition in FOR_CONDITIONS and rng.random() < 0.85:
            record = _medication(FOR_CONDITIONS[condition], "CONCOMITANT", condition) | begun
            yield InventedEntry("medication", course.baseline_day, record)
    if "BONE" in {lesion.organ for lesion in course.disease.others}:
        record = _medication(BISPHOSPHONATE, "CONCOMITANT", "Bone metastases") | begun
        yield InventedEntry("medication", course.baseline_day, record)
    last = given[-1].day
    ended = {"before_trial": "N", "start_date": course.first_dose.isoformat(), "ongoing": "N"}
    record = _medication(PREMEDICATION, "PREMEDICATION", "Before paclitaxel") | ended | {"end_date": last.isoformat()}
    yield InventedEntry("medication", last, record)
    given_already = set()
    for event in harm:
        remedy = event.of.remedy
        if remedy and event.grade > 1 and remedy not in given_already:
            given_already.add(remedy)
            over = {"ongoing": "N", "end_date": event.end.isoformat()} if event.end else {"ongoing": "Y"}
            entry = _medication(REMEDIES[remedy], "TREATMENT OF ADVERSE EVENT", event.of.written[0])
            start = {"before_trial": "N", "start_date": event.start.isoformat()}
            yield InventedEntry("medication", max(event.known, event.end or event.known), entry | start | over)


def _medication(remedy: tuple[str, str, str, str, str], kind: str, indication: str) -> Row:
    name, unit, dose, often, route = remedy
    entry = {"medication": name, "kind": kind, "indication": indication, "frequency": often, "route": route}
    return entry | ({"dose": dose, "dose_unit": unit} if dose else {})


def deviations(
    course: InventedCourse, rng: Random, given: Sequence[Infusion], harm: Sequence[InventedEvent]
) -> Iterator[InventedEntry]:
    done = {assessed.number for assessed in course.assessments}
    for number in range(1, max(done, default=0)):
        if number not in done:
            day = course.first_dose + timedelta(56 * number + 12)
            yield _deviation(day, "ASSESSMENT MISSED", "MINOR", f"Tumour assessment {number} was not done.")
    for infusion in given:
        if infusion.error != 1:
            what = f"Paclitaxel of {infusion.visit} was prepared at {infusion.error * 100:.0f} % of the planned dose."
            yield _deviation(infusion.day, "STUDY TREATMENT", "MAJOR", what, "The pharmacy was informed.")
    starts = {infusion.cycle: infusion.day for infusion in given if infusion.day_of_cycle == 1}
    for infusion in given:
        late = (infusion.day - starts[infusion.cycle]).days - infusion.day_of_cycle + 1
        if late > LATEST_DAYS and rng.random() < 0.6:
            yield _deviation(
                infusion.day, "VISIT WINDOW", "MINOR", f"The infusions of {infusion.visit} came {late} days late."
            )
    for event in harm:
        if event.serious and rng.random() < 0.15:
            what = f"{event.of.written[0]} was reported to the sponsor after more than 24 hours."
            yield _deviation(event.known, "SAFETY REPORTING", "MAJOR", what, "The site was trained again.")
    if course.end_reason == "PROTOCOL DEVIATION":
        what = "A strong inhibitor of CYP3A4 was taken for three weeks."
        yield _deviation(course.end, "PROHIBITED MEDICATION", "MAJOR", what, "Treatment was ended.")


def _deviation(day: date, kind: str, importance: str, what: str, action: str = "") -> InventedEntry:
    record = {"deviation_date": day.isoformat(), "kind": kind, "importance": importance, "description": what}
    return InventedEntry("deviation", day, record | {"action": action})


def new_therapies(course: InventedCourse, rng: Random) -> Iterator[InventedEntry]:
    """A form of its own for what a follow-up tells of."""
    for contact in course.contacts:
        if contact.therapy:
            record = {
                "kind": KIND_OF.get(contact.therapy, "CHEMOTHERAPY"),
                "name": contact.therapy,
                "start_date": contact.therapy_started,
                "ongoing": rng.choice(("Y", "Y", "U")),
                "reason": WHY_STOPPED.get(course.end_reason, "OTHER"),
            }
            yield InventedEntry("new_therapy", contact.day, record)


def twice(course: InventedCourse, rng: Random, entries: Sequence[InventedEntry]) -> Iterator[InventedEntry]:
    """What somebody entered who had not seen that it was there: some days later, withdrawn after some more."""
    for entry in entries:
        day = entry.day + timedelta(rng.randint(0, 6))
        withdrawn = day + timedelta(rng.randint(1, 20))
        why = rng.choice(WHY_WITHDRAWN.get(entry.code, ("",)))
        limiting = entry.record.get("dose_limiting") == "Y"
        if rng.random() < TWICE and why and not limiting and day <= course.end:
            yield replace(entry, day=day, later=None, in_error=(withdrawn, why))
