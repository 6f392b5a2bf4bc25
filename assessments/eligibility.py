"""The verdict on each criterion, from what the eligibility form records."""

from typing import Any

from assessments import codelists
from assessments.items import items_of
from assessments.models import Eligibility
from cohorts.eligibility_rules import CriterionVerdict, eligible, verdicts
from cohorts.models import Subject
from protocol import current
from protocol.eligibility import EligibilityItem
from protocol.eligibility import items_of as items_read


def answers(values: dict[str, Any]) -> dict[str, Any]:
    """The form's values by the codes of the file's items, as its rules read them: yes-no as bool, terms as the file
    writes them."""
    columns = {field.name: field for field, _ in items_of(Eligibility)}
    return {
        item.code: _answer(columns[item.held_by], item, values.get(item.held_by))
        for item in current().eligibility_items
    }


def _answer(field: Any, item: EligibilityItem, value: Any) -> Any:
    if not field.choices or value in (None, ""):
        return None if value == "" else value
    if list(field.choices) == codelists.YesNo.choices:
        return value == codelists.YesNo.YES
    words = str(dict(field.choices)[value]).lower()
    return next((choice for choice in item.choices if choice.lower() == words), words)


def verdicts_of(values: dict[str, Any], phase: str) -> list[CriterionVerdict]:
    return verdicts(current(), phase, answers(values))


def criteria_not_met(values: dict[str, Any]) -> list[str]:
    """Why each criterion of any phase is not met that these values, by column, alone settle; one that reads other items
    is left out."""
    read = answers(values)
    answered = {item.code for item in current().eligibility_items if item.held_by in values}
    unmet = [
        verdict.reason
        for phase in current().phases
        for verdict in verdicts(current(), phase.code, read)
        if verdict.status == "not_met" and {name for name, _ in items_read(verdict.criterion.rule)} <= answered
    ]
    return list(dict.fromkeys(unmet))


def criteria_obstacles(subject: Subject, phase: str) -> list[str]:
    """Each criterion of a phase that is not met, or not known, for the subject, with the reason."""
    if not current().criteria(phase):
        return []
    values = Eligibility.objects.filter(case_form__subject=subject).values().first()
    if values is None:
        return ["The eligibility form has not been filled."]
    verdicts = verdicts_of(values, phase)
    if eligible(verdicts):
        return []
    return [f"{verdict.criterion.code}: {verdict.reason}" for verdict in verdicts if verdict.status != "met"]
