"""What the protocol foresees for a dose when a laboratory value or an adverse event reaches a grade."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from protocol.part import Code, Part, Text

Action = Literal["delay", "interrupt", "reduce", "stop"]


class LaboratoryTrigger(Part):
    """The last result of an analyte (LBTESTCD) has this grade or a higher one."""

    type: Literal["laboratory"]
    analyte: Code
    """By LBTESTCD."""
    grade: int = Field(ge=1, le=4)
    """From this grade on."""
    side: Literal["", "low", "high"] = ""
    """On which side of normal; needed where the criteria grade both, as of glucose."""


class EventTrigger(Part):
    """An ongoing adverse event with one of these dictionary terms has this grade or a higher one."""

    type: Literal["event"]
    terms: tuple[Text, ...] = Field(min_length=1)
    """Of the dictionary that codes events."""
    grade: int = Field(ge=1, le=5)
    """From this grade on."""


Trigger = Annotated[LaboratoryTrigger | EventTrigger, Field(discriminator="type")]


class Guidance(Part):
    """One rule. Of several for one drug and one analyte or term the one of the highest grade reached holds."""

    code: Code
    """By which the page names it."""
    drug: Code
    """The code of the drug."""
    trigger: Trigger
    """What brings it about."""
    action: Action
    """What is foreseen for the dose."""
    text: Text
    """How it goes on, in words that complete the action."""
