"""What a form class shares with each of its forms: to copy fields and choices costs more than a save's checks."""

import re
from collections.abc import Iterator
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import ManagementForm
from django.utils.choices import BaseChoiceIterator
from django.utils.functional import cached_property

from components.numbers import TypedWholeNumberField

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


OF_ROW = re.compile(r"-([0-9]{1,9})-")


@shared
class RowCounts(ManagementForm):
    """How many rows were sent: none is passed over because a count says that it is not there."""

    TOTAL_FORMS = TypedWholeNumberField(min_value=0, widget=forms.HiddenInput)
    INITIAL_FORMS = TypedWholeNumberField(min_value=0, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        counts: dict[str, Any] = super().clean() or self.cleaned_data
        beyond = [name for name in self.data if self._number(name) >= counts["TOTAL_FORMS"]]
        if beyond and "TOTAL_FORMS" not in self.errors:
            raise ValidationError("There are more rows than that.")
        return counts

    def _number(self, name: str) -> int:
        """The number of the row that a name is of, -1 for none."""
        of_row = OF_ROW.match(name, len(self.prefix or "")) if name.startswith(f"{self.prefix}-") else None
        return int(of_row[1]) if of_row else -1


class RowSet(forms.BaseFormSet):
    default_error_messages = forms.BaseFormSet.default_error_messages | {
        "missing_management_form": "How many rows there are cannot be read: nothing was saved. Open the form again."
    }

    @cached_property
    def management_form(self) -> ManagementForm:
        if not self.is_bound:
            return super().management_form
        counts = RowCounts(self.data, auto_id=self.auto_id, prefix=self.prefix, renderer=self.renderer, label_suffix="")
        counts.full_clean()
        return counts
