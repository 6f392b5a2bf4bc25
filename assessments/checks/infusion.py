"""Checks of the infusions and of the sizes that they are calculated from."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from assessments.arithmetic.dose_plans import slip_of
from assessments.arithmetic.dosing import apart, deviation_percent
from assessments.checks.check import Check, CheckedCasebook, Form, Found
from assessments.checks.days import plain, shown
from assessments.visits.not_asked import days_of
from assessments.visits.placing import cycle_day
from protocol import current

DRUGS = ("paclitaxel", "trastuzumab")
DOSES = ("paclitaxel_dose_mg", "trastuzumab_dose_mg")
WEIGHT_CHANGE_PERCENT = Decimal(10)
# Two scales on one day differ by as much.
SCALES_KG = Decimal(2)
HEIGHT_CM = Decimal(2)
# Weekly infusions with a window of two days either way.
CLOSEST_DAYS = 5


def dose_off_plan(form: Form) -> Found:
    """A dose lies further off the planned one than the protocol tolerates, 10 % where it does not say, and no change
    is stated; or it is a slip of the point or the unit, whatever is stated."""
    for drug in (current().drug(code) for code in DRUGS):
        due, given = form[f"{drug.code}_planned_mg"], form[f"{drug.code}_dose_mg"]
        changed = form[f"{drug.code}_change"] not in (None, "DOSE NOT CHANGED")
        if not due or given is None:
            continue
        off = deviation_percent(given, due)
        if slip := slip_of(drug, [due], given):
            yield f"{drug.code}_dose_mg", f"{drug.label} {plain(given)} mg is {slip}: is the number right, and in mg?"
        elif not changed and abs(off) > drug.tolerance_percent:
            text = f"{plain(given)} mg is {apart(off)} the planned {plain(due)} mg and no change is stated."
            yield f"{drug.code}_dose_mg", f"{drug.label} {text}"


def not_planned(form: Form) -> Found:
    """A drug is given, or called omitted, on a day of the cycle on which the protocol does not plan it."""
    day = cycle_day(form.visit.code) if form.visit else None
    for drug in (current().drug(name) for name in DRUGS):
        if day is None or not drug.days or day in drug.days:
            continue
        planned = f"{drug.label} is planned on {days_of(drug)} of the cycle"
        if form[f"{drug.code}_given"] == "Y":
            yield f"{drug.code}_given", f"Given on day {day}: {planned}. Why was it given?"
        elif form[f"{drug.code}_change"] == "DOSE OMITTED":
            yield f"{drug.code}_change", f"Called omitted on day {day}: {planned}."


def of_other_cohorts(form: Form, book: CheckedCasebook) -> Found:
    """A drug is given that the subject's cohort does not get."""
    for code in DRUGS if book.cohort else ():
        drug = current().drug(code)
        if form[f"{code}_given"] == "Y" and drug not in current().drugs_of(book.cohort):
            text = f"{drug.label} is not given in {current().cohort(book.cohort).label}: was it given?"
            yield f"{code}_given", text


def reduced_without_less(form: Form) -> Found:
    """A dose is called reduced, but it is the full one."""
    full = current().full_dose(current().drug("paclitaxel"), None)
    level, given, due = form["paclitaxel_level_mg_m2"], form["paclitaxel_dose_mg"], form["paclitaxel_planned_mg"]
    if form["paclitaxel_change"] != "DOSE REDUCED" or None in (full, level, given, due):
        return
    if level >= full and given >= due:
        yield "paclitaxel_change", f"The dose is called reduced: {plain(given)} mg at {plain(level)} mg/m² is full."


def lower_level_unsaid(form: Form, book: CheckedCasebook) -> Found:
    """The paclitaxel level is below that of the infusion before, and no reduction is stated."""
    last = next((infusion for infusion in _earlier(form, book) if infusion["paclitaxel_level_mg_m2"] is not None), None)
    level = form["paclitaxel_level_mg_m2"]
    if last is None or level is None or level >= last["paclitaxel_level_mg_m2"]:
        return
    if form["paclitaxel_change"] != "DOSE REDUCED":
        was = f"{plain(last['paclitaxel_level_mg_m2'])} mg/m² on {shown(last['infusion_date'])}"
        yield "paclitaxel_change", f"Level {plain(level)} mg/m² after {was}, and no reduction is stated."


def weight_changed(form: Form, book: CheckedCasebook) -> Found:
    """The weight changed by more than 10 % since the dose was calculated, and the same dose was given."""
    for drug in DRUGS:
        first = _since_when(drug, form, book)
        if first is None or not first["weight_kg"] or not form["weight_kg"]:
            continue
        off = deviation_percent(form["weight_kg"], first["weight_kg"])
        if abs(off) > WEIGHT_CHANGE_PERCENT:
            was = f"{plain(first['weight_kg'])} kg on {shown(first['infusion_date'])}"
            text = f"Weight {plain(form['weight_kg'])} kg is {apart(off)} {was}, and the dose is still"
            yield f"{drug}_dose_mg", f"{text} {plain(form[f'{drug}_dose_mg'])} mg of {drug}."


