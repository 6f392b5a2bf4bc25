"""The laboratory of a trial: by which criteria values are graded, and which analytes each form asks for."""

from typing import Literal

from pydantic import Field, model_validator

from protocol.part import Code, Part

CtcaeVersion = Literal["3.0", "5.0"]


class Panel(Part):
    """The analytes of one laboratory form, by the short names of CDISC (LBTESTCD), in the order of the form.

    `analytes` are needed wherever the form is asked for; `optional` ones may be left blank. A sample may be taken
    `early_days` before the visit that asks for it, and is still that visit's when a dose is guided: until the protocol
    asks for the next one it is current.
    """

    code: Literal["haematology", "chemistry"]
    """The form."""
    analytes: tuple[Code, ...] = Field(min_length=1)
    """By LBTESTCD; needed wherever the form is asked for."""
    optional: tuple[Code, ...] = ()
    """May be left blank."""
    early_days: int = Field(default=0, ge=0, description="Days before its visit by which a sample may be taken")

    @model_validator(mode="after")
    def _each_once(self) -> "Panel":
        both = [*self.analytes, *self.optional]
        twice = sorted({analyte for analyte in both if both.count(analyte) > 1})
        if twice:
            raise ValueError(f"listed twice: {', '.join(twice)}")
        return self
