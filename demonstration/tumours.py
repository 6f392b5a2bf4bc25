"""How tumours go: lesions at baseline, and their diameters over time.

The size of a lesion follows the sum of a decaying and a growing exponential (Stein et al., Oncologist 2008;13:1046-54):
d(t) = d(0) (exp(-s t) + exp(g t) - 1), with rates that vary between subjects and, less, between their lesions.
"""

from dataclasses import dataclass
from decimal import Decimal
from math import exp, log
from random import Random

ORGANS = {
    "LIVER": 34,
    "LUNG": 22,
    "AXILLARY LYMPH NODE": 10,
    "MEDIASTINAL LYMPH NODE": 9,
    "SUPRACLAVICULAR LYMPH NODE": 6,
    "CHEST WALL": 6,
    "BREAST": 6,
    "SKIN": 4,
    "ADRENAL GLAND": 3,
}
SURFACE = ("CHEST WALL", "BREAST", "SKIN")
OTHER_ORGANS = {"BONE": 50, "PLEURA": 14, "LUNG": 12, "LIVER": 8, "MEDIASTINAL LYMPH NODE": 10, "PLEURAL FLUID": 6}
MOST_IN_ORGAN = 5
SMALLEST_MEASURABLE_MM = {"SPIRAL CT SCAN": 10}
READ_ERROR = 0.03
# A few tumours melt away, whatever the others do.
MELTS, MELTING = 0.05, 0.025
SEEN_MM, MEASURED_MM = 3.0, 5.0


@dataclass(frozen=True)
class Tempo:
    """How a phase's subjects fare: median rates a day with their spread, hazards a day, and life after progression."""

    shrinkage: float
    shrinkage_spread: float
    growth: float
    growth_spread: float
    new_lesion: float
    other_progression: float
    death: float
    after_progression_days: float


TEMPO = {
    "I": Tempo(0.0061, 0.80, 0.0016, 0.70, 0.0011, 0.00035, 0.00012, 360),
    "II": Tempo(0.0042, 0.80, 0.0024, 0.80, 0.0018, 0.00050, 0.00018, 340),
}


@dataclass(frozen=True)
class TargetLesion:
    """A lesion that is measured, with its own rates a day."""

    label: str
    organ: str
    method: str
    diameter: Decimal
    shrinkage: float
    growth: float

    def diameter_on(self, day: int, rng: Random) -> Decimal | str:
        """As it is read that day: millimetres with one decimal, or the state that stands instead of them."""
        true = float(self.diameter) * (exp(-self.shrinkage * day) + exp(self.growth * day) - 1)
        read = true * (1 + rng.gauss(0, READ_ERROR))
        if read < SEEN_MM:
            return "ABSENT"
        return "TOO SMALL" if read < MEASURED_MM else millimetres(min(read, 250.0))


@dataclass(frozen=True)
class OtherLesion:
    """A non-target lesion; it shrinks out of sight or it does not."""

    label: str
    organ: str
    method: str


@dataclass(frozen=True)
class Disease:
    """What a subject brings: lesions at baseline, and what the tumour is going to do (days from the first dose)."""

    targets: tuple[TargetLesion, ...]
    others: tuple[OtherLesion, ...]
    new_lesion_day: int
    other_progression_day: int
    death_day: int
    vigour: float

    @property
    def in_liver(self) -> bool:
        return "LIVER" in {lesion.organ for lesion in self.targets} | {lesion.organ for lesion in self.others}


def disease(rng: Random, tempo: Tempo, *, measurable: bool) -> Disease:
    shrinkage = rng.lognormvariate(log(tempo.shrinkage), tempo.shrinkage_spread)
    if rng.random() < MELTS:
        shrinkage = max(shrinkage, MELTING)
    growth = rng.lognormvariate(log(tempo.growth), tempo.growth_spread)
    vigour = min(max(growth / tempo.growth, 0.3), 4.0)
    others = _others(rng, at_least=0 if measurable else 1)
    return Disease(
        targets=_targets(rng, shrinkage, growth) if measurable else (),
        others=others,
        new_lesion_day=_waiting(rng, tempo.new_lesion * vigour),
        other_progression_day=_waiting(rng, tempo.other_progression * vigour) if others else _NEVER,
        death_day=_waiting(rng, tempo.death * vigour),
        vigour=vigour,
    )


_NEVER = 100_000


def _waiting(rng: Random, hazard: float) -> int:
    return min(1 + int(rng.expovariate(hazard)), _NEVER)


def _targets(rng: Random, shrinkage: float, growth: float) -> tuple[TargetLesion, ...]:
    organs: list[str] = []
    for _ in range(rng.choices((1, 2, 3, 4, 5, 6), (22, 28, 22, 14, 9, 5))[0]):
        organ = rng.choices(tuple(ORGANS), tuple(ORGANS.values()))[0]
        # Metastases of one organ tend to come together.
        organ = rng.choice(organs) if organs and rng.random() < 0.35 else organ
        if organs.count(organ) < MOST_IN_ORGAN:
            organs.append(organ)
    return tuple(_target(rng, number, organ, shrinkage, growth) for number, organ in enumerate(organs, start=1))


def _target(rng: Random, number: int, organ: str, shrinkage: float, growth: float) -> TargetLesion:
    method = _method(rng, organ)
    smallest = SMALLEST_MEASURABLE_MM.get(method, 20)
    size = min(max(rng.lognormvariate(log(27), 0.5), smallest + rng.random() * 5), 140.0)
    return TargetLesion(
        label=f"T{number:02d}",
        organ=organ,
        method=method,
        diameter=millimetres(size),
        shrinkage=shrinkage * rng.lognormvariate(0, 0.25),
        growth=growth * rng.lognormvariate(0, 0.25),
    )


def _method(rng: Random, organ: str) -> str:
    if organ in SURFACE:
        return "CALIPER MEASUREMENT METHOD" if rng.random() < 0.7 else "PHYSICAL EXAMINATION"
    if organ == "LIVER" and rng.random() < 0.12:
        return "MRI"
    return "SPIRAL CT SCAN" if rng.random() < 0.9 else "CT SCAN"


def _others(rng: Random, at_least: int) -> tuple[OtherLesion, ...]:
    count = max(rng.choices((0, 1, 2, 3), (38, 34, 19, 9))[0], at_least)
    organs = rng.choices(tuple(OTHER_ORGANS), tuple(OTHER_ORGANS.values()), k=count)
    return tuple(
        OtherLesion(f"NT{number:02d}", organ, "SCINTIGRAPHY" if organ == "BONE" else "SPIRAL CT SCAN")
        for number, organ in enumerate(organs, start=1)
    )


def millimetres(size: float) -> Decimal:
    """Exact, with one decimal."""
    return Decimal(round(size * 10)) / 10
