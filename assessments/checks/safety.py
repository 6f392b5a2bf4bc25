"""Checks of adverse events and of the heart."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from assessments.catalogue import DOSES
from assessments.checks.check import Check, CheckedCasebook, Form, Found
from assessments.checks.days import before, earliest, plain, shown
from assessments.plan.drugs import COLUMNS, NAMED, columns
from protocol import current
from protocol.regimen import in_a_sentence
from terminology import ctcae

RECOVERED = ("RECOVERED/RESOLVED", "RECOVERED/RESOLVED WITH SEQUELAE")
# By what was done because of an event: what a dosing form calls it.
CHANGES = {
    "DOSE REDUCED": ("DOSE REDUCED",),
    "DRUG INTERRUPTED": ("DRUG INTERRUPTED", "DOSE OMITTED", "DOSE DELAYED"),
    "DRUG WITHDRAWN": ("DRUG WITHDRAWN",),
}
LVEF_DROP, LVEF_FLOOR = Decimal(10), Decimal(50)


def named(event: Form) -> str:
    """Never in the site's own words: a question is read by those, too, who may not read them."""
    return str(event["dictionary_term"] or f"Event of {shown(event['start_date'])}")


def event_order(form: Form) -> Found:
    """An adverse event ends before it starts."""
    if before(form["end_date"], form["start_date"]):
        yield "end_date", f"The end {shown(form['end_date'])} is before the start {shown(form['start_date'])}."


def event_outcome(form: Form) -> Found:
    """The outcome of an adverse event does not fit its grade, or whether it is still there."""
    outcome, grade = form["outcome"], form["grade"]
    if outcome == "FATAL" and grade and grade != "5":
        yield "grade", f"The outcome is fatal and the grade is {grade}."
    if grade == "5" and outcome and outcome != "FATAL":
        yield "outcome", "The grade is 5, death, and the outcome is not fatal."
    if form["ongoing"] == "Y" and outcome in RECOVERED:
        yield "ongoing", "The event is ongoing, and the outcome is recovered."
    if form["ongoing"] == "N" and outcome == "NOT RECOVERED/NOT RESOLVED":
        yield "ongoing", "The event has ended, and the outcome is not recovered."


def grade_without_criterion(form: Form) -> Found:
    """The grade of an adverse event is none that the CTCAE describes for its term."""
    term = ctcae.stored(form["dictionary_term"] or "", form["dictionary"] or "")
    if term and term.grades and form["grade"] and int(form["grade"]) not in term.grades:
        has = f"{term.dictionary} has {term.grades_in_words} of {term.text}"
        yield "grade", f"{has}, not grade {form['grade']}: are term and grade right?"


def death_without_form(form: Form, book: CheckedCasebook) -> Found:
    """An adverse event is fatal, and no death form is complete."""
    fatal = form["outcome"] == "FATAL" or form["grade"] == "5" or form["results_in_death"] == "Y"
    if fatal and book.one("death") is None:
        yield "outcome", f"{named(form)} is fatal, but no death form is complete."


def event_around_life(form: Form, book: CheckedCasebook) -> Found:
    """An adverse event starts before consent or after death."""
    consent, death, start = book.one("consent"), book.one("death"), form["start_date"]
    if consent and before(start, consent["consent_date"]):
        on = shown(consent["consent_date"])
        yield "start_date", f"The event starts {shown(start)}, before consent on {on}: is it medical history?"
    if death and before(death["death_date"], start):
        yield "start_date", f"The event starts {shown(start)}, after death on {shown(death['death_date'])}."


def _taken(end: str) -> Callable[[Form, CheckedCasebook], Found]:
    def action(form: Form, book: CheckedCasebook) -> Found:
        done, drug = form[f"action_{end}"], columns(current()).get(end)
        start = earliest(form["start_date"])
        if done not in CHANGES or start is None or drug is None:
            return
        days = (day for day, change in _changes(drug.code, book) if change in CHANGES[done])
        if not any(day >= start for day in days):
            what = "dose reduced" if done == "DOSE REDUCED" else done.removeprefix("DRUG ").lower()
            text = f"{named(form)}: {in_a_sentence(drug.label)} {what}, but no dosing form shows it"
            yield f"action_{end}", f"{text} from {shown(form['start_date'])} on."

    words = "reduced, interrupted or withdrawn because of an adverse event, and no dosing form says so"
    which = end.capitalize() if end in NAMED else f"Another study drug ({end.replace('_', ' ')})"
    action.__doc__ = f"{which} was {words}."
    return action


