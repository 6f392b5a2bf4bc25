"""Eligibility: the items that the form records, and the criteria with the rule that decides each."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from protocol.part import Code, Name, Part, Text

ItemKind = Literal["yes_no", "choice", "number", "date"]
Operator = Literal["<", "<=", ">=", ">"]


class EligibilityItem(Part):
    """One value of the eligibility form; `code` is the name of its column, or `column` is. No other one is asked."""

    code: Name
    """The name of its column on the form; or of one's own, where `column` names one that is free."""
    column: str = ""
    """A free column of the form and of the kind, such as `answer_1`, where the code is none of its columns."""
    section: str = ""
    """Under which heading the form asks it; none where the form's own holds."""
    label: Text
    """In words."""
    kind: ItemKind
    """As the form records it."""
    unit: str = ""
    """As the form records it: limits are in it."""
    choices: tuple[Text, ...] = ()
    """Of an item of kind choice: all terms of the column in small letters; of a free column, what can be answered."""

    @property
    def held_by(self) -> str:
        """The name of its column."""
        return self.column or self.code

    @model_validator(mode="after")
    def _choices_belong_to_a_choice(self) -> EligibilityItem:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError("choices are stated for an item of kind choice, and only there")
        return self


class YesNoRule(Part):
    """The answer must be the one stated."""

    type: Literal["yes_no"]
    item: str
    """The code of a yes-no item."""
    answer: bool
    """The answer that lets in."""


class ChoiceRule(Part):
    """The answer must be one of those allowed."""

    type: Literal["choice"]
    item: str
    """The code of a choice."""
    allowed: tuple[Text, ...] = Field(min_length=1)
    """The choices that let in."""


class LimitRule(Part):
    """The value, in the item's unit, must lie on the right side of the number; the operator says if it may equal it."""

    type: Literal["limit"]
    item: str
    """The code of a number."""
    operator: Operator
    """On which side of the number, and whether it may equal it."""
    number: Decimal
    """In the item's unit."""


class UlnException(Part):
    """Another multiple where a yes-no item is answered yes."""

    item: str
    """The code of a yes-no item."""
    multiple: Decimal = Field(gt=0)
    """The multiple where it is answered yes."""


class UlnRule(Part):
    """The value must be on the right side of a multiple of the laboratory's upper limit of normal."""

    type: Literal["uln"]
    item: str
    """The code of a number."""
    uln_item: str
    """The code of its upper limit of normal, in the same unit."""
    operator: Operator
    """On which side of the limit."""
    multiple: Decimal = Field(gt=0)
    """How many times the upper limit."""
    exception: UlnException | None = None
    """Another multiple in a certain case."""


class WashoutRule(Part):
    """The therapy was never given, or ended at least so many weeks before the day that `before` names."""

    type: Literal["washout"]
    given_item: str
    """The code of the yes-no item that says whether the therapy was given."""
    item: str
    """The code of the date of its last day."""
    weeks: int = Field(ge=1)
    """That must lie between."""
    before: str
    """The code of the date that it must lie before."""


class DateRule(Part):
    """The date must be there and not later than the one that `on_or_before` names."""

    type: Literal["date"]
    item: str
    """The code of a date."""
    on_or_before: str
    """The code of the date that it may not be later than."""


SingleRule = Annotated[
    YesNoRule | ChoiceRule | LimitRule | UlnRule | WashoutRule | DateRule, Field(discriminator="type")
]


class AnyRule(Part):
    """One of several rules is enough."""

    type: Literal["any"]
    of: tuple[SingleRule, ...] = Field(min_length=2)
    """Rules of which one is enough."""


Rule = Annotated[SingleRule | AnyRule, Field(discriminator="type")]


class Criterion(Part):
    """An inclusion or exclusion criterion. The rule always says what lets a subject in, for an exclusion too."""

    code: Code
    """As the protocol numbers it."""
    kind: Literal["inclusion", "exclusion"]
    """As it is listed; the rule always says what lets in."""
    text: Text
    """In the words of the protocol."""
    phases: tuple[Code, ...] = Field(min_length=1)
    """The codes of the phases that it holds for."""
    rule: Rule
    """What lets a subject in."""

    @property
    def single_rules(self) -> tuple[SingleRule, ...]:
        """The rule, or those of which any will do."""
        return self.rule.of if isinstance(self.rule, AnyRule) else (self.rule,)


def items_of(rule: Rule) -> list[tuple[str, ItemKind]]:
    """Each item that a rule reads, with the kind that it needs."""
    match rule:
        case YesNoRule():
            return [(rule.item, "yes_no")]
        case ChoiceRule():
            return [(rule.item, "choice")]
        case LimitRule():
            return [(rule.item, "number")]
        case UlnRule():
            exception: list[tuple[str, ItemKind]] = [(rule.exception.item, "yes_no")] if rule.exception else []
            return [(rule.item, "number"), (rule.uln_item, "number"), *exception]
        case WashoutRule():
            return [(rule.given_item, "yes_no"), (rule.item, "date"), (rule.before, "date")]
        case DateRule():
            return [(rule.item, "date"), (rule.on_or_before, "date")]
        case AnyRule():
            return [needed for single in rule.of for needed in items_of(single)]
