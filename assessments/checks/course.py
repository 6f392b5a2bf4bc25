"""Checks of how treatment and survival went on: the order of dates from consent to death, therapies, medication."""

from collections.abc import Callable, Iterator
from datetime import date

from assessments.catalogue import CATALOGUE, DOSES, codes_of
from assessments.checks.check import Check, CheckedCasebook, Form, Found, row_item
from assessments.checks.days import Day, before, earliest, latest, shown
from assessments.plan.drugs import COLUMNS, columns
from protocol import current
from protocol.regimen import in_a_sentence

# Days between consent and death. Infusions, tumour assessments and contacts are held against these by the derivation of
# the endpoints.
WITHIN_LIFE = {code: CATALOGUE[code].dated_by for code in codes_of(lambda form: form.within_life)}


def within_life(form: Form, book: CheckedCasebook) -> Found:
    """A form is dated before consent or after death."""
    name, consent, death = WITHIN_LIFE[form.code], book.one("consent"), book.one("death")
    if consent and before(form[name], consent["consent_date"]):
        yield name, f"{shown(form[name])} is before consent on {shown(consent['consent_date'])}."
    if death and before(death["death_date"], form[name]):
        yield name, f"{shown(form[name])} is after death on {shown(death['death_date'])}."


def _doses(form: Form) -> Iterator[tuple[str, Day]]:
    """(item, day) of each day on which this form says that a drug was given."""
    if form.code == "infusion":
        if "Y" in (form["paclitaxel_given"], form["trastuzumab_given"]):
            yield "infusion_date", form["infusion_date"]
        return
    for row in form.rows:
        if row["given"] == "Y" if form.code == "exposure" else row["dose_mg"]:
            yield row_item(row, "start_date"), row["start_date"]
            yield row_item(row, "end_date"), row["end_date"]


def _after(code: str, name: str, words: str) -> Callable[[Form, CheckedCasebook], Found]:
    def dosed_after(form: Form, book: CheckedCasebook) -> Found:
        ended = book.one(code)
        for item, day in _doses(form):
            if ended and before(ended[name], day):
                yield item, f"A dose on {shown(day)}, after {words} on {shown(ended[name])}."

    dosed_after.__doc__ = f"A dose is dated after {words}."
    return dosed_after


def end_before_dose(form: Form, book: CheckedCasebook) -> Found:
    """Treatment ended before the first dose."""
    first = _first_dose(book)
    if before(form["end_date"], first):
        yield "end_date", f"The end {shown(form['end_date'])} is before the first dose on {shown(first)}."


def _first_dose(book: CheckedCasebook) -> Day:
    days = (earliest(day) for form in book.of(*DOSES) for _, day in _doses(form))
    return min((day for day in days if day), default=None)


def last_dose(form: Form, book: CheckedCasebook) -> Found:
    """The last dose of a drug is another than the last one that its dosing forms tell of."""
    for end, drug in columns(current()).items():
        name, last_days = f"last_{end}_date", _last_days(drug.code, book)
        if form[name] and last_days and form[name] != max(last_days):
            text = f"Last dose of {in_a_sentence(drug.label)} on {shown(form[name])}"
            yield name, f"{text}; the dosing forms give {shown(max(last_days))}."


def _last_days(drug: str, book: CheckedCasebook) -> list[date]:
    """The last day of each time of a dose of a drug; none where one has no end yet."""
    if drug in ("paclitaxel", "trastuzumab"):
        infused = (form["infusion_date"] for form in book.of("infusion") if form[f"{drug}_given"] == "Y")
        days = [day for day in infused if day]
    else:
        days = []
    rows = (
        [row for form in book.of("everolimus") for row in form.rows if row["dose_mg"]] if drug == "everolimus" else []
    )
    given = [
        row for form in book.of("exposure") for row in form.rows if row["treatment"] == drug and row["given"] == "Y"
    ]
    ends = [row["end_date"] for row in rows]
    ends += [row["end_date"] or (row["start_date"] if row["frequency"] == "ONCE" else None) for row in given]
    return [*days, *ends] if all(ends) else []


def ended_by_death(form: Form, book: CheckedCasebook) -> Found:
    """Treatment ended by death, and no death form is complete."""
    if form["reason"] == "DEATH" and book.one("death") is None:
        yield "reason", "Treatment ended by death, but no death form is complete."


def progression_after_end(form: Form) -> Found:
    """Progression by symptoms is dated after the end of treatment that it should explain."""
    progressed, ended = form["clinical_progression_date"], form["end_date"]
    if form["reason"] == "PROGRESSIVE DISEASE" and before(ended, progressed):
        text = f"Progression by symptoms {shown(progressed)} is after the end of treatment {shown(ended)}."
        yield "clinical_progression_date", text


def contact_before_end(form: Form, book: CheckedCasebook) -> Found:
    """A survival follow-up is dated before the end of treatment."""
    ended = book.one("end_of_treatment")
    if ended and before(form["contact_date"], ended["end_date"]):
        on = shown(ended["end_date"])
        yield "contact_date", f"The contact {shown(form['contact_date'])} is before the end of treatment on {on}."


