"""What the record knows already, put into a form that nobody has saved yet and said to be a proposal: whoever saves the
form answers for it. Of complete forms only."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple

from assessments.catalogue import CATALOGUE, SAMPLES
from assessments.checks.check import CheckedCasebook, Form
from assessments.checks.days import shown
from assessments.checks.reading import casebook
from assessments.checks.screening import LABORATORY, in_both
from assessments.forms.items import ItemForm
from assessments.place import Place
from assessments.visits.placing import day_of
from cohorts.models import Enrolment
from laboratory.analytes import ANALYTES
from values.numbers import Result, written


class Proposal(NamedTuple):
    item: str
    value: Any
    source: str


# By form of the record: (its item, the item of eligibility that asks for the same).
SAME = {
    "consent": (("consent_date", "consent_date"),),
    "demography": (("sex", "sex"), ("age", "age_at_consent")),
    "tumour_baseline": (("disease_measurable", "measurable_disease"),),
}
WORDS = {
    "consent": "informed consent",
    "demography": "demography",
    "tumour_baseline": "the tumour baseline",
}


def propose_known(place: Place, form: ItemForm, proposals: Callable[[Place], Iterator[Proposal]]) -> None:
    """In one statement, for the forms that ask again for what the record holds; into a form never saved."""
    if place.case_form is not None or form.is_bound:
        return
    for item, value, source in proposals(place):
        if item not in form.item_of:
            continue
        form.initial[item] = value
        field = form.fields[item]
        field.help_text = f"Proposed from {source}: check whether it still applies. {field.help_text}".strip()


def for_adverse_event(place: Place) -> Iterator[Proposal]:
    """In a cohort that looks for no dose, nothing limits one."""
    enrolment = Enrolment.objects.filter(subject=place.subject).select_related("cohort").first()
    if enrolment is not None and enrolment.plan is not None and not enrolment.plan.dlt_evaluated:
        yield Proposal("dose_limiting", "NA", "the cohort, which is not evaluated for it")


def for_infusion(place: Place) -> Iterator[Proposal]:
    """Before the first infusion, the sizes that were measured last up to the day of the visit; after it those of the
    infusion before stand beside."""
    book, until = casebook(place.subject.pk, ("infusion", "vital_signs")), day_of(place.visit)
    if _dated(book, "infusion_date", until, "infusion"):
        return
    for item in ("weight_kg", "height_cm"):
        last = _last(book, "vital_signs_date", item, "vital_signs", until)
        if last is not None:
            yield Proposal(item, last[item], f"vital signs of {shown(last['vital_signs_date'])}")


def for_pregnancy_test(place: Place) -> Iterator[Proposal]:
    """Nobody tests a man, or a woman after menopause."""
    book = casebook(place.subject.pk, ("demography",))
    person = book.one("demography")
    why = {"M": "MALE"}.get(person["sex"]) if person else None
    if person and person["menopausal_status"] == "POSTMENOPAUSE":
        why = "POSTMENOPAUSAL"
    if why:
        yield Proposal("childbearing", "N", WORDS["demography"])
        yield Proposal("why_not", why, WORDS["demography"])


def for_eligibility(place: Place) -> Iterator[Proposal]:
    """What was known before treatment."""
    book, until = casebook(place.subject.pk, (*SAME, "history", "vital_signs", *SAMPLES)), place.subject.first_dose_date
    same = SAME | {"history": tuple((theirs, name) for name, theirs in in_both())}
    words = WORDS | {"history": f"the {CATALOGUE['history'].title.lower()}"}
    for code, items in same.items():
        for other in book.of(code):
            for theirs, name in items:
                if other[theirs] is not None:
                    yield Proposal(name, other[theirs], words[code])
    yield from _of_lesions(book)
    status = _last(book, "vital_signs_date", "who_status", "vital_signs", until)
    if status is not None:
        yield Proposal("who_status", status["who_status"], f"vital signs of {shown(status['vital_signs_date'])}")
    yield from _of_samples(book, until)


def _of_lesions(book: CheckedCasebook) -> Iterator[Proposal]:
    """That no lesion of the liver was chosen does not say that there is none."""
    if any(row["location"] == "LIVER" for baseline in book.of("tumour_baseline") for row in baseline.rows):
        yield Proposal("liver_metastases", "Y", WORDS["tumour_baseline"])


def _of_samples(book: CheckedCasebook, until: date | None) -> Iterator[Proposal]:
    """The last result of each analyte before treatment, and its upper limit, in the unit that eligibility asks in."""
    proposed: dict[str, tuple[Any, Any]] = {}
    for sample in sorted(
        _dated(book, "sample_date", until, *SAMPLES), key=lambda sample_form: sample_form["sample_date"]
    ):
        for row in sample.rows:
            if row["value"] is not None and row["unit"]:
                proposed[row["analyte"]] = (row, sample["sample_date"])
    for item, (code, unit) in LABORATORY.items():
        if code not in proposed:
            continue
        row, on = proposed[code]
        analyte, source = ANALYTES[code], f"{ANALYTES[code].label} of {shown(on)}"
        qualifier, value = row["value"].qualifier, analyte.converted(row["value"].value, row["unit"], unit)
        yield Proposal(item, Result(qualifier, _to_two_decimals(value, ROUNDED[qualifier])), source)
        if item in WITH_LIMIT and row["upper_limit"] is not None:
            limit = analyte.converted(row["upper_limit"], row["unit"], unit)
            yield Proposal(f"{item}_uln", _to_two_decimals(limit, round), source)


WITH_LIMIT = ("bilirubin", "ast", "alt", "creatinine")


# What is below a limit is below that limit rounded up.
ROUNDED: dict[str, Callable[[Fraction], int]] = {"": round, "<": ceil, ">": floor}


def _to_two_decimals(value: Fraction, rounded: Callable[[Fraction], int]) -> Decimal:
    """As many as the items have, as it is typed."""
    return Decimal(written(Decimal(rounded(value * 100)).scaleb(-2)))


def _dated(book: CheckedCasebook, dated_by: str, until: date | None, *codes: str) -> list[Form]:
    """Those that were known by a day: nothing of a later visit is offered to an earlier one."""
    return [form for form in book.of(*codes) if form[dated_by] and (until is None or form[dated_by] <= until)]


def _last(book: CheckedCasebook, dated_by: str, item: str, code: str, until: date | None) -> Form | None:
    dated = [form for form in _dated(book, dated_by, until, code) if form[item] is not None]
    return max(dated, key=lambda form: form[dated_by], default=None)
