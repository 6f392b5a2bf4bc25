"""Items of a form's rows. A query names a row by its label or number, which stay; its place moves with the next row."""

import re

from assessments.catalogue import CATALOGUE
from assessments.entering.entry import lesions_of, row_name, stored_values
from assessments.models import CaseForm

# rows[T03]-state: the row's label or number, then the item.
ROW_ITEM = re.compile(r"rows\[([^\[\]]{1,20})\]-(\w{1,35})", re.ASCII)
# rows-2-state: the row's place, as a page and the errors of a save name it.
PLACED = re.compile(r"rows-(\d{1,3})-(\w{1,35})", re.ASCII)


def row_names(case_form: CaseForm) -> list[str]:
    """The label or number of each row, in the order of the form's page."""
    form_type = CATALOGUE[case_form.code]
    lesions = lesions_of(case_form.subject) if form_type.has_lesions else []
    return [row_name(row) for row in stored_values(form_type, case_form, lesions).rows]


def named(case_form: CaseForm, item: str) -> str:
    """An item with its row by name, however it was given; "" where the form has no such row."""
    placed, by_name = PLACED.fullmatch(item), ROW_ITEM.fullmatch(item)
    if placed is None and by_name is None:
        return item
    names = row_names(case_form)
    if placed is not None:
        place = int(placed[1])
        return f"rows[{names[place]}]-{placed[2]}" if place < len(names) else ""
    return item if by_name is not None and by_name[1] in names else ""
