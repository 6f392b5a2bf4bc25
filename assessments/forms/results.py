"""The rows of a laboratory form: each an analyte of the protocol's list, checked together, because they depend on
each other (calcium on albumin) and on the sample (its date, fasting)."""

from typing import Any

from django.utils import timezone

from assessments.forms.items import RowForm
from assessments.forms.sharing import RowSet
from assessments.laboratory.samples import NOTHING, Bench, bench, computed, outcomes
from assessments.models.laboratory import NUMBER_OF
from laboratory.analytes import ANALYTES
from laboratory.results import GradedResult, impossible

WORDS = {
    "value": "result",
    "unit": "unit",
    "not_done": "reason not done",
    "clinically_significant": "clinically significant",
}


class ResultForm(RowForm):
    """One analyte of a sample. Which one it is stands in the row that was offered, or is sent by its code."""

    def __init__(self, *args: Any, optional: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        code = self.initial.get("analyte") or self.data.get(self.add_prefix("analyte")) or ""
        self.analyte = ANALYTES.get(code)
        self.is_optional = code in optional
        self.outcome: GradedResult | None = None

    def label_of(self, name: str) -> str:
        words = f"{self.analyte.label if self.analyte else 'New'} {WORDS.get(name, '')}"
        return words.strip() if name in WORDS else super().label_of(name)

    @property
    def is_asked(self) -> bool:
        """Whether *complete* needs a result, or why there is none."""
        return not self.is_optional and bool(self.initial)

    @property
    def changed_data(self) -> list[str]:
        """Of a row that was offered and left blank nothing has changed; which analyte it is never does."""
        names = [name for name in super().changed_data if name not in ("row", "analyte")]
        offered = bool(self.initial) and "id" not in self.initial
        typed = getattr(self, "cleaned_data", None)  # Django asks before it has checked, too
        return [] if offered and typed is not None and not _says_something(typed) else names

    def clean(self) -> dict[str, Any]:
        typed = dict(self.cleaned_data)
        left_out = self.is_optional and not _says_something(typed)
        self.complete = self.complete and not left_out
        values = super().clean()
        if typed.get("not_done") and typed.get("value") is not None:
            self.add_error("not_done", f"There is a result, {typed['value']}: a reason for none excludes it.")
        if values.get("analyte"):
            values["row"] = NUMBER_OF[values["analyte"]]
        elif _says_something(typed) and "analyte" not in self.errors:
            self.add_error("analyte", "Enter the analyte.")
        self._refuse_impossible(values)
        return values | NOTHING

    def _refuse_impossible(self, values: dict[str, Any]) -> None:
        value, unit = values.get("value"), values.get("unit")
        if self.analyte is None or value is None or "unit" in self.errors:
            return
        if unit not in [known.code for known in self.analyte.units]:
            asked_for = ", ".join(known.label for known in self.analyte.units)
            self.add_error("unit", f"Choose the unit of {self.analyte.label} {value}: {asked_for}.")
        elif cannot := impossible(self.analyte.code, value, unit):
            self.add_error("value", cannot)

    @property
    def counts(self) -> bool:
        """Whether there is something to store: a row that was offered and left blank is not."""
        return self.keeps or "id" in self.initial or _says_something(self.cleaned_data)


def _says_something(values: dict[str, Any]) -> bool:
    return values.get("value") is not None or bool(values.get("not_done") or values.get("clinically_significant"))


class ResultSet(RowSet):
    """The rows of one sample. `entry` is what they belong to: subject, form, and the form of the sample's date."""

    entry: Any

    def clean(self) -> None:
        """Compute what follows from every row, and ask what only that tells."""
        at = self._bench()
        rows = [row for row in self.forms if row.cleaned_data.get("analyte")]
        graded = outcomes(at, _sample(self.entry), [row.cleaned_data for row in rows if not row.errors])
        self._refuse_strangers(rows)
        for row in (row for row in rows if row.cleaned_data.get("analyte")):
            row.outcome = graded.get(row.cleaned_data["analyte"])
            row.cleaned_data |= computed(at, row.outcome)
            _ask_what_it_means(row)

    def _bench(self) -> Bench:
        on = _sample(self.entry).get("sample_date")
        known = on if on and on <= timezone.localdate() else None
        analytes = {row.cleaned_data["analyte"] for row in self.forms if row.cleaned_data.get("analyte")}
        return bench(self.entry.subject, known, self.entry.case_form, analytes)

    def _refuse_strangers(self, rows: list[ResultForm]) -> None:
        seen: set[str] = set()
        for row in rows:
            code = row.cleaned_data["analyte"]
            if not row.initial:
                row.add_error("analyte", f"{ANALYTES[code].label} is not one of this form's analytes.")
            elif code in seen:
                row.add_error("analyte", f"{ANALYTES[code].label} appears twice.")
            seen.add(code)


def _sample(entry: Any) -> dict[str, Any]:
    entry.record_form.is_valid()
    sample: dict[str, Any] = entry.record_form.cleaned_data
    return sample


def _ask_what_it_means(row: ResultForm) -> None:
    abnormal = row.outcome is not None and row.outcome.flag in ("LOW", "HIGH")
    if row.complete and abnormal and not row.cleaned_data.get("clinically_significant"):
        side = "below" if row.outcome.flag == "LOW" else "above"  # type: ignore[union-attr]
        question = f"It is {side} the limits of normal: state whether it is clinically significant."
        row.add_error("clinically_significant", question)
