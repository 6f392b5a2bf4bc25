"""Which steps the protocol foresees for a drug, from what was found last in a subject. It guides; people decide."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from laboratory.analytes import ANALYTES
from trialsite.protocol.guidance import EventTrigger, Guidance, LaboratoryTrigger


@dataclass(frozen=True, slots=True)
class Finding:
    """A laboratory result or an event that is still there: its name in words, its grade, since when in words."""

    words: str
    grade: int
    on: str


@dataclass(frozen=True, slots=True)
class Step:
    rule: Guidance
    finding: Finding


def steps(
    rules: Iterable[Guidance], drug: str, laboratory: Mapping[str, Finding], events: Mapping[str, Finding]
) -> list[Step]:
    """Of each analyte and event the rule of the highest grade that was reached; the most severe action first.

    `laboratory` by analyte, `events` by term of the dictionary, of several of one term the worst.
    """
    reached: dict[object, Step] = {}
    for rule in rules:
        if rule.drug != drug:
            continue
        for key, finding in _triggered(rule, laboratory, events):
            held = reached.get(key)
            if held is None or rule.trigger.grade > held.rule.trigger.grade:
                reached[key] = Step(rule, finding)
    severe = ("stop", "interrupt", "delay", "reduce")
    return sorted(reached.values(), key=lambda step: (severe.index(step.rule.action), -step.finding.grade))


@dataclass(frozen=True, slots=True)
class Last:
    """What the results of one analyte up to the day of a dose come to: how many days before it the last grade is (None
    without one), that day in words, and what came later and has no grade or less than one, in sentences."""

    days: int | None
    on: str
    later: Sequence[str] = ()


def analytes_of(rules: Iterable[Guidance], drugs: Iterable[str]) -> list[str]:
    """Those that the rules of these drugs look at, in their order."""
    of_these = [rule.trigger for rule in rules if rule.drug in drugs]
    return list(dict.fromkeys(trigger.analyte for trigger in of_these if isinstance(trigger, LaboratoryTrigger)))


def looks_at_events(rules: Iterable[Guidance], drug: str) -> bool:
    return any(rule.drug == drug and isinstance(rule.trigger, EventTrigger) for rule in rules)


def gaps(rules: Iterable[Guidance], drug: str, last: Mapping[str, Last], days: int) -> list[str]:
    """What keeps the rules of a drug from saying that nothing changes: results that are missing, came without a grade,
    or are older than `days`. One sentence each."""
    return [sentence for analyte in analytes_of(rules, [drug]) for sentence in _gaps(analyte, last.get(analyte), days)]


def _gaps(analyte: str, last: Last | None, days: int) -> list[str]:
    label = ANALYTES[analyte].label
    if last is None:
        return [f"{label}: no result."]
    found = list(last.later)
    if last.days is not None and last.days > days:
        found.append(f"{label}: {last.days} days old: graded last on {last.on}.")
    return found


def _triggered(
    rule: Guidance, laboratory: Mapping[str, Finding], events: Mapping[str, Finding]
) -> list[tuple[tuple[str, str], Finding]]:
    trigger = rule.trigger
    if isinstance(trigger, EventTrigger):
        terms = {term.casefold() for term in trigger.terms}
        found = [(("event", term), one) for term, one in events.items() if term.casefold() in terms]
    else:
        found = (
            [(("laboratory", trigger.analyte), laboratory[trigger.analyte])] if trigger.analyte in laboratory else []
        )
    return [(key, one) for key, one in found if one.grade >= trigger.grade]
