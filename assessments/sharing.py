"""What a form class shares with each of its forms: to copy fields and choices costs more than a save's checks."""

from collections.abc import Iterator
from typing import Any, TypeVar

from django import forms
from django.forms.formsets import ManagementForm
from django.utils.choices import BaseChoiceIterator
from django.utils.functional import cached_property

F = TypeVar("F", bound=type[forms.BaseForm])


class SharedFields(dict[str, forms.Field]):
    """The fields of a form class, the same ones in each of its forms."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "SharedFields":
        return self


class SharedChoices(BaseChoiceIterator):
    """Choices that Django neither copies, term by term, nor looks through anew for each value."""

    def __init__(self, choices: tuple[Any, ...]) -> None:
        self.choices = choices

    def __iter__(self) -> Iterator[Any]:
        return iter(self.choices)

    def __deepcopy__(self, memo: dict[int, Any]) -> "SharedChoices":
        return self


def shared(form: F) -> F:
    """Have the forms of this class share its fields, and fields that are copied after all their choices."""
    for field in form.base_fields.values():
        if isinstance(field, forms.ChoiceField):
            field.choices = SharedChoices(tuple(field.choices))
    form.base_fields = SharedFields(form.base_fields)
    return form


@shared
class RowCounts(ManagementForm):
    """How many rows were sent."""


class RowSet(forms.BaseFormSet):
    """The rows of a form."""

    @cached_property
    def management_form(self) -> ManagementForm:
        if not self.is_bound:
            return super().management_form
        counts = RowCounts(self.data, auto_id=self.auto_id, prefix=self.prefix, renderer=self.renderer, label_suffix="")
        counts.full_clean()
        return counts
