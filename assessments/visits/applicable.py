"""Which forms are not asked for of a subject: the pregnancy test of a man.

The protocol says so by what demography holds (`not_applicable`). Nothing is stored of it: once demography is corrected,
the form is due, or due no more. What was filled all the same stays where it is.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from assessments.models import Demography, FormState
from protocol import current

NONE: frozenset[str] = frozenset()
SAYING = (FormState.DRAFT, FormState.COMPLETE)


def rules() -> dict[str, list[str]]:
    """Side by side, for a statement: a form, the item of demography, the value with which the form does not apply."""
    rows = [(rule.form, rule.item, value) for rule in current().not_applicable for value in rule.values]
    return {f"rule_{name}": [row[place] for row in rows] for place, name in enumerate(("forms", "items", "values"))}


def not_applicable(subjects: Iterable[int]) -> dict[int, frozenset[str]]:
    """By the subject's key, the codes of the forms; NONE for the others. One statement, none without a rule."""
    codes: dict[int, set[str]] = defaultdict(set)
    planned = current().not_applicable
    people = Demography.objects.filter(case_form__subject__in=list(subjects), case_form__state__in=SAYING)
    for person in people.values("case_form__subject_id", *{rule.item for rule in planned}) if planned else ():
        codes[person["case_form__subject_id"]] |= _spared(person)
    return {key: frozenset(forms) for key, forms in codes.items()}


def applies_to_subject(code: str, subject: int) -> bool:
    """Costs a statement only for a form that some rule is about."""
    if all(rule.form != code for rule in current().not_applicable):
        return True
    return code not in not_applicable([subject]).get(subject, NONE)


def _spared(person: dict[str, Any]) -> set[str]:
    return {rule.form for rule in current().not_applicable if person[rule.item] in rule.values}