def therapy_after_contact(form: Form) -> Found:
    """A new therapy told of at a contact started after that contact."""
    contact, start = form["contact_date"], form["new_therapy_date"]
    if before(contact, start):
        yield "new_therapy_date", f"The new therapy starts {shown(start)}, after the contact {shown(contact)}."


def therapy_unlisted(form: Form, book: CheckedCasebook) -> Found:
    """A follow-up tells of a new anticancer therapy that has no form."""
    start = form["new_therapy_date"]
    if form["new_therapy_given"] != "Y" or start is None:
        return
    listed = [therapy["start_date"] for therapy in book.of("new_therapy")]
    if not any(not before(start, day) and not before(day, start) for day in listed if day):
        yield "new_therapy_given", f"A new therapy from {shown(start)} has no form of its own."


def therapy_before_end(form: Form, book: CheckedCasebook) -> Found:
    """A new anticancer therapy starts before the end of treatment, or ends before it starts."""
    ended, start = book.one("end_of_treatment"), form["start_date"]
    if ended and before(start, ended["end_date"]):
        yield "start_date", f"The start {shown(start)} is before the end of treatment on {shown(ended['end_date'])}."
    if before(form["end_date"], start):
        yield "end_date", f"The end {shown(form['end_date'])} is before the start {shown(start)}."


def death_by_treatment(form: Form, book: CheckedCasebook) -> Found:
    """The study treatment caused the death, and no adverse event is fatal."""
    fatal = [event for event in book.of("adverse_event") if event["outcome"] == "FATAL" or event["grade"] == "5"]
    if form["cause"] == "STUDY TREATMENT" and not fatal:
        yield "cause", "The study treatment caused the death, but no adverse event is fatal."


def medication_order(form: Form) -> Found:
    """A medication ends before it starts."""
    if before(form["end_date"], form["start_date"]):
        yield "end_date", f"The end {shown(form['end_date'])} is before the start {shown(form['start_date'])}."


def medication_begun(form: Form, book: CheckedCasebook) -> Found:
    """A medication is said to have begun after the first dose, and its start lies before it."""
    first, start = _first_dose(book), form["start_date"]
    if form["before_trial"] == "N" and before(start, first):
        text = f"The start {shown(start)} is before the first dose on {shown(first)}"
        yield "before_trial", f"{text}: was it begun before?"


def medication_twice(form: Form, book: CheckedCasebook) -> Found:
    """Two entries of one medication overlap in time."""
    for other in book.of("medication"):
        same = (form["medication"] or "").casefold() == (other["medication"] or "").casefold()
        if other.pk < form.pk and same and not _apart(form, other) and not _apart(other, form):
            text = f"This medication overlaps with another entry of it, from {shown(other['start_date'])}."
            yield "medication", text


def _apart(former: Form, latter: Form) -> bool:
    """Whether the one ends before the other starts; without a start it began before the trial, without an end it goes
    on."""
    ended, started = latest(former["end_date"]), earliest(latter["start_date"])
    return ended is not None and started is not None and ended < started


AT_DOSE = ("infusion_date", "start_date", "end_date")
CHECKS = (
    Check(
        "day-in-life", tuple(WITHIN_LIFE), tuple(sorted(set(WITHIN_LIFE.values()))), within_life, ("consent", "death")
    ),
    Check("dose-after-death", DOSES, AT_DOSE, _after("death", "death_date", "death"), ("death",)),
    Check(
        "dose-after-end",
        DOSES,
        AT_DOSE,
        _after("end_of_treatment", "end_date", "the end of treatment"),
        ("end_of_treatment",),
    ),
    Check("end-before-dose", ("end_of_treatment",), ("end_date",), end_before_dose, DOSES),
    Check(
        "end-last-dose",
        ("end_of_treatment",),
        tuple(f"last_{end}_date" for end in COLUMNS),
        last_dose,
        DOSES,
    ),
    Check("end-by-death", ("end_of_treatment",), ("reason",), ended_by_death, ("death",)),
    Check("end-progression", ("end_of_treatment",), ("clinical_progression_date",), progression_after_end),
    Check("contact-before-end", ("follow_up",), ("contact_date",), contact_before_end, ("end_of_treatment",)),
    Check("contact-therapy", ("follow_up",), ("new_therapy_date",), therapy_after_contact),
    Check("contact-therapy-form", ("follow_up",), ("new_therapy_given",), therapy_unlisted, ("new_therapy",)),
    Check("new-therapy-order", ("new_therapy",), ("start_date", "end_date"), therapy_before_end, ("end_of_treatment",)),
    Check("death-by-treatment", ("death",), ("cause",), death_by_treatment, ("adverse_event",)),
    Check("medication-order", ("medication",), ("end_date",), medication_order),
    Check("medication-begun", ("medication",), ("before_trial",), medication_begun, DOSES),
    Check("medication-twice", ("medication",), ("medication",), medication_twice, ("medication",)),
)
