"""Checks of the form of study drugs: each dose against the protocol's plan for the cohort, and its times in a row."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from assessments.arithmetic.dose_plans import TIMES, PlannedDose, Sizes, nearest, off_plan, plan
from assessments.checks.check import Check, CheckedCasebook, Form, Found, row_item
from assessments.checks.days import earliest, plain, shown
from protocol import current
from protocol.regimen import Drug, in_a_sentence

DAY = timedelta(1)
Row = Mapping[str, Any]


def sizes_of(row: Row, person: Form | None) -> Sizes:
    """What a dose is reckoned by: measured for it, and who the subject is."""
    on, born = row["start_date"], earliest(person["birth_date"]) if person else None
    age = person["age"] if person else None
    if born and on:
        age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return Sizes(
        # Only sizes that some drug of the regimen is reckoned by are asked.
        row.get("weight_kg"),
        row.get("height_cm"),
        row.get("creatinine_umol_l"),
        row.get("gfr_ml_min"),
        age,
        (person["sex"] if person else "") or "",
    )


def given_of(form: Form, book: CheckedCasebook) -> Iterator[tuple[Drug, Row]]:
    """The doses that were given, each with its drug as the version of the protocol that held on its day has it."""
    for row in form.rows:
        drug = _drug_of(row, book) if row["given"] == "Y" else None
        if drug is not None:
            yield drug, row


def _drug_of(row: Row, book: CheckedCasebook) -> Drug | None:
    """None for one that no version has; of one that a later version added, what that says."""
    for version in (book.version_on(row["start_date"]), current()):
        for drug in version.regimen.drugs:
            if drug.code == row["treatment"]:
                return drug
    return None


def _by_drug(form: Form) -> list[tuple[str, list[Row]]]:
    """(the drug in words, its times by their start) of each drug."""
    labels = {drug.code: drug.label for drug in current().regimen.drugs}
    rows = sorted((row for row in form.rows if row["start_date"]), key=lambda row: row["start_date"])
    return [
        (in_a_sentence(labels.get(code, code)), [row for row in rows if row["treatment"] == code])
        for code in dict.fromkeys(row["treatment"] for row in rows)
    ]


def _is_first(row: Row, form: Form) -> bool:
    days = [dose["start_date"] for dose in form.rows if dose["given"] == "Y" and dose["treatment"] == row["treatment"]]
    return row["start_date"] is not None and row["start_date"] == min(filter(None, days), default=None)


def _plan(drug: Drug, row: Row, form: Form, book: CheckedCasebook) -> tuple[PlannedDose, ...]:
    sizes = sizes_of(row, book.one("demography"))
    version = book.version_on(row["start_date"])
    return plan(version, drug, book.cohort or None, sizes, first=_is_first(row, form))


def planned_mg(row: Row, form: Form, book: CheckedCasebook) -> Decimal | None:
    """The planned dose that the one given is nearest to; None where none was given, or it cannot be reckoned."""
    drug = next((drug for drug, given in given_of(form, book) if given is row), None)
    meant = nearest(_plan(drug, row, form, book), row["dose"]) if drug and row["dose"] else None
    return meant.mg if meant else None


def dose_off_plan(form: Form, book: CheckedCasebook) -> Found:
    """A dose of a study drug lies further off what the protocol plans for the cohort than it tolerates, or is a slip of
    the point or the unit."""
    for drug, row in given_of(form, book):
        if row["dose"] is not None and (difference := off_plan(drug, _plan(drug, row, form, book), row["dose"])):
            yield row_item(row, "dose"), difference


def size_missing(form: Form, book: CheckedCasebook) -> Found:
    """A dose is reckoned by a size that is not stated, so that its plan is not known."""
    for drug, row in given_of(form, book):
        if row["dose"] is not None and not _plan(drug, row, form, book):
            needs = {
                "weight": "the weight",
                "body_surface": "weight and height",
                "auc": "the GFR, or weight and creatinine with age and sex in demography",
            }
            if drug.basis in needs:
                text = f"The planned dose of {in_a_sentence(drug.label)} needs {needs[drug.basis]}"
                yield row_item(row, "dose"), f"{text}: it is not compared."


def frequency_off_plan(form: Form, book: CheckedCasebook) -> Found:
    """A dose is given at another frequency than the protocol plans."""
    for drug, row in given_of(form, book):
        meant = nearest(_plan(drug, row, form, book), row["dose"]) if row["dose"] else None
        times = TIMES.get(row["frequency"] or "")
        if meant is None or not row["frequency"]:
            continue
        if drug.days and not drug.is_taken_in_runs:
            if times is not None:
                text = f"{drug.label} is given on days of the cycle: enter each dose in a row of its own, once."
                yield row_item(row, "frequency"), text
        elif times is not None and times != (meant.every_days, meant.times_a_day):
            text = f"{drug.label} is planned as {meant.words}: is the frequency right?"
            yield row_item(row, "frequency"), text


def drug_of_others(form: Form, book: CheckedCasebook) -> Found:
    """A drug was given that the subject's cohort does not get."""
    for drug, row in given_of(form, book) if book.cohort else ():
        version = book.version_on(row["start_date"])
        if drug.code not in {known.code for known in version.drugs_of(book.cohort)}:
            text = f"{drug.label} is not given in {version.cohort(book.cohort).label}: was it given?"
            yield row_item(row, "treatment"), text


