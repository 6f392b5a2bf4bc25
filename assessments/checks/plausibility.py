"""Checks of what can hardly be: sizes of a body and doses for them, visits out of order, days before birth."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from assessments.arithmetic.dosing import apart, deviation_percent
from assessments.catalogue import CATALOGUE, DOSES, SAMPLES, codes_of
from assessments.checks.check import Check, CheckedCasebook, Form, Found, row_item
from assessments.checks.days import Day, before, earliest, plain, shown
from assessments.checks.exposure import first_given
from assessments.checks.safety import named
from assessments.plan.drugs import COLUMNS, columns
from protocol import current
from protocol.regimen import in_a_sentence
from values.counts import counted
from values.shown import body_mass_index, dose_by_size

# Weight in kg by height in m squared: outside of these nobody is treated; a digit slipped, or two boxes were mixed up.
MASS_INDEX = Decimal(13), Decimal(60)
# Of the weight before, within so many days.
JUMP_PERCENT, JUMP_DAYS = Decimal(15), 42
DOSE_OVER_PERCENT = Decimal(10)
# Between a sample or an examination of a visit and its infusion.
APART_DAYS = 7
# By form, its days that lie in a life; an item of rows is marked by ITS_ROWS.
IN_LIFE = {
    "consent": ("consent_date",),
    "history": ("diagnosis_date", "metastatic_date", "rows-start_date", "rows-end_date"),
    "medical_history": ("rows-start_date", "rows-end_date"),
    "medication": ("start_date", "end_date"),
    "adverse_event": ("start_date",),
    "new_therapy": ("start_date",),
    "death": ("death_date",),
}
ITS_ROWS = "rows-"


def mass_index(form: Form) -> Found:
    """Weight and height do not fit each other: less than 13 or more than 60 kg/m²."""
    weight, height = form["weight_kg"], form["height_cm"]
    if not weight or not height:
        return
    index = Decimal(weight) / (Decimal(height) / 100) ** 2
    low, high = MASS_INDEX
    if not low <= index <= high:
        yield "weight_kg", sizes_apart(weight, height, index)


def sizes_apart(weight: Decimal, height: Decimal, index: Decimal) -> str:
    return f"{plain(weight)} kg at {plain(height)} cm is {body_mass_index(index)} kg/m²: are both right?"


def weight_jump(form: Form, book: CheckedCasebook) -> Found:
    """The weight differs by more than 15 % from the one before, within six weeks."""
    on, weight = form[CATALOGUE[form.code].date_item], form["weight_kg"]
    if not on or not weight:
        return
    earlier = [day for day in book.known(_weighed) if day[0] < on]
    if not earlier or (on - earlier[-1][0]).days > JUMP_DAYS:
        return
    day, last = earlier[-1]
    off = deviation_percent(weight, last)
    if abs(off) > JUMP_PERCENT:
        yield "weight_kg", f"{plain(weight)} kg is {apart(off)} {plain(last)} kg on {shown(day)}: is it right?"


def _weighed(book: CheckedCasebook) -> list[tuple[date, Decimal]]:
    """(day, weight) by day."""
    forms = book.of("vital_signs", "infusion")
    weights = ((form[CATALOGUE[form.code].date_item], form["weight_kg"]) for form in forms)
    return sorted((day, weight) for day, weight in weights if day and weight)


def dose_high(form: Form) -> Found:
    """A dose lies more than 10 % over the full one for the body, whatever change is stated."""
    surface, weight = form["body_surface_m2"], form["weight_kg"]
    sizes = {"paclitaxel": (surface, "m²"), "trastuzumab": (weight, "kg")}
    for name, (size, unit) in sizes.items():
        drug, given = current().drug(name), form[f"{name}_dose_mg"]
        if not size or not given or drug.dose is None:
            continue
        loading = name == "trastuzumab" and form["trastuzumab_loading"] == "Y"
        full = drug.loading_dose if loading and drug.loading_dose else drug.dose
        dose = Decimal(given) / Decimal(size)
        if (dose / full - 1) * 100 > DOSE_OVER_PERCENT:
            text = f"{plain(given)} mg of {name} are {dose_by_size(dose)} mg/{unit}"
            yield f"{name}_dose_mg", f"{text}; the full dose is {plain(full)} mg/{unit}."


def out_of_order(form: Form, book: CheckedCasebook) -> Found:
    """A visit is dated before one that the protocol plans earlier."""
    name, on = CATALOGUE[form.code].date_item, form[CATALOGUE[form.code].date_item]
    if form.visit is None or form.visit.window_from is None or not on:
        return
    for other in book.of(form.code):
        planned = other.visit and other.visit.window_from
        if planned and planned < form.visit.window_from and before(on, other[name]):
            visit = other.visit.label if other.visit else ""
            yield name, f"{shown(on)} is before {visit} on {shown(other[name])}, which is planned earlier."
            return


def same_day(form: Form, book: CheckedCasebook) -> Found:
    """Two forms of one kind are dated on one day, at different visits."""
    name = CATALOGUE[form.code].date_item
    on = form[name]
    whole = on and len(str(on)) == len("2008-03-01")
    for other in book.of(form.code):
        if whole and other.pk < form.pk and str(other[name]) == str(on):
            where = f" at {other.visit.label}" if other.visit else ""
            yield name, f"Another form of this kind is dated {shown(on)}{where}: is it the same?"
            return


def far_from_dose(form: Form, book: CheckedCasebook) -> Found:
    """A sample or an examination of a visit is dated more than seven days away from the dose that was given at it."""
    name = CATALOGUE[form.code].date_item
    for dose in book.of("infusion"):
        same = form.visit is not None and dose.visit is not None and form.visit.pk == dose.visit.pk
        if same and form[name] and dose["infusion_date"]:
            days = abs((form[name] - dose["infusion_date"]).days)
            if days > APART_DAYS:
                yield name, f"{shown(form[name])} is {counted(days, 'day')} away from the infusion of this visit."


def before_birth(form: Form, book: CheckedCasebook) -> Found:
    """Something is dated before birth."""
    person = book.one("demography")
    born = person["birth_date"] if person else None
    for item, label, day in _days_of(form):
        if before(day, born):
            # The day and month of birth are not for everybody who reads the question.
            yield item, f"{label} {shown(day)} is before birth in {str(born)[:4]}."


def _days_of(form: Form) -> Iterator[tuple[str, str, Day]]:
    for name in IN_LIFE[form.code]:
        words = name.removeprefix(ITS_ROWS).removesuffix("_date").replace("_", " ").capitalize()
        if name.startswith(ITS_ROWS):
            column = name.removeprefix(ITS_ROWS)
            yield from ((row_item(row, column), words, row[column]) for row in form.rows)
        else:
            yield name, words, form[name]


def after_death(form: Form, book: CheckedCasebook) -> Found:
    """A medication or another therapy starts after death."""
    death = book.one("death")
    if death and before(death["death_date"], form["start_date"]):
        yield "start_date", f"The start {shown(form['start_date'])} is after death on {shown(death['death_date'])}."


def diagnosed_after_consent(form: Form, book: CheckedCasebook) -> Found:
    """The cancer, its metastasis or an earlier therapy is dated after consent."""
    consent = book.one("consent")
    on = consent["consent_date"] if consent else None
    for item, label, day in _days_of(form):
        if before(on, day):
            yield item, f"{label} {shown(day)} is after consent on {shown(on)}."


def condition_late(form: Form, book: CheckedCasebook) -> Found:
    """A condition of the medical history begins after the first dose: it is an adverse event."""
    first = book.known(first_dose)
    for row in form.rows:
        if before(first, row["start_date"]):
            text = f"The start {shown(row['start_date'])} is after the first dose on {shown(first)}"
            yield row_item(row, "start_date"), f"{text}: is it an adverse event?"


def first_dose(book: CheckedCasebook) -> date | None:
    """The first day on which a drug was given, by infusions and times of a dose."""
    infused = [
        infusion["infusion_date"]
        for infusion in book.of("infusion")
        if "Y" in (infusion["paclitaxel_given"], infusion["trastuzumab_given"]) and infusion["infusion_date"]
    ]
    taken = [
        row["start_date"]
        for infusion in book.of("everolimus")
        for row in infusion.rows
        if row["dose_mg"] and row["start_date"]
    ]
    return min([*infused, *taken, *first_given(book)], default=None)


def related_before_dose(form: Form, book: CheckedCasebook) -> Found:
    """An adverse event is related to a study drug, and starts before the first dose."""
    first = book.known(first_dose)
    drugs = [(end, drug) for end, drug in columns(current()).items() if form[f"related_{end}"] == "Y"]
    if drugs and before(form["start_date"], first):
        end, drug = drugs[0]
        text = f"{named(form)} starts {shown(form['start_date'])}, before the first dose on {shown(first)}"
        yield f"related_{end}", f"{text}: can it be related to {in_a_sentence(drug.label)}?"


def limiting_late(form: Form, book: CheckedCasebook) -> Found:
    """A dose-limiting toxicity starts after the cycle in which it counts."""
    first, rule = earliest(book.known(first_dose)), current().dlt
    if form["dose_limiting"] != "Y" or first is None or rule is None:
        return
    over = first + timedelta(rule.cycle * book.version_on(first).regimen.cycle_days)
    if not before(form["start_date"], over) and before(over - timedelta(1), form["start_date"]):
        text = f"{named(form)} starts {shown(form['start_date'])}: cycle {rule.cycle} ended before {shown(over)}"
        yield "dose_limiting", f"{text}. Is it dose-limiting by the protocol?"


def _same_day(code: str) -> Check:
    return Check(f"same-day-{code.replace('_', '-')}", (code,), (CATALOGUE[code].date_item,), same_day, (code,))


def _in_order(code: str) -> Check:
    return Check(f"visit-order-{code.replace('_', '-')}", (code,), (CATALOGUE[code].date_item,), out_of_order, (code,))


def _named(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.removeprefix(ITS_ROWS) for name in names))


SIZES = ("infusion", "vital_signs")
EVERY_DAY = _named(tuple(name for names in IN_LIFE.values() for name in names))
CHECKS = (
    Check("mass-index", SIZES, ("weight_kg",), mass_index),
    Check("weight-jump", SIZES, ("weight_kg",), weight_jump, SIZES),
    Check("dose-high", ("infusion",), ("paclitaxel_dose_mg", "trastuzumab_dose_mg"), dose_high),
    *(_in_order(code) for code in ("infusion", "follow_up")),
    *map(_same_day, codes_of(lambda form: form.once_a_day)),
    Check(
        "day-of-dose",
        ("vital_signs", *SAMPLES),
        ("vital_signs_date", "sample_date"),
        far_from_dose,
        ("infusion",),
    ),
    Check("before-birth", tuple(IN_LIFE), EVERY_DAY, before_birth, ("demography",)),
    Check("start-after-death", ("medication", "new_therapy"), ("start_date",), after_death, ("death",)),
    Check("diagnosis-time", ("history",), _named(IN_LIFE["history"]), diagnosed_after_consent, ("consent",)),
    Check("condition-time", ("medical_history",), ("start_date",), condition_late, DOSES),
    Check(
        "event-related",
        ("adverse_event",),
        tuple(f"related_{end}" for end in COLUMNS),
        related_before_dose,
        DOSES,
    ),
    Check("event-limiting-time", ("adverse_event",), ("dose_limiting",), limiting_late, DOSES),
)