def _changes(drug: str, book: CheckedCasebook) -> list[tuple[date, Any]]:
    """(day, what a dosing form calls the change) of one drug. An interval of dose 0 is an interruption."""
    rows = [row for form in book.of("exposure") for row in form.rows if row["treatment"] == drug and row["start_date"]]
    exposed = [(row["start_date"], "DRUG INTERRUPTED") for row in rows if row["given"] == "N"]
    exposed += [(row["start_date"], row["change"]) for row in rows]
    if drug == "everolimus":
        rows = [row for form in book.of("everolimus") for row in form.rows if row["start_date"]]
        stops = [(row["start_date"], "DRUG INTERRUPTED") for row in rows if row["dose_mg"] == 0]
        return exposed + stops + [(row["start_date"], row["change"]) for row in rows]
    if drug not in NAMED:
        return exposed
    infusions = [form for form in book.of("infusion") if form["infusion_date"]]
    return exposed + [(form["infusion_date"], form[f"{drug}_change"]) for form in infusions]


def never_reduced(form: Form) -> Found:
    """A drug is called reduced for which the protocol has no lower dose."""
    for end, drug in columns(current()).items():
        if form[f"action_{end}"] == "DOSE REDUCED" and not drug.steps:
            yield f"action_{end}", f"{drug.label} is delayed or stopped, never reduced."


def event_twice(form: Form, book: CheckedCasebook) -> Found:
    """Two adverse events of one name overlap in time."""
    for other in book.of("adverse_event"):
        same = (form["term"] or "").casefold() == (other["term"] or "").casefold()
        if other.pk < form.pk and same and _overlap(form, other):
            text = f"{named(form)} stands on another form too, from {shown(other['start_date'])}"
            yield "term", f"{text}: is it the same event?"


def _overlap(event: Form, other_event: Form) -> bool:
    if not event["start_date"] or not other_event["start_date"]:
        return False
    return not before(event["end_date"], other_event["start_date"]) and not before(
        other_event["end_date"], event["start_date"]
    )


def limiting_grade(form: Form) -> Found:
    """A dose-limiting toxicity has a grade below 3."""
    if form["dose_limiting"] == "Y" and form["grade"] in ("1", "2"):
        yield "dose_limiting", f"A dose-limiting toxicity of grade {form['grade']}: is it right?"


def late_report(form: Form) -> Found:
    """The site knew of a serious event before it started."""
    if before(form["aware_date"], form["start_date"]):
        yield "aware_date", f"Known on {shown(form['aware_date'])}, before the start {shown(form['start_date'])}."


def heart(form: Form, book: CheckedCasebook) -> Found:
    """The ejection fraction fell by 10 points or more to below 50 %."""
    dated = [
        measurement
        for measurement in book.of("lvef")
        if measurement["lvef_date"] and measurement["lvef_percent"] is not None
    ]
    first = min(dated, key=lambda measurement: measurement["lvef_date"], default=None)
    now, on = form["lvef_percent"], form["lvef_date"]
    if first is None or now is None or on is None or on <= first["lvef_date"]:
        return
    if now < LVEF_FLOOR and first["lvef_percent"] - now >= LVEF_DROP:
        was = f"{plain(first['lvef_percent'])} % on {shown(first['lvef_date'])}"
        yield "lvef_percent", f"LVEF {plain(now)} % after {was}: is the treatment withheld?"


AT = ("adverse_event",)
CHECKS = (
    Check("event-order", AT, ("end_date",), event_order),
    Check("event-outcome", AT, ("grade", "outcome", "ongoing"), event_outcome),
    Check("event-criterion", AT, ("grade",), grade_without_criterion),
    Check("event-fatal", AT, ("outcome",), death_without_form, ("death",)),
    Check("event-time", AT, ("start_date",), event_around_life, ("consent", "death")),
    *(Check(f"event-{end.replace('_', '-')}", AT, (f"action_{end}",), _taken(end), DOSES) for end in COLUMNS),
    Check(
        "event-trastuzumab-reduced",
        AT,
        tuple(f"action_{end}" for end in COLUMNS),
        never_reduced,
        called="event-never-reduced",
    ),
    Check("event-twice", AT, ("term",), event_twice, AT),
    Check("event-limiting", AT, ("dose_limiting",), limiting_grade),
    Check("event-aware", AT, ("aware_date",), late_report),
    Check("lvef-drop", ("lvef",), ("lvef_percent",), heart, ("lvef",)),
)
