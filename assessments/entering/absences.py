"""Items that are needed and have no value: the site says which were not done or are not known, and why.

On a form the reason stands in a field of its own beside the item, called `no_` and the item's name; in the database in
a row of ItemAbsence. *Complete* takes an item with a reason as answered.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.db import models

from assessments.codelists import AbsenceReason
from assessments.entering.completeness import EMPTY
from assessments.items import Item, by_version, items_of
from assessments.models import CaseForm, ItemAbsence

PREFIX = "no_"
SAYS_UNKNOWN = frozenset({"U", "UNKNOWN", "NOT DONE", "NOT REPORTED", "NE", "NA", "NOT APPLICABLE"})


def lackable(model: type[models.Model]) -> tuple[str, ...]:
    """The items of a record that may be without a value, with a reason.

    Those that are needed, unless what is derived rests on them or their code list has a word for it itself.
    """
    names: tuple[str, ...] = by_version(
        f"lackable {model.__name__}",
        lambda: tuple(field.name for field, item in items_of(model) if _may_lack(field, item)),
    )
    return names


def _may_lack(field: models.Field, item: Item) -> bool:
    if item.may_lack is not None:
        return item.may_lack
    said_itself = SAYS_UNKNOWN.intersection(code for code, _ in field.choices or ())
    return item.required and not item.critical and not said_itself


def absence_fields(model: type[models.Model]) -> dict[str, forms.Field]:
    """The field of each reason, by its name on a form."""
    labels = {field.name: str(field.verbose_name) for field, _ in items_of(model)}
    return {
        f"{PREFIX}{name}": forms.ChoiceField(
            required=False, choices=[("", ""), *AbsenceReason.choices], label=f"{labels[name]}: why there is none"
        )
        for name in lackable(model)
    }


def reasons_in(values: Mapping[str, Any]) -> dict[str, str]:
    """By item, the reason that was given; from checked or stored values of a record."""
    return {name.removeprefix(PREFIX): why for name, why in values.items() if why and _is_reason(name)}


def without_reasons(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if not _is_reason(name)}


def settle(model: type[models.Model], values: dict[str, Any], unread: Collection[str] = ()) -> dict[str, str]:
    """Empty the reasons of items that do not apply; by item, what is wrong with those that are left."""
    given = reasons_in(values)
    items = {field.name: item for field, item in items_of(model)} if given else {}
    for name in given:
        only_if = items[name].only_if
        if not items[name].applies(values) and only_if and only_if[0] not in unread:
            values[f"{PREFIX}{name}"] = ""
    both = [name for name in reasons_in(values) if values.get(name) not in EMPTY]
    return dict.fromkeys(both, "There is a value: take the reason back, or the value.")


def stored_reasons(model: type[models.Model], keys: list[int]) -> dict[int, dict[str, str]]:
    """By form, its reasons as fields of the form; one statement, none for a form whose items all have values."""
    names = lackable(model)
    reasons: dict[int, dict[str, str]] = {key: {f"{PREFIX}{name}": "" for name in names} for key in keys}
    for key, item, reason in _absences(keys) if names and keys else ():
        if item in names:
            reasons[key][f"{PREFIX}{item}"] = reason
    return reasons


def _absences(keys: list[int]) -> list[tuple[int, str, str]]:
    return list(ItemAbsence.objects.filter(case_form__in=keys).values_list("case_form_id", "item", "reason"))


def store_reasons(case_form: CaseForm, reasons: Mapping[str, str], *, before: Mapping[str, str]) -> None:
    """Bring the stored reasons in line with those given; no statement where none changed."""
    if gone := before.keys() - reasons.keys():
        ItemAbsence.objects.filter(case_form=case_form, item__in=gone).delete()
    changed = {item: reason for item, reason in reasons.items() if before.get(item) != reason}
    if changed:
        ItemAbsence.objects.bulk_create(
            [ItemAbsence(case_form=case_form, item=item, reason=reason) for item, reason in changed.items()],
            update_conflicts=True,
            unique_fields=["case_form", "item"],
            update_fields=["reason"],
        )


def _is_reason(name: str) -> bool:
    return name.startswith(PREFIX)
