"""Checks of everolimus: its intervals one after another, the steps of the protocol."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any

from assessments.arithmetic.compliance import EVERY_DAYS
from assessments.arithmetic.dose_plans import slip_of
from assessments.checks.check import Check, CheckedCasebook, Form, Found, row_item
from assessments.checks.days import plain, shown

DAY = timedelta(1)


def _in_order(form: Form) -> list[Mapping[str, Any]]:
    return sorted((row for row in form.rows if row["start_date"]), key=lambda row: row["start_date"])


def overlap(form: Form, book: CheckedCasebook) -> Found:
    """Two dosing intervals overlap."""
    for interval, following in pairwise(_in_order(form)):
        if interval["end_date"] is None:
            text = f"The dose from {shown(interval['start_date'])} has no end, and another begins after it."
            yield row_item(following, "start_date"), text
        elif following["start_date"] <= interval["end_date"]:
            text = f"{shown(following['start_date'])} is in the interval that ends on {shown(interval['end_date'])}."
            yield row_item(following, "start_date"), text


def gap(form: Form, book: CheckedCasebook) -> Found:
    """Days between two dosing intervals are not accounted for."""
    for interval, following in pairwise(_in_order(form)):
        if interval["end_date"] and following["start_date"] > interval["end_date"] + DAY:
            last, first = shown(interval["end_date"] + DAY), shown(following["start_date"] - DAY)
            text = f"No dose is recorded for {last} to {first}: an interruption is an interval of dose 0."
            yield row_item(following, "start_date"), text


def reason_missing(form: Form, book: CheckedCasebook) -> Found:
    """A change or an interruption has no reason."""
    for row in form.rows:
        changed = row["change"] not in ("", None, "DOSE NOT CHANGED")
        if (changed or row["dose_mg"] == 0) and not row["reason"]:
            what = "interrupted" if row["dose_mg"] == 0 else "changed"
            yield row_item(row, "reason"), f"Everolimus is {what} from {shown(row['start_date'])}, without a reason."


def no_end(form: Form, book: CheckedCasebook) -> Found:
    """A dose has no end, and treatment ended."""
    ended = book.one("end_of_treatment")
    for row in form.rows:
        if ended and ended["end_date"] and row["dose_mg"] and row["start_date"] and row["end_date"] is None:
            text = (
                f"The dose from {shown(row['start_date'])} has no end; treatment ended on {shown(ended['end_date'])}."
            )
            yield row_item(row, "end_date"), text


def missed_days(form: Form, book: CheckedCasebook) -> Found:
    """More days are missed than the interval has."""
    for row in form.rows:
        if row["start_date"] and row["end_date"] and row["missed_days"]:
            days = (row["end_date"] - row["start_date"]).days + 1
            if row["missed_days"] > days:
                text = f"{row['missed_days']} days missed of an interval of {days}."
                yield row_item(row, "missed_days"), text


def no_step(form: Form, book: CheckedCasebook) -> Found:
    """The dose is none of the protocol's steps for the subject's cohort, or more than the cohort's."""
    for row in form.rows:
        # The times of a dose are many, on one form: each is held against the version of its day.
        protocol = book.version_on(row["start_date"])
        plan = protocol.cohort(book.cohort) if book.cohort else None
        schedule, drug = plan.schedule if plan else None, protocol.drug("everolimus")
        steps = {(step.dose, step.every_days) for step in drug.steps_in(schedule)}
        full = protocol.full_dose(drug, plan.code if plan else None)
        if not steps and full is not None:
            # A drug that is never reduced has no step but the full dose.
            steps = {(full, drug.every_days)}
        of_cohort = f" for {plan.label}" if plan and schedule else ""
        every = EVERY_DAYS.get(row["frequency"] or "", 1)
        dose = f"{plain(row['dose_mg'] or 0)} mg every {'day' if every == 1 else f'{every} days'}"
        if row["dose_mg"] and (row["dose_mg"], every) not in steps:
            slip = slip_of(drug, sorted({step for step, _ in steps if step}, reverse=True), row["dose_mg"])
            hint = f": {slip}. Is the number right, and in mg?" if slip else "."
            yield row_item(row, "dose_mg"), f"{dose} is no step of the protocol{of_cohort}{hint}"
        elif row["dose_mg"] and plan and full is not None and row["dose_mg"] > full:
            yield row_item(row, "dose_mg"), f"{dose} is more than the dose of the cohort, {plan.label}."


def any_taken(form: Form, book: CheckedCasebook) -> Found:
    """Whether everolimus was taken does not fit the times of a dose that are listed."""
    doses = sum(bool(row["dose_mg"]) for row in form.rows)
    if form["any_taken"] == "Y" and not doses:
        listed = "only interruptions are" if form.rows else "no time of a dose is"
        yield "any_taken", f"Everolimus was taken, but {listed} listed."
    if form["any_taken"] == "N" and doses:
        times = "1 time of a dose is" if doses == 1 else f"{doses} times of a dose are"
        yield "any_taken", f"No everolimus was taken, but {times} listed."


AT = ("everolimus",)
CHECKS = (
    Check("everolimus-overlap", AT, ("start_date",), overlap, AT),
    Check("everolimus-gap", AT, ("start_date",), gap, AT),
    Check("everolimus-reason", AT, ("reason",), reason_missing, AT),
    Check("everolimus-end", AT, ("end_date",), no_end, ("end_of_treatment",)),
    Check("everolimus-missed", AT, ("missed_days",), missed_days, AT),
    Check("everolimus-step", AT, ("dose_mg",), no_step, AT),
    Check("everolimus-any", AT, ("any_taken",), any_taken, AT),
)
