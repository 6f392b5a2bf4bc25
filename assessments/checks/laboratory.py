"""Checks of laboratory samples: results that another unit would explain, and significant ones without an event."""

from collections.abc import Mapping
from typing import Any

from assessments.catalogue import SAMPLES
from assessments.checks.check import Check, CheckedCasebook, Form, Found
from assessments.checks.days import shown
from assessments.laboratory.samples import unusual_results
from laboratory.analytes import ANALYTES

SIDES = {"LOW": "below", "HIGH": "above"}


def far_from_usual(form: Form) -> Found:
    """A result is far from what is common; the number may belong to another unit."""
    yield from unusual_results(form.rows)


def no_event(form: Form, book: CheckedCasebook) -> Found:
    """A result after screening is clinically significant, and no adverse event covers its day."""
    day = str(form["sample_date"] or "")
    if not day or (form.visit is not None and form.visit.kind == "screening"):
        return
    if any(_covers(event.record, day) for event in book.of("adverse_event")):
        return
    for row in form.rows:
        if row["clinically_significant"] == "Y" and row["value"] is not None:
            analyte, on = ANALYTES[row["analyte"]], shown(day)
            result = f"{analyte.label} {row['value']} {analyte.unit(row['unit']).label}"
            sentence = f"{result} is clinically significant, but no adverse event covers {on}."
            yield f"rows[{analyte.code}]-clinically_significant", sentence


def unjudged(form: Form) -> Found:
    """A result lies outside the limits of normal, and nobody said whether that is clinically significant.

    A save asks for it; this asks where the limits changed afterwards.
    """
    for row in form.rows:
        if row.get("flag") in SIDES and not row["clinically_significant"]:
            analyte = ANALYTES[row["analyte"]]
            result = f"{analyte.label} {row['value']} {analyte.unit(row['unit']).label}"
            text = f"{result} is {SIDES[row['flag']]} the limits of normal: is it clinically significant?"
            yield f"rows[{analyte.code}]-clinically_significant", text


def _covers(event: Mapping[str, Any], day: str) -> bool:
    """Of partial dates what they tell is compared."""
    start, end = str(event.get("start_date") or ""), str(event.get("end_date") or "")
    return bool(start) and start <= day[: len(start)] and (not end or end >= day[: len(end)])


CHECKS = (
    Check("laboratory-usual", SAMPLES, ("value",), far_from_usual),
    Check("laboratory-significance", SAMPLES, ("clinically_significant",), unjudged),
    Check("laboratory-event", SAMPLES, ("clinically_significant",), no_event, ("adverse_event",)),
)
