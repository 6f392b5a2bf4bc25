"""Checks of the forms by which a subject comes into the trial: they ask for one thing more than once."""

from fractions import Fraction

from assessments.catalogue import CATALOGUE, SAMPLES
from assessments.checks.check import Check, CheckedCasebook, Form, Found, row_item
from assessments.checks.days import before, earliest, latest, shown
from assessments.items import columns_of, label_of
from assessments.models import BreastCancerHistory, Eligibility
from laboratory.analytes import ANALYTES
from laboratory.units import exact
from protocol import current
from values.numbers import Result

# By item of the eligibility form: the analyte, and the unit that the item is asked in.
LABORATORY = {
    "neutrophils": ("NEUT", "10^9/L"),
    "platelets": ("PLAT", "10^9/L"),
    "haemoglobin": ("HGB", "g/dL"),
    "bilirubin": ("BILI", "umol/L"),
    "ast": ("AST", "U/L"),
    "alt": ("ALT", "U/L"),
    "creatinine": ("CREAT", "umol/L"),
}
# Of the value: laboratories and forms round differently.
ROUNDING_PERCENT = 1


def eligibility_demography(form: Form, book: CheckedCasebook) -> Found:
    """Sex or age differ between eligibility and demography."""
    other = book.one("demography")
    for here, theirs, label in (("sex", "sex", "Sex"), ("age_at_consent", "age", "Age at consent")):
        if other and None not in (form[here], other[theirs]) and form[here] != other[theirs]:
            yield here, f"{label} is {form[here]} here and {other[theirs]} in demography."


def eligibility_history(form: Form, book: CheckedCasebook) -> Found:
    """What eligibility and the cancer history both ask is answered differently."""
    other, where = book.one("history"), CATALOGUE["history"].title.lower()
    for name, theirs in in_both():
        if other and None not in (form[name], other[theirs]) and form[name] != other[theirs]:
            label = label_of(Eligibility, name)
            yield name, f"{label} is {form[name]} here and {other[theirs]} in the {where}."


def in_both() -> list[tuple[str, str]]:
    """(column of eligibility, column of the history) of each item that the file has under one code in both."""
    history = current().history
    theirs = {item.code: item.held_by for item in history.items} if history else {}
    return [(item.held_by, theirs[item.code]) for item in current().eligibility_items if item.code in theirs]


def eligibility_consent(form: Form, book: CheckedCasebook) -> Found:
    """The date of consent differs between eligibility and the consent form."""
    other = book.one("consent")
    if other and form["consent_date"] and other["consent_date"] and form["consent_date"] != other["consent_date"]:
        here, theirs = shown(form["consent_date"]), shown(other["consent_date"])
        yield "consent_date", f"Consent is dated {here} here and {theirs} on its own form."


def eligibility_measurable(form: Form, book: CheckedCasebook) -> Found:
    """Measurable disease is answered differently in eligibility and at the tumour baseline."""
    other = book.one("tumour_baseline")
    here = form["measurable_disease"]
    if other and here and other["disease_measurable"] and here != other["disease_measurable"]:
        yield "measurable_disease", f"Measurable disease is {here} here and {other['disease_measurable']} at baseline."


def measurable_without_target(form: Form, book: CheckedCasebook) -> Found:
    """Measurable disease at baseline and the target lesions that were chosen do not fit each other."""
    targets = [row["label"] for row in form.rows if row["kind"] == "TARGET"]
    if form["disease_measurable"] == "Y" and not targets:
        yield "disease_measurable", "There is a measurable lesion, but no target lesion was chosen."
    if form["disease_measurable"] == "N" and targets:
        yield "disease_measurable", f"No lesion is measurable, but target lesions were chosen: {', '.join(targets)}."


def eligibility_status(form: Form, book: CheckedCasebook) -> Found:
    """The performance status in eligibility is none of those measured at screening."""
    measured = (other for other in book.of("vital_signs") if other.visit and other.visit.kind == "screening")
    grades = [other["who_status"] for other in measured if other["who_status"]]
    here = form["who_status"]
    if here is not None and grades and str(here) not in grades:
        yield "who_status", f"WHO status is {here} here and {', '.join(grades)} in vital signs at screening."


def eligibility_laboratory(form: Form, book: CheckedCasebook) -> Found:
    """A laboratory value in eligibility is none of those of the screening samples."""
    samples = [
        row for other in book.of(*SAMPLES) if other.visit and other.visit.kind == "screening" for row in other.rows
    ]
    for item, (code, unit) in LABORATORY.items():
        here, analyte = form[item], ANALYTES[code]
        results = [row for row in samples if row["analyte"] == code and row["value"] is not None and row["unit"]]
        amounts = [
            (row["value"].qualifier, analyte.converted(row["value"].value, row["unit"], unit)) for row in results
        ]
        if here is None or not amounts or any(_agree(here, *measured) for measured in amounts):
            continue
        reported = ", ".join(f"{row['value']} {analyte.unit(row['unit']).label}" for row in results)
        label = analyte.unit(unit).label
        yield item, f"{analyte.label} is {here} {label} here and {reported} in the screening sample."


def _agree(here: Result, qualifier: str, value: Fraction) -> bool:
    """A number is not what a laboratory reported that could tell a limit alone."""
    near = abs(exact(here.value) - value) * 100 <= ROUNDING_PERCENT * max(exact(here.value), value)
    return here.qualifier == qualifier and near


