"""The stratum of a subject who is to be randomised, from what its forms say."""

from decimal import Decimal
from typing import Any

from assessments.catalogue import CATALOGUE
from assessments.items import items_of
from assessments.models import FormState
from cohorts.models import Subject
from cohorts.services import Refused
from protocol import in_force
from protocol.randomisation import Stratum


def stratum_of(subject: Subject) -> str:
    """As the list calls it (Randomisation.key). Refused where an item has no answer that is in any stratum, and in a
    trial that randomises nobody."""
    given = in_force().randomisation
    if given is None:
        raise Refused("This trial randomises nobody: name the cohort.", "cohort")
    levels = {stratum.item: _level(subject, stratum) for stratum in given.strata}
    if unknown := [stratum.label for stratum in given.strata if levels[stratum.item] is None]:
        raise Refused(f"The stratum is not known; not recorded: {', '.join(unknown)}.")
    return given.key(subject.site.code, {item: level for item, level in levels.items() if level})


def _level(subject: Subject, stratum: Stratum) -> str | None:
    record: Any = CATALOGUE[stratum.form].record
    complete = {"case_form__subject": subject, "case_form__state": FormState.COMPLETE}
    column = in_force().column_of(stratum.form, stratum.item)
    answer = record.objects.filter(**complete).values_list(column, flat=True).first()
    labels = next(dict(field.choices or ()) for field, _ in items_of(record) if field.name == column)
    if answer in (None, ""):
        return None
    return stratum.level_of(str(labels[answer]).lower() if labels else Decimal(answer))
