"""Which steps the protocol foresees for a drug, from what was found last in a subject. It guides; people decide."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from laboratory.analytes import ANALYTES
from protocol.guidance import EventTrigger, Guidance, LaboratoryTrigger
from protocol.laboratory import Panel
from values.dates import shown_date


@dataclass(frozen=True, slots=True)
class GuidanceFinding:
    """A laboratory result or an event that is still there: its name in words, its grade, since when in words; of a
    result on which side of normal its grade lies, where that is known."""

    words: str
    grade: int
    on: str
    side: str = ""


@dataclass(frozen=True, slots=True)
class GuidedStep:
    rule: Guidance
    finding: GuidanceFinding


def steps(
    rules: Iterable[Guidance],
    drug: str,
    laboratory: Mapping[str, GuidanceFinding],
    events: Mapping[str, GuidanceFinding],
) -> list[GuidedStep]:
    """Of each analyte and event the rule of the highest grade that was reached; the most severe action first.

    `laboratory` by analyte, `events` by term of the dictionary, of several of one term the worst.
    """
    reached: dict[object, GuidedStep] = {}
    for rule in rules:
        if rule.drug != drug:
            continue
        for key, finding in _triggered(rule, laboratory, events):
            held = reached.get(key)
            if held is None or rule.trigger.grade > held.rule.trigger.grade:
                reached[key] = GuidedStep(rule, finding)
    severe = ("stop", "interrupt", "delay", "reduce")
    return sorted(reached.values(), key=lambda step: (severe.index(step.rule.action), -step.finding.grade))


@dataclass(frozen=True, slots=True)
class Last:
    """What the results of one analyte up to the day of a dose come to: the day of the sample that was graded last (None
    without one), and what came later and has no grade or less than one, in sentences."""

    graded_on: date | None
    later: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """Where the protocol asked last for a sample before a dose: the day of that visit, and the visit in words."""

    on: date
    visit: str
    early_days: int = 0

    def is_met_by(self, sampled_on: date) -> bool:
        """Whether a sample is that visit's, or newer: it may be so many days early."""
        return sampled_on >= self.on - timedelta(self.early_days)

    def __str__(self) -> str:
        return f"due on {shown_date(self.on)} ({self.visit})"


def last_due(panels: Iterable[Panel], visits: Iterable[tuple[str, date, Sequence[str]]], on: date) -> dict[str, Due]:
    """By analyte, where its panel was due last up to the day of a dose. `visits` are (words, day, forms asked for).

    Where no visit up to that day asked for a panel, the dose itself asks for it: nothing says that an older result may
    stand for it.
    """
    past = [visit for visit in visits if visit[1] <= on]
    latest = {}
    for panel in panels:
        asking = [(day, words) for words, day, forms in past if panel.code in forms]
        day, words = max(asking, default=(on, "the day of the dose"))
        due = Due(day, words, panel.early_days)
        latest.update(dict.fromkeys((*panel.analytes, *panel.optional), due))
    return latest


def analytes_of(rules: Iterable[Guidance], drugs: Iterable[str]) -> list[str]:
    """Those that the rules of these drugs look at, in their order."""
    of_these = [rule.trigger for rule in rules if rule.drug in drugs]
    return list(dict.fromkeys(trigger.analyte for trigger in of_these if isinstance(trigger, LaboratoryTrigger)))


def looks_at_events(rules: Iterable[Guidance], drug: str) -> bool:
    return any(rule.drug == drug and isinstance(rule.trigger, EventTrigger) for rule in rules)


def gaps(rules: Iterable[Guidance], drug: str, last: Mapping[str, Last], due: Mapping[str, Due]) -> list[str]:
    """What keeps the rules of a drug from saying that nothing changes: results that are missing, came without a grade,
    or are older than the sample that was due last. One sentence each."""
    return [
        sentence
        for analyte in analytes_of(rules, [drug])
        for sentence in _gaps(analyte, last.get(analyte), due[analyte])
    ]


def _gaps(analyte: str, last: Last | None, due: Due) -> list[str]:
    label = ANALYTES[analyte].label
    if last is None:
        return [f"{label}: no result; one was {due}."]
    gaps = list(last.later)
    if last.graded_on is not None and not due.is_met_by(last.graded_on):
        gaps.append(f"{label}: graded last on {shown_date(last.graded_on)}; a newer result was {due}.")
    return gaps


def used(rules: Iterable[Guidance], drug: str, last: Mapping[str, Last], due: Mapping[str, Due]) -> list[str]:
    """The results that the rules of a drug could use, each with its day: one of an earlier day, where none was due
    since, is told from one of the day."""
    sources = []
    for analyte in analytes_of(rules, [drug]):
        known = last.get(analyte)
        if known and known.graded_on and due[analyte].is_met_by(known.graded_on):
            sources.append(f"{ANALYTES[analyte].label} of {shown_date(known.graded_on)}")
    return sources


def _triggered(
    rule: Guidance, laboratory: Mapping[str, GuidanceFinding], events: Mapping[str, GuidanceFinding]
) -> list[tuple[tuple[str, str], GuidanceFinding]]:
    trigger = rule.trigger
    if isinstance(trigger, EventTrigger):
        terms = {term.casefold() for term in trigger.terms}
        triggers = [(("event", term), event) for term, event in events.items() if term.casefold() in terms]
    else:
        result = laboratory.get(trigger.analyte)
        on_its_side = result and (not (trigger.side and result.side) or trigger.side == result.side)
        triggers = [(("laboratory", trigger.analyte), result)] if result and on_its_side else []
    return [(key, event) for key, event in triggers if event.grade >= trigger.grade]