def lower_unsaid(form: Form, book: CheckedCasebook) -> Found:
    """A dose is lower than the one before it by a step, and no reduction is stated."""
    for drug in current().regimen.drugs:
        rows = [
            row for known, row in given_of(form, book) if known.code == drug.code and row["dose"] and row["start_date"]
        ]
        for earlier, following in pairwise(sorted(rows, key=lambda row: row["start_date"])):
            before = nearest(_plan(drug, earlier, form, book), earlier["dose"])
            now = nearest(_plan(drug, following, form, book), following["dose"])
            is_loading = drug.loading_dose is not None and _is_first(earlier, form)
            if before is None or now is None or is_loading or following["change"] == "DOSE REDUCED":
                continue
            if now.words != before.words and now.mg < before.mg:
                text = f"{now.words} after {before.words}, and no reduction is stated."
                yield row_item(following, "change"), text


def overlap(form: Form, book: CheckedCasebook) -> Found:
    """Two times of a dose of one drug overlap."""
    for drug, rows in _by_drug(form):
        for interval, following in pairwise(rows):
            ends = interval["end_date"] or (interval["start_date"] if interval["frequency"] == "ONCE" else None)
            if ends is None:
                text = (
                    f"The dose of {drug} from {shown(interval['start_date'])} has no end, and another begins after it."
                )
                yield row_item(following, "start_date"), text
            elif following["start_date"] <= ends:
                text = f"{shown(following['start_date'])} is in the period of {drug} that ends on {shown(ends)}."
                yield row_item(following, "start_date"), text


def gap(form: Form, book: CheckedCasebook) -> Found:
    """Days between two times of a drug that is taken continuously are not accounted for."""
    continuous = {drug.code for drug in current().regimen.drugs if not drug.days}
    for drug, rows in _by_drug(form):
        for interval, following in pairwise(rows):
            # Of single doses the time between them is the protocol's.
            is_time = interval["treatment"] in continuous and interval["frequency"] != "ONCE"
            if is_time and interval["end_date"] and following["start_date"] > interval["end_date"] + DAY:
                first, last = shown(interval["end_date"] + DAY), shown(following["start_date"] - DAY)
                days = f"{drug} from {first} to {last}"
                text = f"No dose is recorded for {days}: an interruption is a row that was not given."
                yield row_item(following, "start_date"), text


def reason_missing(form: Form, book: CheckedCasebook) -> Found:
    """A change or an interruption of a study drug has no reason."""
    for drug, rows in _by_drug(form):
        for row in rows:
            changed = row["change"] not in ("", None, "DOSE NOT CHANGED")
            if (changed or row["given"] == "N") and not row["reason"]:
                what = "interrupted" if row["given"] == "N" else "changed"
                text = f"{drug[:1].upper()}{drug[1:]} is {what} from {shown(row['start_date'])}, without a reason."
                yield row_item(row, "reason"), text


def no_end(form: Form, book: CheckedCasebook) -> Found:
    """A dose of a study drug has no end, and treatment ended."""
    ended = book.one("end_of_treatment")
    for _, row in given_of(form, book):
        single = row["frequency"] == "ONCE"
        if ended and ended["end_date"] and row["start_date"] and row["end_date"] is None and not single:
            since, on = shown(row["start_date"]), shown(ended["end_date"])
            yield row_item(row, "end_date"), f"The dose from {since} has no end; treatment ended on {on}."


def missed_days(form: Form, book: CheckedCasebook) -> Found:
    """More days are missed than the time of a dose has."""
    for _, row in given_of(form, book):
        if row["start_date"] and row["end_date"] and row["missed_days"]:
            days = (row["end_date"] - row["start_date"]).days + 1
            if row["missed_days"] > days:
                yield row_item(row, "missed_days"), f"{row['missed_days']} days missed of an interval of {days}."


def any_given(form: Form, book: CheckedCasebook) -> Found:
    """Whether any study drug was given does not fit the times of a dose that are listed."""
    doses = sum(row["given"] == "Y" for row in form.rows)
    if form["any_given"] == "Y" and not doses:
        yield "any_given", "A study drug was given, but no time of a dose is listed."
    if form["any_given"] == "N" and doses:
        yield "any_given", f"No study drug was given, but {doses} listed."


def not_reduced(form: Form, book: CheckedCasebook) -> Found:
    """A dose of a study drug is called reduced, but it is the full one."""
    for drug, row in given_of(form, book):
        planned = _plan(drug, row, form, book)
        meant = nearest(planned, row["dose"]) if row["dose"] else None
        if row["change"] == "DOSE REDUCED" and meant is not None and meant == planned[0] and row["dose"] >= meant.mg:
            text = (
                f"The dose is called reduced: {plain(row['dose'])} mg of {in_a_sentence(drug.label)} are the full one."
            )
            yield row_item(row, "change"), text


def first_given(book: CheckedCasebook) -> list[date]:
    """The first day of each time of a dose."""
    rows = [row for exposure in book.of("exposure") for row in exposure.rows]
    return [row["start_date"] for row in rows if row["given"] == "Y" and row["start_date"]]


AT = ("exposure",)
CHECKS = (
    Check("exposure-dose", AT, ("dose",), dose_off_plan, ("exposure", "demography")),
    Check("exposure-size", AT, ("dose",), size_missing, ("exposure", "demography")),
    Check("exposure-frequency", AT, ("frequency",), frequency_off_plan, ("exposure", "demography")),
    Check("exposure-drug", AT, ("treatment",), drug_of_others, AT),
    Check("exposure-step", AT, ("change",), lower_unsaid, ("exposure", "demography")),
    Check("exposure-not-reduced", AT, ("change",), not_reduced, ("exposure", "demography")),
    Check("exposure-overlap", AT, ("start_date",), overlap, AT),
    Check("exposure-gap", AT, ("start_date",), gap, AT),
    Check("exposure-reason", AT, ("reason",), reason_missing, AT),
    Check("exposure-end", AT, ("end_date",), no_end, ("end_of_treatment",)),
    Check("exposure-missed", AT, ("missed_days",), missed_days, AT),
    Check("exposure-any", AT, ("any_given",), any_given, AT),
)
