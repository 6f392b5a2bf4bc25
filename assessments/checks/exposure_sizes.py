"""Checks of the sizes that doses of study drugs are reckoned by: weight, height, creatinine and filtration."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import takewhile

from assessments.arithmetic.dose_plans import cockcroft_gault
from assessments.arithmetic.dosing import apart, deviation_percent
from assessments.checks.check import Check, CheckedCasebook, Form, Found, row_item
from assessments.checks.days import plain, shown
from assessments.checks.exposure import Row, given_of, sizes_of
from assessments.checks.infusion import HEIGHT_CM, WEIGHT_CHANGE_PERCENT
from assessments.checks.plausibility import MASS_INDEX, sizes_apart
from protocol.regimen import Drug, in_a_sentence
from values.shown import filtration_rate

# Of filtration in mL/min: beyond these the number is of another unit, or nobody is given a dose by it.
FILTRATION = Decimal(20), Decimal(200)
BY_WEIGHT = ("weight", "body_surface", "auc")


def body(form: Form, book: CheckedCasebook) -> Found:
    """Weight and height of a dose do not fit each other: less than 13 or more than 60 kg/m²."""
    low, high = MASS_INDEX
    for _, row in given_of(form, book):
        weight, height = row.get("weight_kg"), row.get("height_cm")
        index = weight / (height / 100) ** 2 if weight and height else low
        if not low <= index <= high:
            yield row_item(row, "weight_kg"), sizes_apart(weight, height, index)


def measured_otherwise(form: Form, book: CheckedCasebook) -> Found:
    """A dose is reckoned by a weight more than 10 %, or a height more than 2 cm, off that of the last vital signs."""
    for drug, row in given_of(form, book):
        if drug.basis not in BY_WEIGHT or not row["start_date"]:
            continue
        weight, height = row.get("weight_kg"), row.get("height_cm")
        for on, measured in _last(book, "weight_kg", row["start_date"]):
            off = deviation_percent(weight, measured) if weight else Decimal(0)
            if abs(off) > WEIGHT_CHANGE_PERCENT:
                text = f"{plain(weight)} kg is {apart(off)} {plain(measured)} kg in the vital signs of {shown(on)}"
                yield row_item(row, "weight_kg"), f"{text}: by which weight is the dose reckoned?"
        for on, measured in _last(book, "height_cm", row["start_date"]):
            if height and abs(height - measured) > HEIGHT_CM:
                text = (
                    f"{plain(height)} cm, and {plain(measured)} cm in the vital signs of {shown(on)}: which is right?"
                )
                yield row_item(row, "height_cm"), text


def _last(book: CheckedCasebook, name: str, on: date) -> Iterator[tuple[date, Decimal]]:
    """(day, size) of the last vital signs up to a day that tell of it."""
    signs = [(signs_form["vital_signs_date"], signs_form[name]) for signs_form in book.of("vital_signs")]
    known = [(day, size) for day, size in signs if day and size and day <= on]
    if known:
        yield max(known)


def weight_changed(form: Form, book: CheckedCasebook) -> Found:
    """The weight changed by more than 10 % since the dose of a study drug was reckoned, and the dose is the same."""
    for drug, row in given_of(form, book):
        if drug.basis not in ("weight", "body_surface") or not row["dose"] or not row.get("weight_kg"):
            continue
        since = _since_when(drug, row, form, book)
        off = deviation_percent(row["weight_kg"], since["weight_kg"]) if since else Decimal(0)
        if since and abs(off) > WEIGHT_CHANGE_PERCENT:
            was = f"{plain(since['weight_kg'])} kg on {shown(since['start_date'])}"
            text = f"Weight {plain(row['weight_kg'])} kg is {apart(off)} {was}, and the dose is still"
            yield row_item(row, "dose"), f"{text} {plain(row['dose'])} mg of {in_a_sentence(drug.label)}."


def _since_when(drug: Drug, row: Row, form: Form, book: CheckedCasebook) -> Row | None:
    """The first of the doses in a row, up to this one, that are the same; with a weight."""
    doses_of_drug = [dose for other, dose in given_of(form, book) if other.code == drug.code and dose["start_date"]]
    earlier = sorted(
        (dose for dose in doses_of_drug if row["start_date"] and dose["start_date"] < row["start_date"]),
        key=lambda dose: dose["start_date"],
        reverse=True,
    )
    same = [dose for dose in takewhile(lambda dose: dose["dose"] == row["dose"], earlier) if dose.get("weight_kg")]
    return same[-1] if same else None


def filtration(form: Form, book: CheckedCasebook) -> Found:
    """The filtration that a dose by area under the curve is reckoned by is hardly one that a patient has."""
    low, high = FILTRATION
    for drug, row in given_of(form, book):
        if drug.basis != "auc":
            continue
        for item, gfr, words in _filtrations(row, book):
            if not low <= gfr <= high:
                text = f"{words} {filtration_rate(gfr)} mL/min: is the number right, and in its unit?"
                yield row_item(row, item), text


def _filtrations(row: Row, book: CheckedCasebook) -> Iterator[tuple[str, Decimal, str]]:
    """(item, mL/min, words) of the filtration that was measured, and of that by Cockcroft and Gault."""
    sizes = sizes_of(row, book.one("demography"))
    if sizes.gfr_ml_min is not None:
        yield "gfr_ml_min", sizes.gfr_ml_min, "A GFR of"
    if sizes.age is None or not sizes.weight_kg or not sizes.creatinine_umol_l or sizes.sex not in ("F", "M"):
        return
    gfr = cockcroft_gault(
        age=sizes.age, weight_kg=sizes.weight_kg, creatinine_umol_l=sizes.creatinine_umol_l, female=sizes.sex == "F"
    )
    text = f"A creatinine of {plain(sizes.creatinine_umol_l)} µmol/L gives a clearance of"
    yield "creatinine_umol_l", gfr, text


AT = ("exposure",)
CHECKS = (
    Check("exposure-body", AT, ("weight_kg",), body, AT),
    Check("exposure-measured", AT, ("weight_kg", "height_cm"), measured_otherwise, ("exposure", "vital_signs")),
    Check("exposure-weight", AT, ("dose",), weight_changed, AT),
    Check("exposure-filtration", AT, ("creatinine_umol_l", "gfr_ml_min"), filtration, ("exposure", "demography")),
)
