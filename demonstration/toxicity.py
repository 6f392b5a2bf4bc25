"""What treatment does to a subject: adverse events in step with the doses that were changed for them. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from demonstration.course import InventedCourse
from demonstration.dosing import Infusion, Tablets
from demonstration.kinds import EVEROLIMUS, HAEMATOLOGY, KINDS, PACLITAXEL, TRASTUZUMAB, InventedKind

HARMFUL = ("ADVERSE EVENT", "LABORATORY VALUE")
REDUCED, INTERRUPTED, WITHDRAWN = "DOSE REDUCED", "DRUG INTERRUPTED", "DRUG WITHDRAWN"
STRONGER = (INTERRUPTED, REDUCED, WITHDRAWN)
# What made somebody change a dose, by the drugs that were changed.
BEHIND = {
    EVEROLIMUS: ("stomatitis", "stomatitis", "stomatitis", "rash", "fatigue", "diarrhoea", "pneumonitis", "infection"),
    PACLITAXEL: ("neuropathy", "neuropathy", "fatigue", "infection", "diarrhoea"),
    "": ("infection", "fatigue", "diarrhoea", "stomatitis"),
}
BEHIND_LABORATORY = ("hyperglycaemia", "hyperglycaemia", "transaminases", "triglycerides")
# The worst grade of neutropenia that a subject comes to.
WORST = {0: 28, 1: 22, 2: 21, 3: 25, 4: 4}
DLT_OF_INTERRUPTED = 0.7
WITHIN = timedelta(7)
DAY = timedelta(1)


@dataclass(frozen=True)
class DoseChangeForHarm:
    """A dose that was changed because of what happened to the subject; `until` is when that had passed."""

    day: date
    until: date
    drug: str
    action: str
    laboratory: bool


@dataclass(frozen=True)
class InventedEvent:
    """An adverse event. `end` is None while it lasts; `known` is when the site could first type it with its actions."""

    kind: str
    grade: int
    start: date
    end: date | None
    known: date
    actions: dict[str, str] = field(default_factory=dict)
    limiting: bool = False
    serious: str = ""

    @property
    def of(self) -> InventedKind:
        return KINDS[self.kind]

    def lasts_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


def events(
    course: InventedCourse, rng: Random, given: Sequence[Infusion], tablets: Sequence[Tablets]
) -> list[InventedEvent]:
    """Everything that befell the subject on treatment, by the day on which it was known."""
    unfolded = _Fortune(course, rng, given, tablets).events()
    return sorted(unfolded, key=lambda event: (event.known, event.start, event.kind))


def changes(course: InventedCourse, given: Sequence[Infusion], tablets: Sequence[Tablets]) -> list[DoseChangeForHarm]:
    """Every change of a dose with a reason that is an adverse event or a laboratory value, by day."""
    all_changes = [*_of_infusions(given), *_of_tablets(tablets)]
    if course.end_reason == "ADVERSE EVENT":
        all_changes.append(DoseChangeForHarm(course.end, course.end, EVEROLIMUS, WITHDRAWN, False))
    return sorted(all_changes, key=lambda change: (change.day, change.drug))


def _of_infusions(given: Sequence[Infusion]) -> Iterator[DoseChangeForHarm]:
    for infusion in given:
        if infusion.reason in HARMFUL:
            action = REDUCED if infusion.change == REDUCED else INTERRUPTED
            laboratory = infusion.reason == "LABORATORY VALUE"
            yield DoseChangeForHarm(infusion.day, infusion.day, PACLITAXEL, action, laboratory)
            if not infusion.trastuzumab:
                yield DoseChangeForHarm(infusion.day, infusion.day, TRASTUZUMAB, INTERRUPTED, laboratory)


def _of_tablets(tablets: Sequence[Tablets]) -> Iterator[DoseChangeForHarm]:
    for number, dosing in enumerate(tablets):
        if dosing.change == INTERRUPTED and dosing.reason in HARMFUL and dosing.end:
            reduced = number + 1 < len(tablets) and tablets[number + 1].change == REDUCED
            action = REDUCED if reduced else INTERRUPTED
            yield DoseChangeForHarm(dosing.start, dosing.end, EVEROLIMUS, action, dosing.reason == "LABORATORY VALUE")


def clusters(changed: Iterable[DoseChangeForHarm]) -> list[list[DoseChangeForHarm]]:
    """Changes within a week of each other, for the same reason, have one event behind them."""
    groups: list[list[DoseChangeForHarm]] = []
    for change in changed:
        last = groups[-1][-1] if groups else None
        if last and change.day - last.day <= WITHIN and change.laboratory == last.laboratory:
            groups[-1].append(change)
        else:
            groups.append([change])
    return groups


class _Fortune:
    """Draws the events of one subject, each beside those before."""

    def __init__(
        self, course: InventedCourse, rng: Random, given: Sequence[Infusion], tablets: Sequence[Tablets]
    ) -> None:
        self.course, self.rng = course, rng
        self.changes = changes(course, given, tablets)
        self.counts = [infusion.day for infusion in given if infusion.day_of_cycle != 22]
        self.chemistry = [infusion.day for infusion in given if infusion.day_of_cycle == 1]
        self.worst = rng.choices(tuple(WORST), tuple(WORST.values()))[0]
        self.found: list[InventedEvent] = []

    def events(self) -> list[InventedEvent]:
        for cluster in clusters(self.changes):
            (self._seen_in_blood if cluster[0].laboratory else self._felt)(cluster)
        self._nadir()
        for name, kind in KINDS.items():
            if self.rng.random() < kind.chance:
                self._by_itself(name, kind)
        return self.found

    def _felt(self, cluster: list[DoseChangeForHarm]) -> None:
        """The event behind changes that were made because of an adverse event."""
        drugs = {change.drug for change in cluster}
        stopped = any(change.action == WITHDRAWN for change in cluster)
        behind = BEHIND[EVEROLIMUS if stopped or drugs == {EVEROLIMUS} else PACLITAXEL if len(drugs) == 1 else ""]
        first = min(change.day for change in cluster)
        limiting = self._limits(cluster)
        grade = 3 if limiting or stopped or self.rng.random() < 0.24 else 2
        start = max(first - timedelta(self.rng.randint(1, 5)), self.course.first_dose + DAY)
        name = self.rng.choice([kind for kind in behind if not self._has(kind, start)] or behind)
        name = "stomatitis" if limiting and name in ("infection", "rash") else name
        over = max(change.until for change in cluster) + timedelta(self.rng.randint(1, 9))
        over += timedelta(KINDS[name].days // 3)
        self._add(name, grade, start, None if stopped else over, cluster, limiting)

    def _limits(self, cluster: list[DoseChangeForHarm]) -> bool:
        """Whether it was dose-limiting: everolimus stopped within cycle 1 of phase I, and not for a trifle."""
        early = self.course.first_dose + timedelta(27)
        hit = any(change.drug == EVEROLIMUS and change.day <= early for change in cluster)
        return self.course.slot.level.phase == "I" and hit and self.rng.random() < DLT_OF_INTERRUPTED

    def _seen_in_blood(self, cluster: list[DoseChangeForHarm]) -> None:
        """The event behind changes that were made because of a laboratory value: it begins at the sample."""
        first = min(change.day for change in cluster)
        blood = any(change.drug != EVEROLIMUS for change in cluster)
        omitted = blood and first in self.counts and self.rng.random() < 0.8
        count = _last(self.counts, first if omitted else first - DAY)
        sample = _last(self.chemistry, first)
        if not blood and sample and sample > self.course.first_dose:
            self._measured(self.rng.choice(BEHIND_LABORATORY), self.rng.choice((2, 2, 3)), sample, cluster)
        elif count and count > self.course.first_dose:
            name = "neutropenia" if blood and self.worst > 1 else self.rng.choice(("leucopenia", "thrombocytopenia"))
            grade = 2
            if name == "neutropenia":
                reached = any(event.kind == name and event.grade == self.worst for event in self.found)
                grade = self.rng.choice((2, min(self.worst, 3))) if reached else self.worst
            self._measured(name, grade, count, cluster)

    def _nadir(self) -> None:
        """The worst neutropenia, where no dose was changed for it."""
        if self.worst < 2 or any(event.kind == "neutropenia" and event.grade == self.worst for event in self.found):
            return
        early = self.course.first_dose + timedelta(120)
        days = [
            day for day in self.counts if self.course.first_dose < day < early and not self._has("neutropenia", day)
        ]
        if days:
            self._measured("neutropenia", self.worst, self.rng.choice(days), [])

    def _by_itself(self, name: str, kind: InventedKind) -> None:
        grade = self.rng.choices((1, 2, 3), kind.grades)[0]
        start = self.course.first_dose + timedelta(3 + int(self.rng.expovariate(1 / 55)))
        length = timedelta(max(round(kind.days * self.rng.uniform(0.5, 1.7)), 2))
        if kind.analyte:
            days = self.counts if name in HAEMATOLOGY else self.chemistry
            start = _last(days, start) or start
            if self.course.first_dose < start < self.course.end and start in days:
                self._measured(name, grade, start, [])
        elif start < self.course.end:
            self._add(name, grade, start, start + length if kind.days else None, [])

    def _measured(self, name: str, grade: int, start: date, cluster: list[DoseChangeForHarm]) -> None:
        """It lasts from the sample that showed it to the next one after what was done about it."""
        days = [*(self.counts if name in HAEMATOLOGY else self.chemistry), self.course.end]
        over = max([start + timedelta(5), *(change.until for change in cluster)])
        self._add(name, grade, start, next((day for day in days if day >= over), None), cluster)

    def _add(
        self,
        name: str,
        grade: int,
        start: date,
        over: date | None,
        cluster: list[DoseChangeForHarm],
        limiting: bool = False,
    ) -> None:
        end = over if over and start <= over <= self.course.end else None
        if not cluster and (self._has(name, start) or (end and self._has(name, end))):
            return
        actions: dict[str, str] = {}
        for change in cluster:
            known = (actions.get(change.drug, INTERRUPTED), change.action)
            actions[change.drug] = max(known, key=STRONGER.index)
        # Tablets are entered once they are taken again.
        typed = [change.until + 2 * DAY for change in cluster] + [start + timedelta(self.rng.randint(1, 6))]
        known_on = min(max(typed), self.course.end)
        serious = self._serious(KINDS[name], grade) if grade >= 3 else ""
        self.found.append(InventedEvent(name, grade, start, end, known_on, actions, limiting, serious))

    def _serious(self, kind: InventedKind, grade: int) -> str:
        if self.rng.random() < kind.hospital:
            return "hospitalisation"
        return "medically_important" if grade == 4 and self.rng.random() < 0.6 else ""

    def _has(self, name: str, day: date) -> bool:
        same = [event for event in self.found if event.kind == name]
        return any(event.start - WITHIN <= day and (not event.end or day <= event.end + WITHIN) for event in same)


def _last(days: Sequence[date], until: date) -> date | None:
    return max((day for day in days if day <= until), default=None)
