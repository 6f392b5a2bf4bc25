"""Tumour assessments of a course: what the scans showed, and what the investigator made of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from demonstration.design import CLOSE_OUT, workday
from demonstration.tumours import Disease, TargetLesion
from endpoints.arithmetic.outcomes import AssessmentResult
from endpoints.arithmetic.recist import preview
from endpoints.arithmetic.records import Assessment, Measurement
from protocol import current

EVERY_DAYS = 56
NEW_ORGANS = ("LIVER", "LUNG", "BONE", "BRAIN", "SUPRACLAVICULAR LYMPH NODE", "PLEURA", "SKIN")
Found = Decimal | str


@dataclass(frozen=True)
class NewLesion:
    organ: str
    method: str
    state: str


@dataclass(frozen=True)
class InventedAssessment:
    """One assessment. `sizes` by target lesion and `states` by non-target lesion; millimetres or a state."""

    number: int
    day: date
    sizes: dict[str, Found]
    states: dict[str, str]
    new: NewLesion | None
    non_target: str
    new_lesions: str
    target: str
    overall: str


def assess(
    rng: Random, disease: Disease, *, first_dose: date, baseline: date, until: int
) -> tuple[InventedAssessment, ...]:
    """Every assessment from the first to the one that found progression, or to day `until`."""
    reader = _ScanReader(rng, disease, first_dose, baseline)
    courses: list[InventedAssessment] = []
    for number, day in _days(rng, first_dose):
        if (day - first_dose).days >= until or day >= CLOSE_OUT:
            break
        # One in thirty is missed: holidays, a broken scanner, a snowstorm.
        if rng.random() < 0.033:
            continue
        courses.append(reader.read(number, day, courses))
        if courses[-1].overall == "PD":
            break
    return tuple(courses)


def _days(rng: Random, first_dose: date) -> Iterator[tuple[int, date]]:
    for number in range(1, 60):
        yield number, workday(first_dose + timedelta(EVERY_DAYS * number + rng.randint(-4, 5)))


class _ScanReader:
    """Reads the scans of one subject, one after the other."""

    def __init__(self, rng: Random, disease: Disease, first_dose: date, baseline: date) -> None:
        self.rng, self.disease, self.first_dose = rng, disease, first_dose
        self.plan = current().analysis
        self.baseline = as_baseline(disease, baseline)

    def read(self, number: int, day: date, earlier: Sequence[InventedAssessment]) -> InventedAssessment:
        since = (day - self.first_dose).days
        new = self._new(since)
        seen = InventedAssessment(
            number=number,
            day=day,
            sizes={lesion.label: self._size(lesion, since) for lesion in self.disease.targets},
            states=self._states(since),
            new=new,
            non_target="",
            new_lesions={None: "N", "UNEQUIVOCAL": "Y", "EQUIVOCAL": "EQUIVOCAL"}[new.state if new else None],
            target="",
            overall="",
        )
        return self._judged(seen, earlier)

    def _size(self, lesion: TargetLesion, since: int) -> Found:
        size = lesion.diameter_on(since, self.rng)
        return "NOT ASSESSED" if self.rng.random() < 0.008 else size

    def _states(self, since: int) -> dict[str, str]:
        """The first non-target lesion is the one that grows; small ones vanish when everything shrinks."""
        states = {}
        for index, lesion in enumerate(self.disease.others):
            shrinks = self.disease.targets and self.disease.targets[0].shrinkage > 0.012 and lesion.organ != "BONE"
            state = "ABSENT" if shrinks and since > 90 else "PRESENT"
            if index == 0 and since >= self.disease.other_progression_day:
                state = "UNEQUIVOCAL PROGRESSION"
            states[lesion.label] = "NOT ASSESSED" if self.rng.random() < 0.01 else state
        return states

    def _new(self, since: int) -> NewLesion | None:
        state = "UNEQUIVOCAL" if since >= self.disease.new_lesion_day else ""
        if not state and self.rng.random() < 0.012:
            state = "EQUIVOCAL"
        organ = self.rng.choice(NEW_ORGANS)
        method = {"BONE": "SCINTIGRAPHY", "BRAIN": "MRI", "SKIN": "PHYSICAL EXAMINATION"}.get(organ, "SPIRAL CT SCAN")
        return NewLesion(organ, method, state) if state else None

    def _judged(self, seen: InventedAssessment, earlier: Sequence[InventedAssessment]) -> InventedAssessment:
        judged = {**vars(seen), "non_target": non_target(seen.states)}
        records = [as_record(assessed) for assessed in earlier]
        derived = preview(self.baseline, records, as_record(InventedAssessment(**judged)), self.plan)
        judged |= {"target": derived.target or "", "overall": self._opinion(derived)}
        return InventedAssessment(**judged)

    def _opinion(self, derived: AssessmentResult) -> str:
        """The investigator's own response: what the rules say, but for a few honest differences near a threshold."""
        change, growth = derived.change, derived.nadir_change
        chance = self.rng.random()
        if derived.derived == "SD" and change is not None and change <= -26 and chance < 0.35:
            return "PR"
        if derived.derived == "SD" and growth is not None and growth >= 16 and chance < 0.30:
            return "PD"
        only_by_size = derived.target == "PD" and derived.non_target != "PD" and derived.new_lesion != "Y"
        if derived.derived == "PD" and only_by_size and growth is not None and growth <= 23 and chance < 0.25:
            return "SD"
        return derived.derived


def non_target(states: dict[str, str]) -> str:
    """The response of the non-target lesions that their states give."""
    if not states:
        return "NA"
    if "UNEQUIVOCAL PROGRESSION" in states.values():
        return "PD"
    if "NOT ASSESSED" in states.values():
        return "NE"
    return "CR" if set(states.values()) == {"ABSENT"} else "NON-CR/NON-PD"


def as_baseline(disease: Disease, day: date) -> Assessment:
    """The baseline as the arithmetic reads it."""
    return Assessment(
        ref="baseline",
        date=day.isoformat(),
        measurements=tuple(
            Measurement(
                lesion=lesion.label,
                diameters=(lesion.diameter,),
                node="LYMPH NODE" in lesion.organ,
                organ=lesion.organ,
                method=lesion.method,
            )
            for lesion in disease.targets
        ),
        non_target="PRESENT" if disease.others else None,
        new_lesion="N",
    )


def as_record(assessed: InventedAssessment) -> Assessment:
    """The assessment as the arithmetic reads it."""
    stated = {"NA": None, "": None, "NON-CR/NON-PD": "NONCR"}
    return Assessment(
        ref=f"assessment {assessed.number}",
        date=assessed.day.isoformat(),
        measurements=tuple(_measurement(label, finding) for label, finding in assessed.sizes.items()),
        non_target=stated.get(assessed.non_target, assessed.non_target),  # type: ignore[arg-type]
        new_lesion=assessed.new_lesions,  # type: ignore[arg-type]
        investigator=assessed.overall or None,  # type: ignore[arg-type]
    )


def _measurement(label: str, finding: Found) -> Measurement:
    return Measurement(
        lesion=label,
        diameters=(finding,) if isinstance(finding, Decimal) else None,
        too_small=finding == "TOO SMALL",
        absent=finding == "ABSENT",
    )
