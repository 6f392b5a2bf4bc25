"""The verdict on each criterion, from what the eligibility form records."""

from typing import Any

from assessments import codelists
from assessments.items import items_of
from assessments.models import Eligibility
from cohorts.eligibility_rules import Verdict, eligible, verdicts
from cohorts.models import Subject
from protocol import current
from protocol.eligibility import Item
from protocol.eligibility import items_of as items_read


def answers(values: dict[str, Any]) -> dict[str, Any]:
    """The form's values by the codes of the file's items, as its rules read them: yes-no as bool, terms as the file
    writes them."""
    columns = {field.name: field for field, _ in items_of(Eligibility)}
    return {
        asked.code: _answer(columns[asked.held_by], asked, values.get(asked.held_by))
        for asked in current().eligibility_items
    }


def _answer(field: Any, asked: Item, value: Any) -> Any:
    if not field.choices or value in (None, ""):
        return None if value == "" else value
    if list(field.choices) == codelists.YesNo.choices:
        return value == codelists.YesNo.YES
    words = str(dict(field.choices)[value]).lower()
    return next((choice for choice in asked.choices if choice.lower() == words), words)


def verdicts_of(values: dict[str, Any], phase: str) -> list[Verdict]:
    return verdicts(current(), phase, answers(values))


def criteria_not_met(values: dict[str, Any]) -> list[str]:
    """Why each criterion of any phase is not met that these values, by column, alone settle; one that reads other items
    is left out."""
    read = answers(values)
    told = {asked.code for asked in current().eligibility_items if asked.held_by in values}
    found = [
        verdict.reason
        for phase in current().phases
        for verdict in verdicts(current(), phase.code, read)
        if verdict.status == "not_met" and {name for name, _ in items_read(verdict.criterion.rule)} <= told
    ]
    return list(dict.fromkeys(found))


def criteria_obstacles(subject: Subject, phase: str) -> list[str]:
    """Each criterion of a phase that is not met, or not known, for the subject, with the reason."""
    if not current().criteria(phase):
        return []
    values = Eligibility.objects.filter(case_form__subject=subject).values().first()
    if values is None:
        return ["The eligibility form has not been filled."]
    found = verdicts_of(values, phase)
    if eligible(found):
        return []
    return [f"{verdict.criterion.code}: {verdict.reason}" for verdict in found if verdict.status != "met"]