def age_at_consent(form: Form, book: CheckedCasebook) -> Found:
    """The age does not follow from the date of birth and the date of consent."""
    consent, born, age = book.one("consent"), form["birth_date"], form["age"]
    on = consent["consent_date"] if consent else None
    first, last = earliest(born), latest(born)
    if on is None or first is None or last is None or age is None:
        return
    low, high = _age(last, on), _age(first, on)
    if not low <= age <= high:
        follows = str(low) if low == high else f"{low} or {high}"
        yield "age", f"Age {age}: from birth in {first:%Y} and consent on {shown(on)} follows {follows}."


def _age(born: object, on: object) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))  # type: ignore[attr-defined]


def menopause_of_a_man(form: Form) -> Found:
    """A menopausal status is given for a man."""
    if form["sex"] == "M" and form["menopausal_status"] not in (None, "NOT APPLICABLE"):
        yield "menopausal_status", "The subject is male: is there a menopausal status?"


def metastasis_before_diagnosis(form: Form) -> Found:
    """The first metastasis is dated before the first diagnosis."""
    first, spread = form["diagnosis_date"], form["metastatic_date"]
    if before(spread, first):
        yield "metastatic_date", f"First metastasis {shown(spread)} is before the first diagnosis {shown(first)}."


def earlier_therapies(form: Form, book: CheckedCasebook) -> Found:
    """An earlier therapy ends before it starts, or starts before the diagnosis."""
    for row in form.rows:
        if before(row["end_date"], row["start_date"]):
            text = f"The end {shown(row['end_date'])} is before the start {shown(row['start_date'])}."
            yield row_item(row, "end_date"), text
        if before(row["start_date"], form["diagnosis_date"]):
            text = f"The start {shown(row['start_date'])} is before the diagnosis {shown(form['diagnosis_date'])}."
            yield row_item(row, "start_date"), text


def conditions(form: Form, book: CheckedCasebook) -> Found:
    """A condition of the medical history ends before it starts."""
    for row in form.rows:
        if before(row["end_date"], row["start_date"]):
            text = f"The end {shown(row['end_date'])} is before the start {shown(row['start_date'])}."
            yield row_item(row, "end_date"), text


def any_condition(form: Form, book: CheckedCasebook) -> Found:
    """Whether there is any condition does not fit the conditions that are listed."""
    if form["any_condition"] == "Y" and not form.rows:
        yield "any_condition", "Conditions are to be reported, but none is listed."
    if form["any_condition"] == "N" and form.rows:
        yield "any_condition", f"No condition is to be reported, but {len(form.rows)} listed."


def pregnancy(form: Form, book: CheckedCasebook) -> Found:
    """A pregnancy test is positive, or what it says of childbearing does not fit sex or menopause in demography."""
    if form["result"] == "POSITIVE":
        yield "result", "The pregnancy test is positive: is it right?"
    other = book.one("demography")
    if other and other["sex"] == "M" and form["childbearing"] == "Y":
        yield "childbearing", "The subject is male by demography."
    if other and other["sex"] == "F" and form["why_not"] == "MALE":
        yield "why_not", "The subject is female by demography."
    if other and other["menopausal_status"] == "PREMENOPAUSE" and form["why_not"] == "POSTMENOPAUSAL":
        yield "why_not", "The subject is premenopausal by demography."
    if other and other["menopausal_status"] == "POSTMENOPAUSE" and form["childbearing"] == "Y":
        yield "childbearing", "The subject is postmenopausal by demography."


# What eligibility and history can both ask.
MARKERS = tuple(
    field.name
    for field, _ in columns_of(Eligibility)
    if field.name in {other.name for other, _ in columns_of(BreastCancerHistory)}
)
ELIGIBILITY, BASELINE = ("eligibility",), ("tumour_baseline",)
CHECKS = (
    Check("eligibility-demography", ELIGIBILITY, ("sex", "age_at_consent"), eligibility_demography, ("demography",)),
    Check("eligibility-history", ELIGIBILITY, MARKERS, eligibility_history, ("history",)),
    Check("eligibility-consent", ELIGIBILITY, ("consent_date",), eligibility_consent, ("consent",)),
    Check("eligibility-measurable", ELIGIBILITY, ("measurable_disease",), eligibility_measurable, BASELINE),
    Check("baseline-measurable", BASELINE, ("disease_measurable",), measurable_without_target, BASELINE),
    Check("eligibility-status", ELIGIBILITY, ("who_status",), eligibility_status, ("vital_signs",)),
    Check("eligibility-laboratory", ELIGIBILITY, tuple(LABORATORY), eligibility_laboratory, SAMPLES),
    Check("age", ("demography",), ("age",), age_at_consent, ("consent",)),
    Check("menopause", ("demography",), ("menopausal_status",), menopause_of_a_man),
    Check("metastasis-order", ("history",), ("metastatic_date",), metastasis_before_diagnosis),
    Check("therapy-order", ("history",), ("end_date", "start_date"), earlier_therapies, ("history",)),
    Check("condition-order", ("medical_history",), ("end_date",), conditions, ("medical_history",)),
    Check("condition-any", ("medical_history",), ("any_condition",), any_condition, ("medical_history",)),
    Check("pregnancy", ("pregnancy_test",), ("result", "childbearing", "why_not"), pregnancy, ("demography",)),
)
