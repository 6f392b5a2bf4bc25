"""What was typed into a draft and cannot be taken as a value: it waits beside the draft until its field is mended.

A draft is saved without it. Its field shows it again, with the reason, to everybody who may type there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assessments.entering.row_names import item_of_row
from assessments.models import CaseForm, UntakenText


@dataclass(frozen=True)
class Untaken:
    """`why` is empty for what is only a part of another field's text: the unit of a result that nobody can read."""

    text: str
    why: str


DROPPED = Untaken("", "")


@dataclass(frozen=True)
class AtItem:
    """A text at its item. `row` holds the values of the item's row, which has its name once it was stored."""

    name: str
    untaken: Untaken
    row: Mapping[str, Any] | None = None

    @property
    def item(self) -> str:
        return self.name if self.row is None else item_of_row(self.row, self.name)


def kept_texts(case_form: CaseForm | None) -> dict[str, Untaken]:
    """By item, what waits at a form. A form where nothing does costs no statement."""
    if case_form is None or not case_form.untaken:
        return {}
    texts = UntakenText.objects.filter(case_form=case_form).values_list("item", "text", "why")
    return {item: Untaken(text, why) for item, text, why in texts}


def texts_of(case_forms: Iterable[CaseForm]) -> dict[int, dict[str, Untaken]]:
    """The same of many forms, by the form's key. One statement, and none where nothing waits."""
    keys = [case_form.pk for case_form in case_forms if case_form.untaken]
    texts: dict[int, dict[str, Untaken]] = {key: {} for key in keys}
    for text in UntakenText.objects.filter(case_form__in=keys).order_by("item") if keys else ():
        texts[text.case_form_id][text.item] = Untaken(text.text, text.why)
    return texts


def store_untaken(case_form: CaseForm, texts: Iterable[AtItem], *, before: Mapping[str, Untaken]) -> None:
    """Bring what is kept in line with what waits now; no statement where nothing did and nothing does."""
    now = {text.item: text.untaken for text in texts}
    if gone := before.keys() - now.keys():
        UntakenText.objects.filter(case_form=case_form, item__in=gone).delete()
    changed = {item: untaken for item, untaken in now.items() if before.get(item) != untaken}
    if changed:
        UntakenText.objects.bulk_create(
            [UntakenText(case_form=case_form, item=item, text=at.text, why=at.why) for item, at in changed.items()],
            update_conflicts=True,
            unique_fields=["case_form", "item"],
            update_fields=["text", "why"],
        )
