"""Checks of tablets handed out and brought back: against what is planned, and what the forms of doses tell of."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from assessments.arithmetic.compliance import Dosing, Period, dosed_by_exposure, dosed_by_tablets, handed_out, periods
from assessments.arithmetic.dose_plans import Sizes, plan
from assessments.arithmetic.dosing import apart
from assessments.checks.check import Check, CheckedCasebook, Form, Found, row_item
from assessments.checks.days import plain, shown
from assessments.plan.drugs import NAMED, of_tablets, strengths_of
from protocol import Protocol, current
from protocol.regimen import Drug, in_a_sentence
from values.counts import counted

# Of what was to be taken in percent: more is a miscount, or more than was prescribed.
MOST_PERCENT = Decimal(120)
# Of one hand-out, by its tablets at the full dose.
LONGEST_SUPPLY_DAYS = 183


def any_dispensed(form: Form, book: CheckedCasebook) -> Found:
    """Whether tablets were dispensed does not fit the hand-outs that are listed."""
    if form["any_dispensed"] == "Y" and not form.rows:
        yield "any_dispensed", "Tablets were dispensed, but no hand-out is listed."
    if form["any_dispensed"] == "N" and form.rows:
        yield "any_dispensed", f"No tablets were dispensed, but {len(form.rows)} listed."


def dispensed_after_end(form: Form, book: CheckedCasebook) -> Found:
    """Tablets were dispensed after the end of treatment."""
    ended = book.one("end_of_treatment")
    for row in form.rows:
        if ended and ended["end_date"] and row["dispensed_on"] and row["dispensed_on"] > ended["end_date"]:
            text = f"Dispensed on {shown(row['dispensed_on'])}, after treatment ended on {shown(ended['end_date'])}."
            yield row_item(row, "dispensed_on"), text


def _drug_of(row: Mapping[str, Any]) -> str:
    """The form of everolimus alone does not ask which."""
    return row.get("treatment") or NAMED[0]


def _daily_mg(drug: Drug, version: Protocol, cohort: str) -> Decimal | None:
    """What is planned at most a day, on average; None where it depends on sizes that no tablet knows."""
    doses = plan(version, drug, cohort or None, Sizes())
    return max((dose.mg * dose.times_a_day / dose.every_days for dose in doses), default=None)


def strength_unknown(form: Form, book: CheckedCasebook) -> Found:
    """Tablets have a strength that those of their drug have not."""
    for drug in of_tablets(current()):
        for row in form.rows:
            if _drug_of(row) == drug.code and row["strength_mg"]:
                known = strengths_of(drug)
                if Decimal(row["strength_mg"]) not in known:
                    listed = " or ".join(f"{plain(strength)} mg" for strength in known)
                    yield row_item(row, "strength_mg"), f"Tablets of {in_a_sentence(drug.label)} have {listed}."


def not_of_the_cohort(form: Form, book: CheckedCasebook) -> Found:
    """Tablets are of a drug that the subject's cohort does not get."""
    for row in form.rows if book.cohort else ():
        version = book.version_on(row["dispensed_on"])
        if row.get("treatment") and row["treatment"] not in {drug.code for drug in version.drugs_of(book.cohort)}:
            words = version.drug_words(row["treatment"])
            text = f"{words} is not given in {version.cohort(book.cohort).label}: was it handed out?"
            yield row_item(row, "treatment"), text


def too_many(form: Form, book: CheckedCasebook) -> Found:
    """Tablets are handed out for more than half a year at the full dose."""
    for drug in of_tablets(current()):
        for row in form.rows:
            hand_out = handed_out(row) if _drug_of(row) == drug.code else None
            daily = _daily_mg(drug, book.version_on(hand_out.dispensed_on), book.cohort) if hand_out else None
            if hand_out and daily and hand_out.strength * hand_out.dispensed / daily > LONGEST_SUPPLY_DAYS:
                days = int(hand_out.strength * hand_out.dispensed / daily)
                tablets = f"{hand_out.dispensed} tablets of {plain(hand_out.strength)} mg"
                text = f"{tablets} last {counted(days, 'day')} at the full dose"
                yield row_item(row, "tablets_dispensed"), f"{text}: is the number right?"


def over_the_plan(form: Form, book: CheckedCasebook) -> Found:
    """By the tablets that came back, more was taken than the protocol plans at most."""
    for drug, period in _periods(form, book):
        days = (period.end - period.start).days
        daily = _daily_mg(drug, book.version_on(period.start), book.cohort)
        # The dose of the day of return may have been taken.
        most = daily and daily * (days + 1) * (100 + drug.tolerance_percent) / 100
        if most and period.taken_mg > most:
            each = f"{plain((period.taken_mg / max(days, 1)).quantize(Decimal('0.1')))} mg a day"
            text = f"By the tablets {each} of {in_a_sentence(drug.label)} from {shown(period.start)} to {_last(period)}"
            yield _at(form, drug, period), f"{text}; {plain(daily or 0)} mg a day is the most that is planned."


def over_the_doses(form: Form, book: CheckedCasebook) -> Found:
    """By the tablets that came back, a fifth more was taken than the forms of doses tell of."""
    questioned = {item for item, _ in over_the_plan(form, book)}
    for drug, period in _periods(form, book):
        item = _at(form, drug, period)
        if period.percent is not None and period.percent > MOST_PERCENT and item not in questioned:
            off = f"{plain(period.taken_mg)} mg are {apart(period.percent - 100)} the {plain(period.planned_mg)} mg"
            text = f"{off} that the doses from {shown(period.start)} to {_last(period)} come to"
            yield item, f"{text}: are the tablets of {in_a_sentence(drug.label)} counted right?"


def _last(period: Period) -> str:
    """The day of return belongs to the next hand-out."""
    return shown(max(period.end - timedelta(1), period.start))


def _periods(form: Form, book: CheckedCasebook) -> Iterator[tuple[Drug, Period]]:
    for drug in of_tablets(current()):
        handed = [hand_out for row in form.rows if _drug_of(row) == drug.code and (hand_out := handed_out(row))]
        yield from ((drug, period) for period in periods(handed, _doses(drug, book)))


def _doses(drug: Drug, book: CheckedCasebook) -> list[Dosing]:
    exposed = [row for exposure in book.of("exposure") for row in exposure.rows if row["treatment"] == drug.code]
    doses = [dosed_by_exposure(row) for row in exposed]
    if drug.code == NAMED[0]:
        doses += [dosed_by_tablets(row) for tablets in book.of("everolimus") for row in tablets.rows]
    return [dose for dose in doses if dose]


def _at(form: Form, drug: Drug, period: Period) -> str:
    """The item that says what came back of the first hand-out of that day."""
    rows = (row for row in form.rows if _drug_of(row) == drug.code and row["dispensed_on"] == period.start)
    return row_item(next(rows), "tablets_returned")


AT = ("dispensing",)
DOSES = ("everolimus", "exposure")
CHECKS = (
    Check("dispensing-any", AT, ("any_dispensed",), any_dispensed, AT),
    Check("dispensing-after-end", AT, ("dispensed_on",), dispensed_after_end, ("end_of_treatment",)),
    Check("dispensing-strength", AT, ("strength_mg",), strength_unknown, AT),
    Check("dispensing-drug", AT, ("treatment",), not_of_the_cohort, AT),
    Check("dispensing-supply", AT, ("tablets_dispensed",), too_many, AT),
    Check("dispensing-plan", AT, ("tablets_returned",), over_the_plan, AT),
    Check("dispensing-doses", AT, ("tablets_returned",), over_the_doses, (*AT, *DOSES)),
)