def _since_when(drug: str, form: Form, book: CheckedCasebook) -> Form | None:
    """The first of the infusions in a row that gave the dose of this one."""
    name, begun = f"{drug}_dose_mg", None
    for infusion in _earlier(form, book):
        if form[name] is None or infusion[name] != form[name]:
            break
        begun = infusion
    return begun


def _earlier(form: Form, book: CheckedCasebook) -> Iterator[Form]:
    """The infusions before this one, the last first."""
    days, infusions = book.known(_in_order)
    on = form["infusion_date"]
    return reversed(infusions[: bisect_left(days, on)] if on else [])


def _in_order(book: CheckedCasebook) -> tuple[list[date], list[Form]]:
    """The days of the infusions, and the infusions."""
    dated = [infusion for infusion in book.of("infusion") if infusion["infusion_date"]]
    infusions = sorted(dated, key=lambda infusion: infusion["infusion_date"])
    return [infusion["infusion_date"] for infusion in infusions], infusions


def too_soon(form: Form, book: CheckedCasebook) -> Found:
    """An infusion follows the one before within less than five days."""
    last = next(_earlier(form, book), None)
    days = (form["infusion_date"] - last["infusion_date"]).days if last else CLOSEST_DAYS
    if last and days < CLOSEST_DAYS:
        was, interval = shown(last["infusion_date"]), f"{days} day{'' if days == 1 else 's'}"
        yield "infusion_date", f"Only {interval} after the infusion of {was}."


def loading_dose(form: Form, book: CheckedCasebook) -> Found:
    """The first trastuzumab is no loading dose, or a later one is."""
    if form["trastuzumab_given"] != "Y" or form["infusion_date"] is None:
        return
    last = next((infusion for infusion in _earlier(form, book) if infusion["trastuzumab_given"] == "Y"), None)
    if last is None and form["trastuzumab_loading"] == "N":
        yield "trastuzumab_loading", "No trastuzumab was given before: is this the loading dose?"
    if last is not None and form["trastuzumab_loading"] == "Y":
        was = shown(last["infusion_date"])
        yield "trastuzumab_loading", f"Trastuzumab was given on {was} already: is this a loading dose again?"


def two_weights(form: Form, book: CheckedCasebook) -> Found:
    """Weight differs by more than 2 kg between infusion and vital signs of one visit."""
    yield from _differs(form, book, "weight_kg", "kg", SCALES_KG)


def _differs(form: Form, book: CheckedCasebook, name: str, unit: str, limit: Decimal) -> Found:
    for other in book.of("vital_signs"):
        same = form.visit is not None and other.visit is not None and form.visit.pk == other.visit.pk
        if same and None not in (form[name], other[name]) and abs(form[name] - other[name]) > limit:
            yield name, f"{plain(form[name])} {unit} here and {plain(other[name])} {unit} in vital signs of the visit."


def height_changed(form: Form, book: CheckedCasebook) -> Found:
    """The height differs by more than 2 cm from the first one."""
    on, first = _day(form), book.known(_first_height)
    if first is None or on is None or on <= _day(first) or not form["height_cm"]:
        return
    if abs(form["height_cm"] - first["height_cm"]) > HEIGHT_CM:
        was = f"{plain(first['height_cm'])} cm on {shown(_day(first))}"
        yield "height_cm", f"Height {plain(form['height_cm'])} cm, and {was}: which is right?"


def _first_height(book: CheckedCasebook) -> Form | None:
    measured = [sizes for sizes in book.of(*SIZES) if sizes["height_cm"] and _day(sizes)]
    return min(measured, key=_day, default=None)


def _day(form: Form) -> Any:
    return form["infusion_date"] if form.code == "infusion" else form["vital_signs_date"]


AT = ("infusion",)
SIZES = ("infusion", "vital_signs")
CHECKS = (
    Check("dose", AT, DOSES, dose_off_plan),
    Check("dose-day", AT, (*(f"{drug}_given" for drug in DRUGS), *(f"{drug}_change" for drug in DRUGS)), not_planned),
    Check("dose-cohort", AT, tuple(f"{drug}_given" for drug in DRUGS), of_other_cohorts, AT),
    Check("dose-not-reduced", AT, ("paclitaxel_change",), reduced_without_less),
    Check("dose-level", AT, ("paclitaxel_change",), lower_level_unsaid, AT),
    Check("dose-weight", AT, DOSES, weight_changed, AT),
    Check("dose-interval", AT, ("infusion_date",), too_soon, AT),
    Check("dose-loading", AT, ("trastuzumab_loading",), loading_dose, AT),
    Check("weight-differs", AT, ("weight_kg",), two_weights, ("vital_signs",)),
    Check("height-changes", SIZES, ("height_cm",), height_changed, SIZES),
)
