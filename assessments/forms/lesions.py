"""The Django form of one lesion at one assessment, and how its diameters are read."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from assessments.codelists import LesionKind, LesionState
from assessments.entering.row_names import waits
from assessments.entering.untaken import Untaken
from assessments.forms.items import ItemForm
from assessments.forms.past_times import dated_columns
from assessments.forms.sharing import shared
from assessments.items import heads_of
from assessments.models import Lesion, LesionResult
from components.days import TypedPartialDayField
from components.numbers import TypedNumber
from values.numbers import retypable, written

FRAGMENT = re.compile(r"[+;]")
PARTED = re.compile(r"\s*([0-9.,]+)\s+([0-9.,]+)\s*")


class DiametersField(TypedNumber, forms.CharField):
    """One diameter in millimetres, or those of the fragments of a split lesion: `15 + 10`, `15,5 + 10`."""

    def to_python(self, value: Any) -> list[Decimal]:  # type: ignore[override]
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return []
        parts = value if isinstance(value, list) else self._fragments(value)
        return [self._millimetres(part) for part in parts]

    @staticmethod
    def _fragments(value: Any) -> list[Any]:
        if not isinstance(value, str):
            return [value]
        parted = PARTED.fullmatch(value)
        if parted:
            first, second = parted.groups()
            raise ValidationError(
                f"“{first} {second}” may be one diameter or two: write {first}{second}, or {first} + {second}."
            )
        return FRAGMENT.split(value)

    def _millimetres(self, part: Any) -> Decimal:
        size = super().to_python(part)
        if size is None:
            raise ValidationError("A fragment is missing: write 15 + 10.")
        if not 0 <= size <= 999:
            raise ValidationError(f"{written(size)} mm cannot be: enter 0 to 999 mm.")
        if size != round(size, 2):
            raise ValidationError(f"{written(size)} mm: at most two decimals.")
        return size

    def has_changed(self, initial: Any, data: Any) -> bool:
        """A row that was never saved has no list of diameters yet: left blank it is as it was."""
        return super().has_changed(initial or [], data)

    def prepare_value(self, value: Any) -> Any:
        return " + ".join(map(retypable, value)) if isinstance(value, list) else value


STATES = {
    LesionKind.TARGET: (LesionState.MEASURED, LesionState.TOO_SMALL, LesionState.ABSENT, LesionState.NOT_ASSESSED),
    LesionKind.NON_TARGET: (
        LesionState.PRESENT,
        LesionState.ABSENT,
        LesionState.PROGRESSED,
        LesionState.NOT_ASSESSED,
    ),
    LesionKind.NEW: (
        LesionState.UNEQUIVOCAL,
        LesionState.EQUIVOCAL,
        LesionState.ABSENT,
        LesionState.MEASURED,
        LesionState.NOT_ASSESSED,
    ),
}


# Outside of its row an item is called by its lesion: in messages, in "old -> new".
LESION_WORDS = {
    "diameters_mm": "diameter",
    "state": "finding",
    "examined_on": "date of procedure",
    "method": "method",
    "location": "organ",
    "location_detail": "location detail",
    "kind": "kind",
    "struck_out": "struck out",
}


class LesionForm(ItemForm):
    """One lesion at one assessment: a carried one by its label, or one that is seen for the first time."""

    label = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    diameters_mm = DiametersField(required=False, label="Diameter")
    state = forms.ChoiceField(required=False, choices=[("", ""), *LesionState.choices], label="Finding")
    examined_on = TypedPartialDayField(required=False, label="Date of procedure")

    class Meta:
        model = Lesion
        fields = ["kind", "location", "location_detail", "method", "struck_out"]

    def __init__(
        self, *args: Any, known: dict[str, tuple[Lesion, bool]] | None = None, at_baseline: bool = False, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.known, self.at_baseline = known or {}, at_baseline

    @property
    def heads(self) -> Mapping[str, str]:
        return heads_of(Lesion) | heads_of(LesionResult)

    @property
    def dated(self) -> tuple[models.Field, ...]:
        # A lesion has no date of its own, what was found of it has.
        return dated_columns(LesionResult)

    def own_fields(self) -> None:
        super().own_fields()
        for name in LESION_WORDS:
            self.fields[name].label = self.label_of(name)
        if self.at_baseline:
            kind = cast(forms.ChoiceField, self.fields["kind"])
            kind.choices = [choice for choice in kind.choices if choice[0] != LesionKind.NEW]

    def label_of(self, name: str) -> str:
        label = self.data.get(self.add_prefix("label")) or self.initial.get("label")
        lesion = "New lesion" if waits(label) else label or "New lesion"
        return f"{lesion} {LESION_WORDS[name]}" if name in LESION_WORDS else super().label_of(name)

    def show_untaken(self, name: str, untaken: Untaken) -> None:
        """Why a whole row waits is said at its kind, by which it would be named."""
        waiting = self.is_waiting
        super().show_untaken(name, replace(untaken, why="") if waiting else untaken)
        if waiting and untaken.why:
            self.errors["kind"] = self.error_class([untaken.why])

    @property
    def is_waiting(self) -> bool:
        """Whether everything of the row waits, because it has no kind."""
        return waits(self.initial.get("label"))

    @property
    def counts(self) -> bool:
        label = self.cleaned_data.get("label")
        if label and not waits(label):
            return True
        says = bool(self.cleaned_data.get("kind")) and (self.keeps or self.has_changed())
        return says and not (waits(label) and self.cleaned_data.get("struck_out"))

    @property
    def lacks_name(self) -> bool:  # type: ignore[override]
        label = self.data.get(self.add_prefix("label"))
        return self.at_baseline and "kind" in self.errors and (not label or waits(label))

    @property
    def is_struck(self) -> bool:
        """To take back what waits strikes out nothing."""
        return super().is_struck and not self.is_waiting

    def clean(self) -> dict[str, Any]:
        self._say_which_lesion()
        values = super().clean()
        if "diameters_mm" in self.errors or values.get("struck_out"):
            return values
        values["state"] = values.get("state") or self._state_that_follows(values)
        self._refuse_contradictions(values)
        if not values["state"] and "state" not in self.errors:
            self._refuse_parts(values)
        return values

    def _say_which_lesion(self) -> None:
        """What a lesion is was told where it was first seen; a new one at a later assessment is of kind new."""
        values, label = self.cleaned_data, self.cleaned_data.get("label")
        label = "" if self.at_baseline and waits(label) else label
        if label and label not in self.known:
            self.add_error("label", f"This subject has no lesion {label}.")
            return
        told_here = True
        if label:
            lesion, told_here = self.known[label]
            for name in ("kind", "location", "location_detail", "method"):
                values[name] = values.get(name) or getattr(lesion, name)
            if not told_here:
                of_lesion = {name: getattr(lesion, name) for name in ("kind", "location", "location_detail")}
                values |= of_lesion | {"struck_out": False}
        if told_here and not self.at_baseline:
            values["kind"] = LesionKind.NEW
        elif told_here and values.get("kind") == LesionKind.NEW:
            self.add_error("kind", "At baseline a lesion is a target or a non-target lesion.")
        elif told_here and self._says_something() and not values.get("kind") and "kind" not in self.errors:
            # Also in a draft: its label, by which it is known from now on, begins with its kind.
            self.add_error("kind", "Choose whether it is a target or a non-target lesion.")

    def _says_something(self) -> bool:
        if self.is_waiting and self.cleaned_data.get("struck_out"):
            return False
        return self.has_changed()

    def _refuse_parts(self, values: dict[str, Any]) -> None:
        """What is kept with a finding alone: without one it waits in a draft, and is not lost."""
        lesion, told_here = self.known.get(values.get("label") or "", (None, True))
        if values.get("examined_on"):
            self.add_error("examined_on", "This is the date of a finding: enter the finding.")
        if not told_here and lesion and values.get("method") != lesion.method:
            self.add_error("method", "This is the method of a finding: enter the finding.")

    def _state_that_follows(self, values: dict[str, Any]) -> str:
        sizes = values.get("diameters_mm")
        if sizes:
            values["diameters_mm"] = sizes if sum(sizes) else []
            return LesionState.MEASURED if sum(sizes) else LesionState.ABSENT
        if self.at_baseline and values.get("kind") == LesionKind.NON_TARGET:
            return LesionState.PRESENT
        # A lesion carried on says nothing by itself: an equivocal one that was left blank must not become proven.
        first_sight = values.get("kind") == LesionKind.NEW and not values.get("label")
        return LesionState.UNEQUIVOCAL if first_sight else ""

    def _refuse_contradictions(self, values: dict[str, Any]) -> None:
        state, sizes, kind = values["state"], values.get("diameters_mm") or [], values.get("kind")
        if state == LesionState.MEASURED and not sum(sizes):
            self.add_error("diameters_mm", "A measured lesion needs a diameter above 0 mm.")
        if sizes and state not in (LesionState.MEASURED, ""):
            self.add_error("diameters_mm", f"“{LesionState(state).label}” and a diameter exclude each other.")
        if state and kind and state not in STATES[LesionKind(kind)]:
            of_kind = LesionKind(kind).label.lower()
            self.add_error("state", f"“{LesionState(state).label}” does not fit a {of_kind} lesion.")
        if self.complete and not state:
            self.add_error("state", "A finding is required: a diameter, gone, or not assessed.")


shared(LesionForm)
