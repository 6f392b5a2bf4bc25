"""Forms that the protocol does not ask for of some subjects, by what demography says of them."""

from typing import Literal

from pydantic import Field

from protocol.forms import FormCode
from protocol.part import Part, Text


class NotApplicable(Part):
    """A form is not asked for of a subject whose demography has one of these values, in CDISC terms, at the item.

    Where demography does not say, the form is asked for.
    """

    form: FormCode
    """The form that is not asked for."""
    item: Literal["sex", "menopausal_status"]
    """The item of demography that says so."""
    values: tuple[Text, ...] = Field(min_length=1)
    """With any of these values, as CDISC writes them."""
