"""Which steps the protocol foresees for a drug, from what was found last in a subject. It guides; people decide."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trialsite.protocol.guidance import EventTrigger, Guidance


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
