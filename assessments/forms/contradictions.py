"""What cannot be true within one record or row: hard checks, which refuse the value at its field.

Pure functions by the model that they are about: values in, (item, message) out. What is only unlikely is saved and
asked back about (assessments.checks).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db import models

from assessments import models as forms
from values.dates import shown_date

Values = Mapping[str, Any]
Found = Iterator[tuple[str, str]]
CRITERIA = (
    "results_in_death",
    "life_threatening",
    "hospitalisation",
    "disability",
    "congenital_anomaly",
    "medically_important",
)


def blood_pressure(values: Values) -> Found:
    upper, lower = values.get("systolic_mmhg"), values.get("diastolic_mmhg")
    if upper is not None and lower is not None and lower >= upper:
        yield "diastolic_mmhg", f"{lower} mmHg is not below the systolic pressure, {upper} mmHg."


def tablets(values: Values) -> Found:
    given = values.get("tablets_dispensed")
    back = (values.get("tablets_returned") or 0) + (values.get("tablets_lost") or 0)
    if given is not None and back > given:
        yield "tablets_returned", f"{back} tablets came back or were lost of {given} dispensed."
    handed, returned = values.get("dispensed_on"), values.get("returned_on")
    if handed and returned and returned < handed:
        yield "returned_on", f"{shown_date(returned)} is before the day of dispensing, {shown_date(handed)}."


def seriousness(values: Values) -> Found:
    """A serious event meets a criterion; asked only once each was answered."""
    answers = [values.get(name) for name in CRITERIA]
    if values.get("serious") == "Y" and all(answer == "N" for answer in answers):
        yield "serious", "A serious event meets at least one of the criteria below."
    if values.get("grade") == "5" and values.get("serious") == "N":
        yield "serious", "An event of grade 5 is serious: it results in death."


CONTRADICTIONS: dict[type[models.Model], Callable[[Values], Found]] = {
    forms.VitalSigns: blood_pressure,
    forms.DrugDispensingRow: tablets,
    forms.AdverseEvent: seriousness,
}


def contradictions(model: type[models.Model], values: Values) -> Found:
    """(item, what is wrong) of each contradiction within the values of one record or row."""
    return CONTRADICTIONS[model](values) if model in CONTRADICTIONS else iter(())
