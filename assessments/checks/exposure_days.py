"""Checks of the days of study drugs: each dose against the days of the cycle on which the protocol plans its drug.

A cycle begins with the first dose, each later one on the day of its visit on day 1. Where that visit is not recorded
yet, nothing is known but how far a dose lies from the one before it.
"""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from assessments.catalogue import CATALOGUE, DOSES, codes_of
from assessments.checks.check import Check, CheckedCasebook, Form, Found, row_item
from assessments.checks.days import shown
from assessments.checks.exposure import Row, given_of
from assessments.checks.plausibility import first_dose
from assessments.visits.not_asked import days_of
from assessments.visits.placing import cycle_day, cycle_of
from protocol import Protocol
from protocol.regimen import Drug
from protocol.visits import CycleVisit
from values.counts import counted

# Either way of a day of the cycle that no visit stands for.
SLACK = 2
# A single dose that runs longer is several doses in one row.
LONGEST_DOSE_DAYS = 5
# Forms that say on which day a visit took place.
DATING = codes_of(lambda form: form.shows_life and form.date_item)


def starts(book: CheckedCasebook) -> list[date]:
    """The first days of the cycles that are known, in order; empty before the first dose."""
    first = book.known(first_dose)
    if first is None:
        return []
    begun: dict[int, date] = {}
    for form in book.of(*DATING):
        on, cycle = form[CATALOGUE[form.code].date_item], cycle_of(form.visit.code) if form.visit else None
        if form.visit and on and cycle and cycle > 1 and cycle_day(form.visit.code) == 1 and on > first:
            begun[cycle] = min(on, begun.get(cycle, on))
    return sorted({first, *begun.values()})


def window(version: Protocol, day: int) -> tuple[int, int]:
    """How many days early and late a dose planned on a day of the cycle may be: as its visit."""
    for visit in version.visits:
        if isinstance(visit, CycleVisit) and visit.day == day:
            return visit.early_days, visit.late_days
    return SLACK, SLACK


def not_planned(form: Form, book: CheckedCasebook) -> Found:
    """A study drug is given on a day of the cycle on which the protocol does not plan it, and no delay is stated."""
    for drug, row in _on_days(form, book):
        version = book.version_on(row["start_date"])
        day = _day_of_cycle(row["start_date"], version, book)
        if day is not None and not any(_in_run(day, run, version) for run in drug.runs):
            text = f"Given on day {day} of the cycle: {drug.label} is planned on {days_of(drug)}."
            yield row_item(row, "start_date"), f"{text} Why was it given?"


def _on_days(form: Form, book: CheckedCasebook) -> Iterator[tuple[Drug, Row]]:
    """Doses of drugs that have days of the cycle, but those that are called delayed."""
    for drug, row in given_of(form, book):
        if drug.days and row["start_date"] and row["change"] != "DOSE DELAYED":
            yield drug, row


def _day_of_cycle(on: date, version: Protocol, book: CheckedCasebook) -> int | None:
    """None where the next cycle may have begun, or no dose was given."""
    begun = [start for start in book.known(starts) if start <= on]
    day = (on - begun[-1]).days + 1 if begun else None
    early, _ = window(version, 1)
    return None if day is None or day > version.regimen.cycle_days - early else day


def _in_run(day: int, run: tuple[int, int], version: Protocol) -> bool:
    (first, last), (early, _), (_, late) = run, window(version, run[0]), window(version, run[1])
    return first - early <= day <= last + late


def too_soon(form: Form, book: CheckedCasebook) -> Found:
    """A single dose of a study drug follows the one before it sooner than the protocol plans."""
    questioned = {item for item, _ in not_planned(form, book)}
    doses = [(drug, row) for drug, row in given_of(form, book) if row["frequency"] == "ONCE" and row["start_date"]]
    for code in dict.fromkeys(drug.code for drug, _ in doses):
        doses_of_drug = sorted((row["start_date"], row["row"], drug, row) for drug, row in doses if drug.code == code)
        for (before, _, _, _), (on, _, drug, row) in pairwise(doses_of_drug):
            version = book.version_on(on)
            days, least = (on - before).days, _least_apart(drug, version)
            if 0 < days < least and row_item(row, "start_date") not in questioned:
                text = f"{counted(days, 'day')} after the dose of {shown(before)}"
                yield row_item(row, "start_date"), f"{drug.label} {text}: it is planned {_planned(drug, version)}."


def _least_apart(drug: Drug, version: Protocol) -> int:
    """Days from one dose to the next, were the one as late and the other as early as may be."""
    if not drug.days:
        return drug.every_days - 2 * SLACK if drug.every_days > 2 * SLACK else drug.every_days
    length = version.regimen.cycle_days
    planned = [*drug.days, drug.days[0] + length]
    return min(
        later - window(version, (later - 1) % length + 1)[0] - earlier - window(version, earlier)[1]
        for earlier, later in pairwise(planned)
    )


def _planned(drug: Drug, version: Protocol) -> str:
    if not drug.days:
        return f"every {counted(drug.every_days, 'day')}"
    return f"on {days_of(drug)} of a cycle of {counted(version.regimen.cycle_days, 'day')}"


def past_its_days(form: Form, book: CheckedCasebook) -> Found:
    """A time of a dose goes on beyond the days of the cycle on which the protocol plans its drug."""
    for drug, row in _on_days(form, book):
        start, end = row["start_date"], row["end_date"]
        if not drug.is_taken_in_runs or row["frequency"] == "ONCE" or end is None:
            continue
        version = book.version_on(start)
        longest = max(last - first + 1 for first, last in drug.runs)
        days = (end - start).days + 1
        if days > longest + window(version, drug.runs[0][1])[1]:
            text = f"{counted(days, 'day')} in a row: {drug.label} is planned on {days_of(drug)} of the cycle."
            yield row_item(row, "end_date"), text


def long_dose(form: Form, book: CheckedCasebook) -> Found:
    """A single dose of a study drug goes on for more than five days."""
    for drug, row in given_of(form, book):
        if row["frequency"] == "ONCE" and row["start_date"] and row["end_date"]:
            days = (row["end_date"] - row["start_date"]).days + 1
            if days > LONGEST_DOSE_DAYS:
                text = f"One dose of {drug.label} from {shown(row['start_date'])} to {shown(row['end_date'])}"
                yield row_item(row, "end_date"), f"{text}: enter each dose in a row of its own."


AT = ("exposure",)
READS = (*DOSES, *DATING)
CHECKS = (
    Check("exposure-day", AT, ("start_date",), not_planned, READS),
    Check("exposure-interval", AT, ("start_date",), too_soon, READS),
    Check("exposure-run", AT, ("end_date",), past_its_days, AT),
    Check("exposure-single", AT, ("end_date",), long_dose, AT),
)
