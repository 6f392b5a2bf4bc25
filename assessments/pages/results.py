"""The results on the page of a laboratory sample: each analyte a row, with what follows from its value."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessments.codelists import RangeFlag
from assessments.laboratory_forms import WORDS, ResultForm
from laboratory.analytes import Analyte
from laboratory.units import shown
from trialsite.protocol import current
from trialsite.templatetags.form_rows import stored_text

DECIMALS = 4


@dataclass(frozen=True)
class Found:
    """What the server says of a result. `name` is its row's; everything else is words, empty where there is none."""

    name: str
    limits: str = ""
    flag: str = ""
    grade: int | None = None
    toxicity: str = ""
    converted: str = ""

    @property
    def flag_words(self) -> str:
        return str(RangeFlag(self.flag).label) if self.flag else ""

    @property
    def grade_words(self) -> str:
        return f"{self.grade} {self.toxicity}".strip() if self.grade is not None else ""


@dataclass(frozen=True)
class ResultRow:
    form: ResultForm
    label: str
    needed: bool
    found: Found


def result_page(rows: Any) -> dict[str, Any]:
    """Prepares the rows for their table; a unit is offered only where the analyte is reported in it."""
    return {"rows": [_dressed(row) for row in rows], "version": current().ctcae_version}


HEAD = ("Analyte", "Result", "Limits", "In SI units", "Against the limits", "CTCAE grade", "Clinically significant")


def result_table(rows: Any) -> dict[str, Any]:
    """The stored results to read, in the shape of every form's rows; an analyte without an entry is left out."""
    stored = [row for row in rows if "id" in row.initial]
    return {
        "head": list(HEAD),
        "rows": [{"cells": _cells(row), "struck": bool(row.initial["struck_out"])} for row in stored],
    }


def _cells(row: ResultForm) -> list[tuple[str, str]]:
    """(id of the item, words); "" where what is shown is no item."""
    found = found_of(row)
    unit = stored_text(row["unit"]) if row.initial["value"] is not None else ""
    result = f"{stored_text(row['value'])} {unit}".strip() or stored_text(row["not_done"])
    matters = stored_text(row["clinically_significant"])
    name = row.analyte.label if row.analyte else ""
    computed = (found.limits, found.converted, found.flag_words, found.grade_words)
    return [
        ("", name),
        (row["value"].auto_id, result),
        *(("", words) for words in computed),
        (row["clinically_significant"].auto_id, matters),
    ]


def _dressed(row: ResultForm) -> ResultRow:
    analyte = row.analyte
    for item in WORDS:
        field = row.fields[item]
        field.label = row.label_of(item)
        field.widget.attrs.pop("data-only-if", None)
        if item != "clinically_significant":
            field.widget.attrs["aria-label"] = field.label
    if analyte is not None:
        row.fields["unit"].choices = _units(row, analyte)
    return ResultRow(row, analyte.label if analyte else "", row.is_asked, found_of(row))


def _units(row: ResultForm, analyte: Analyte) -> list[tuple[str, str]]:
    known = [(unit.code, unit.label) for unit in analyte.units]
    return known if len(known) == 1 and row["unit"].value() else [("", "unit?"), *known]


def found_of(row: ResultForm) -> Found:
    """Of a row that was sent, what follows from it; of one that is only shown, what was stored with it."""
    if row.is_bound:
        return _computed(row) if row.outcome else Found(row.prefix)
    stored = row.initial
    if stored.get("value") is None:
        return Found(row.prefix)
    return Found(
        row.prefix,
        _span(stored["lower_limit"], stored["upper_limit"]),
        stored["flag"],
        stored["grade"],
        stored["toxicity"],
        _in_si(row.analyte, stored["unit"], stored["standard_value"]),
    )


def _computed(row: ResultForm) -> Found:
    outcome = row.outcome
    assert outcome is not None
    return Found(
        row.prefix,
        _span(outcome.low, outcome.high),
        outcome.flag,
        outcome.graded.grade,
        outcome.graded.term,
        _in_si(row.analyte, row.cleaned_data["unit"], outcome.value),
    )


def _in_si(analyte: Analyte | None, unit: str, value: Decimal | Fraction | None) -> str:
    """The value in the SI unit, where it was reported in another."""
    if analyte is None or value is None or unit == analyte.si.code:
        return ""
    return f"{_plain(value)} {analyte.si.label}"


def _span(low: Decimal | Fraction | None, high: Decimal | Fraction | None) -> str:
    if low is None and high is None:
        return ""
    if low is None:
        return f"up to {_plain(high)}"
    return f"from {_plain(low)}" if high is None else f"{_plain(low)} to {_plain(high)}"


def _plain(number: Decimal | Fraction | None) -> str:
    return "" if number is None else f"{shown(Fraction(number), DECIMALS):f}"
