"""The shape of the synthetic trial: which hospitals, how many subjects at each dose level, and when they came."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

PLANNED = 88


@dataclass(frozen=True)
class Hospital:
    """An invented hospital. `share` of the subjects come here; a slow one types late and leaves more questions open."""

    code: str
    name: str
    country: str
    time_zone: str
    share: int
    slow: bool = False


HOSPITALS = (
    Hospital("101", "Hôpital du Val d'Orme", "France", "Europe/Paris", 22),
    Hospital("102", "Klinikum am Eschenpark", "Germany", "Europe/Berlin", 19),
    Hospital("103", "Ospedale San Teodoro al Colle", "Italy", "Europe/Rome", 18),
    Hospital("104", "Hospital de la Brisa Alta", "Spain", "Europe/Madrid", 16),
    Hospital("105", "Northmoor Cancer Centre", "United Kingdom", "Europe/London", 14),
    Hospital("106", "Ridgewater Medical Center", "United States", "America/New_York", 11, slow=True),
)


@dataclass(frozen=True)
class InventedLevel:
    """A cohort of the protocol file, the time in which it took its subjects, and why it was opened."""

    cohort: str
    phase: str
    subjects: int
    opened: date
    closed: date
    why: str


LEVELS = (
    InventedLevel("P1-5D", "I", 6, date(2007, 2, 12), date(2007, 5, 18), "The trial begins at the lowest daily dose."),
    InventedLevel("P1-10D", "I", 17, date(2007, 6, 11), date(2008, 5, 30), "5 mg daily was judged feasible."),
    InventedLevel(
        "P1-30W", "I", 10, date(2007, 9, 3), date(2008, 6, 20), "The weekly regimen is tried beside the daily one."
    ),
    InventedLevel("P2-10D", "II", 55, date(2008, 7, 14), date(2010, 2, 12), "10 mg daily was chosen for phase II."),
)
# Three years after the last first dose the hospitals stop asking.
CLOSE_OUT = date(2013, 3, 29)


@dataclass(frozen=True)
class PlannedSubject:
    """One subject to come: the `number`-th of the trial, at which hospital and level, consenting when."""

    number: int
    hospital: Hospital
    level: InventedLevel
    consent: date


def planned(level: InventedLevel, subjects: int) -> int:
    """How many of `subjects` belong to a level, in the proportions of the design; the last level takes the rest."""
    shares = {entry.cohort: entry.subjects * subjects // PLANNED for entry in LEVELS[:-1]}
    return shares.get(level.cohort, subjects - sum(shares.values()))


def slots(seed: int, subjects: int) -> list[PlannedSubject]:
    """Every subject of the trial in order of consent."""
    rng = Random(f"{seed}: who comes")  # noqa: S311  a synthetic trial, no secret
    arrivals = sorted(_arrivals(rng, subjects), key=lambda arrival: (arrival[1], arrival[0].cohort))
    return [
        PlannedSubject(number, rng.choices(HOSPITALS, [hospital.share for hospital in HOSPITALS])[0], level, consent)
        for number, (level, consent) in enumerate(arrivals, start=1)
    ]


def _arrivals(rng: Random, subjects: int) -> Iterator[tuple[InventedLevel, date]]:
    for level in LEVELS:
        for _ in range(planned(level, subjects)):
            yield level, workday(level.opened + timedelta(rng.randrange((level.closed - level.opened).days)))


def workday(day: date) -> date:
    """The same day, or the Monday after a weekend."""
    return day + timedelta(max(7 - day.weekday(), 0) if day.weekday() > 4 else 0)
