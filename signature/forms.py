"""What is typed to shut or open a place."""

from typing import Any

from django import forms

from accounts.forms import ReasonForm
from signature.preflight import OpenWork


class ShutForm(ReasonForm):
    """Why; and, where something is open still, that it is locked all the same."""

    use_required_attribute = False
    all_the_same = forms.BooleanField(
        label="Lock anyway", required=False, help_text="What is open is recorded with the lock."
    )

    def __init__(self, data: Any, open_work: OpenWork | None = None) -> None:
        super().__init__(data)
        self.open_work = open_work
        if open_work is None or not open_work.lines:
            del self.fields["all_the_same"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        confirms = "all_the_same" in self.fields
        if confirms and not values.get("all_the_same") and self.open_work:
            self.add_error("all_the_same", f"Still open: {self.open_work.words}. Finish it, or choose “Lock anyway”.")
        values.pop("all_the_same", None)
        return values | {"overridden": self.open_work.words if confirms and self.open_work else ""}
