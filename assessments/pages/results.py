"""The results on the page of a laboratory sample: each analyte a row, with what follows from its value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessments.codelists import GradeBound, RangeFlag
from assessments.forms.results import WORDS, ResultForm
from components.templatetags.form_rows import stored_text
from laboratory.analytes import Analyte
from laboratory.ranges import Limits
from laboratory.results import GradedResult, GradingSetting, outcome, unusual
from laboratory.units import MOST_DECIMALS, SHOWN_DECIMALS, shown
from protocol import current
from values.numbers import Result


@dataclass(frozen=True)
class Found:
    """What the server says of a result. `name` is its row's; everything else is words, empty where there is none.

    `question` is what its check will ask, which a form's page says at the field; `open` why a flag or grade is missing.
    """

    name: str
    limits: str = ""
    flag: str = ""
    grade: int | None = None
    grade_bound: str = ""
    toxicity: str = ""
    converted: str = ""
    question: str = ""
    open: tuple[str, ...] = ()

    @property
    def without_limits(self) -> "Found":
        """For a table that has them, and the value in SI units, in columns of their own."""
        return replace(self, name=f"{self.name}-read", limits="", converted="")

    @property
    def words(self) -> list[str]:
        """All of it, for one line of text."""
        limits = f" ({self.limits})" if self.limits else ""
        graded = f"grade {self.grade_words}" if self.grade is not None else ""
        parts = (self.converted, f"{self.flag_words}{limits}".strip(), graded, self.question, *self.open)
        return [part for part in parts if part]

    @property
    def flag_words(self) -> str:
        return str(RangeFlag(self.flag).label) if self.flag else ""

    @property
    def grade_title(self) -> str:
        """Grade 4; at least grade 2."""
        bound = f"{GradeBound(self.grade_bound).label} grade" if self.grade_bound else "Grade"
        return f"{bound} {self.grade}"

    @property
    def grade_words(self) -> str:
        if self.grade is None:
            return ""
        bound = f"{GradeBound(self.grade_bound).label.lower()} " if self.grade_bound else ""
        return f"{bound}{self.grade} {self.toxicity}".strip()


@dataclass(frozen=True)
class ResultRow:
    form: ResultForm
    label: str
    needed: bool
    found: Found


def result_page(rows: Any) -> dict[str, Any]:
    """Prepares the rows for their table; a unit is offered only where the analyte is reported in it."""
    return {"rows": [_dressed(row) for row in rows], "version": current().ctcae_version}


HEAD = ("Analyte", "Result", "Limits", "In SI units", "Flag", "CTCAE grade", "Clinically significant")


def result_table(rows: Any) -> dict[str, Any]:
    """The stored results to read, in the shape of every form's rows; an analyte without an entry is left out."""
    stored = [row for row in rows if "id" in row.initial]
    return {
        "head": list(HEAD),
        "rows": [{"cells": _cells(row), "struck": bool(row.initial["struck_out"])} for row in stored],
    }


def _cells(row: ResultForm) -> list[tuple[str, str]]:
    """(id of the item, words); "" where what is shown is no item."""
    outcome = found_of(row)
    unit = stored_text(row["unit"]) if row.initial["value"] is not None else ""
    result = f"{row.initial['value'] or ''} {unit}".strip() or stored_text(row["not_done"])
    matters = stored_text(row["clinically_significant"])
    name = row.analyte.label if row.analyte else ""
    computed = (outcome.limits, outcome.converted, outcome.flag_words, outcome.grade_words)
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
    if stored.get("value") is None or row.analyte is None:
        return Found(row.prefix)
    return Found(
        row.prefix,
        _span(stored["lower_limit"], stored["upper_limit"]),
        stored["flag"],
        stored["grade"],
        stored["grade_bound"],
        stored["toxicity"],
        _in_si(row.analyte, stored["unit"], stored["standard_value"]),
        open=tuple(_open_of_stored(row.analyte, stored)),
    )


def _open_of_stored(analyte: Analyte, stored: Mapping[str, Any]) -> Iterator[str]:
    """Why a stored result has no flag or no grade, as far as it and its limits tell."""
    if stored["flag"] and stored["grade"] is not None:
        return
    if stored["unit"] not in [unit.code for unit in analyte.units]:
        yield "No flag and no grade: the unit is missing."
        return
    low, high = (
        None if limit is None else analyte.in_si(limit, stored["unit"])
        for limit in (stored["lower_limit"], stored["upper_limit"])
    )
    stored_outcome = outcome(
        analyte.code, stored["value"], stored["unit"], Limits(low, high), GradingSetting(current().ctcae_version)
    )
    if not stored["flag"]:
        yield _no_flag(stored_outcome, stored["sampled_on"])
    if stored["grade"] is None:
        yield f"No grade: {stored_outcome.graded.why}." if stored_outcome.graded.why else "No grade."


def _computed(row: ResultForm) -> Found:
    outcome, typed = row.outcome, row.cleaned_data
    assert outcome is not None
    return Found(
        row.prefix,
        _span(outcome.low, outcome.high),
        outcome.flag,
        outcome.graded.grade,
        outcome.graded.bound,
        outcome.graded.term,
        _in_si(row.analyte, typed["unit"], Result(outcome.qualifier, shown(outcome.value))),
        question=unusual(outcome.analyte.code, typed["value"], typed["unit"]),
        open=tuple(_open(outcome, typed["sampled_on"])),
    )


def _open(outcome: GradedResult, sampled_on: date | None) -> Iterator[str]:
    if outcome.why_no_flag:
        yield _no_flag(outcome, sampled_on)
    if outcome.graded.grade is None:
        yield f"No grade: {outcome.graded.why}."


def _no_flag(outcome: GradedResult, sampled_on: date | None) -> str:
    return f"No flag: {outcome.why_no_flag if sampled_on else 'the sample has no date yet'}."


def _in_si(analyte: Analyte | None, unit: str, value: Result | None) -> str:
    """The value in the SI unit, where it was reported in another."""
    if analyte is None or value is None or unit == analyte.si.code:
        return ""
    number = shown(Fraction(value.value), MOST_DECIMALS if value.is_limit else SHOWN_DECIMALS)
    return f"{value.qualifier}{number:f} {analyte.si.label}"


def _span(low: Decimal | Fraction | None, high: Decimal | Fraction | None) -> str:
    if low is None and high is None:
        return ""
    if low is None:
        return f"up to {_plain(high)}"
    return f"from {_plain(low)}" if high is None else f"{_plain(low)} to {_plain(high)}"


def _plain(number: Decimal | Fraction | None) -> str:
    return "" if number is None else f"{shown(Fraction(number), SHOWN_DECIMALS):f}"
