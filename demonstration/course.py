"""One subject's course as plain data: what happens to them, whoever writes it down. Pure: same seed, same course."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import log
from random import Random

from demonstration.assessing import InventedAssessment, assess
from demonstration.design import CLOSE_OUT, PlannedSubject, workday
from demonstration.tumours import TEMPO, Disease, disease

# Hazards a day of leaving treatment before progression, by reason.
LEAVING = {
    "ADVERSE EVENT": 0.00055,
    "WITHDRAWAL BY SUBJECT": 0.00025,
    "WITHDRAWAL OF CONSENT": 0.00010,
    "PHYSICIAN DECISION": 0.00012,
    "PROTOCOL DEVIATION": 0.00004,
}
NEXT_THERAPIES = (
    "Lapatinib and capecitabine",
    "Vinorelbine",
    "Trastuzumab and vinorelbine",
    "Capecitabine",
    "Trastuzumab and gemcitabine",
    "Docetaxel",
    "Pegylated liposomal doxorubicin",
)


@dataclass(frozen=True)
class InventedContact:
    """The `number`-th follow-up after treatment. `therapy_started` is set once, at the first that tells of it."""

    number: int
    day: date
    mode: str
    therapy: str = ""
    therapy_started: str = ""


@dataclass(frozen=True)
class InventedCourse:
    """Everything that happened. Dates as text may be partial, as a family remembers them."""

    slot: PlannedSubject
    first_dose: date
    baseline_day: date
    disease: Disease
    assessments: tuple[InventedAssessment, ...]
    end: date
    end_reason: str
    clinical_progression: str
    contacts: tuple[InventedContact, ...]
    death: str
    death_cause: str

    @property
    def key(self) -> str:
        return f"{self.slot.number:05d}"

    @property
    def last_day(self) -> date:
        """The day on which the last thing is known: a death in full, or of a month the last contact's day."""
        known = [self.end, *(contact.day for contact in self.contacts)]
        return max(known + ([date.fromisoformat(f"{self.death}-28"[:10])] if self.death else []))


def simulate(seed: int, slot: PlannedSubject) -> InventedCourse:
    """The whole course of the subject in this slot."""
    return _Fate(seed, slot).course()


def own_chance(seed: int, slot: PlannedSubject, of: str) -> Random:
    """A stream of chance of the subject's own: one more subject, or one more draw elsewhere, changes nobody else."""
    return Random(f"{seed}: {of} of {slot.number}")  # noqa: S311  a synthetic trial, no secret


class _Fate:
    """The parts of one course, each drawn from those before."""

    def __init__(self, seed: int, slot: PlannedSubject) -> None:
        self.slot = slot
        self.rng = rng = own_chance(seed, slot, "course")
        self.tempo = TEMPO[slot.level.phase]
        measurable = slot.level.phase == "II" or rng.random() < 0.94
        self.disease = disease(rng, self.tempo, measurable=measurable)
        self.first_dose = workday(slot.consent + timedelta(rng.randint(7, 20)))
        self.baseline_day = max(slot.consent, workday(self.first_dose - timedelta(rng.randint(3, 16))))

    def course(self) -> InventedCourse:
        leaves, why = self._leaves()
        died = self.disease.death_day
        stops = self._stops_assessing(leaves, why)
        assessments = assess(
            self.rng, self.disease, first_dose=self.first_dose, baseline=self.baseline_day, until=min(stops, died)
        )
        progressed = self._day(assessments[-1].day) if assessments and assessments[-1].overall == "PD" else None
        if progressed is not None:
            died = progressed + 10 + int(self._after_progression())
        return self._ended(assessments, leaves, why, progressed, died)

    def _leaves(self) -> tuple[int, str]:
        days = {reason: int(self.rng.expovariate(hazard)) + 8 for reason, hazard in LEAVING.items()}
        why = min(days, key=lambda reason: days[reason])
        return days[why], why

    def _stops_assessing(self, leaves: int, why: str) -> int:
        """Who stops for side effects is often assessed on; who withdraws is not."""
        if why in ("WITHDRAWAL BY SUBJECT", "WITHDRAWAL OF CONSENT") or self.rng.random() < 0.45:
            return leaves
        return leaves + 400

    def _after_progression(self) -> float:
        """Weibull with shape 1.15; a slow tumour leaves more time."""
        scale = self.tempo.after_progression_days / log(2) ** (1 / 1.15)
        return self.rng.weibullvariate(scale / self.disease.vigour**0.35, 1.15)

    def _ended(
        self, assessments: tuple[InventedAssessment, ...], leaves: int, why: str, progressed: int | None, died: int
    ) -> InventedCourse:
        ends = {why: leaves, "DEATH": died, "STUDY TERMINATED BY SPONSOR": self._day(CLOSE_OUT)}
        if progressed is not None:
            ends["PROGRESSIVE DISEASE"] = progressed
        reason = min(ends, key=lambda reason: ends[reason])
        end = self._date(ends[reason])
        death = self._date(died)
        gone = end + timedelta(int(self.rng.expovariate(1 / 2400)))
        silent = min(CLOSE_OUT, gone) if reason != "WITHDRAWAL OF CONSENT" else end
        known_dead = death <= min(CLOSE_OUT, gone + timedelta(200)) and reason != "WITHDRAWAL OF CONSENT"
        contacts = self._contacts(end, min(silent, death), reason)
        return InventedCourse(
            slot=self.slot,
            first_dose=self.first_dose,
            baseline_day=self.baseline_day,
            disease=self.disease,
            assessments=assessments,
            end=end,
            end_reason=reason,
            clinical_progression=self._clinical(end, reason),
            contacts=contacts,
            death=self._told(death, not_before=contacts[-1].day if contacts else end) if known_dead else "",
            death_cause=self._cause(reason) if known_dead else "",
        )

    def _clinical(self, end: date, reason: str) -> str:
        worse = reason in ("PHYSICIAN DECISION", "WITHDRAWAL BY SUBJECT") and self.rng.random() < 0.3
        return end.isoformat() if worse else ""

    def _contacts(self, end: date, until: date, reason: str) -> tuple[InventedContact, ...]:
        """Every three months, a contact missed now and then."""
        contacts: list[InventedContact] = []
        started = end + timedelta(self.rng.randint(14, 75)) if self.rng.random() < 0.72 else None
        therapy, reported = self.rng.choice(NEXT_THERAPIES), False
        for number in range(1, 40):
            day = workday(end + timedelta(round(number * 91.3) + self.rng.randint(-9, 9)))
            if day >= until or reason == "DEATH":
                break
            if self.rng.random() < 0.06:
                continue
            tells = bool(started and not reported and started < day)
            reported = reported or tells
            mode = self.rng.choices(("IN PERSON", "TELEPHONE CALL", "CONTACT WITH FAMILY"), (55, 35, 10))[0]
            new = (therapy, self._told(started, not_before=end)) if tells and started else ("", "")
            contacts.append(InventedContact(number, day, mode, *new))
        return tuple(contacts)

    def _told(self, day: date, *, not_before: date) -> str:
        """A date as it is reported: one in nine without its day, where the middle of the month fits what is known."""
        if self.rng.random() < 0.11 and day.replace(day=15) > not_before:
            return day.isoformat()[:7]
        return day.isoformat()

    def _cause(self, reason: str) -> str:
        return self.rng.choices(("DISEASE UNDER STUDY", "OTHER", "UNKNOWN"), (90, 4, 6))[0]

    def _day(self, day: date) -> int:
        return (day - self.first_dose).days

    def _date(self, day: int) -> date:
        return self.first_dose + timedelta(min(day, 9000))
