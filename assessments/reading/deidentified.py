"""Forms as those read them who may not see what could tell who a subject is: one mask for page, API and trail."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import models

from accounts.access import Access
from accounts.roles import Permission
from assessments.catalogue import FormType
from assessments.entering.entry import Entry
from assessments.entering.untaken import Untaken
from assessments.items import PartialDateField, columns_of
from assessments.models import Lesion
from assessments.reading.forms import Row

WITHHELD = "withheld"
# Of a date as it is stored, 1953-05-02, and as it is shown, 2 May 1953.
YEAR = re.compile(r"[0-9]{4}")


def masked(model: type[models.Model] | None, name: str, value: Any) -> Any:
    """The value of one column: of an identifying date its year, of an identifying text only that there is one."""
    field = _identifying(model).get(name) if model is not None else None
    if field is None or value in (None, ""):
        return value
    if not isinstance(field, models.DateField | PartialDateField):
        return WITHHELD
    year = YEAR.search(str(value))
    return year[0] if year else WITHHELD


def masked_row(model: type[models.Model] | None, row: Mapping[str, Any]) -> Row:
    return {name: masked(model, name, value) for name, value in row.items()}


def deidentified(form_type: FormType, record: Row, rows: Sequence[Row]) -> tuple[Row, list[Row]]:
    """A form as `read_forms` has it; what is written of a lesion's place stands at the lesion."""
    model = Lesion if form_type.has_lesions else form_type.rows
    return masked_row(form_type.record, record), [masked_row(model, row) for row in rows]


def withhold(entry: Entry) -> None:
    """Mask what is stored of a form before it is put in words."""
    for form in (entry.record_form, *(entry.rows or ())):
        form.initial = masked_row(form._meta.model, form.initial)
        form.untaken = withheld(form.untaken)


def withheld(texts: Mapping[str, Untaken]) -> dict[str, Untaken]:
    """Only at which fields something waits: whatever was typed into the wrong one may tell who somebody is."""
    return {name: Untaken(WITHHELD, "") for name in texts}


def may_identify(access: Access, site_id: int) -> bool:
    return access.can(Permission.VIEW_IDENTIFYING, site_id)


@cache
def _identifying(model: type[models.Model]) -> dict[str, models.Field]:
    return {field.name: field for field, item in columns_of(model) if item.identifying}
