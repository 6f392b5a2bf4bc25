"""Checks of what hardly happens within a form or beside another: sizes, dates and answers that do not go together."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from assessments.catalogue import CATALOGUE, DOSES
from assessments.checks.check import Check, CheckedCasebook, Form, Found, row_item
from assessments.checks.days import before, earliest, latest, plain, shown
from assessments.checks.plausibility import first_dose
from assessments.checks.screening import MARKERS, in_both
from assessments.eligibility import criteria_not_met
from assessments.items import columns_of
from assessments.models import Eligibility
from assessments.plan.drugs import COLUMNS, columns
from laboratory.analytes import ANALYTES
from laboratory.units import SHOWN_DECIMALS
from laboratory.units import shown as nearest
from protocol import current
from protocol.eligibility import WashoutRule

# Between systolic and diastolic pressure; less is seen in shock alone.
PULSE_PRESSURE_MMHG = 15
# Of a diameter: less cannot be measured by any method, and is a number in centimetres more often than not.
SMALLEST_MM = Decimal(2)
# Of one dose of a medication, by its unit: more is a slip of a digit or another unit.
LARGEST_DOSE = {"mg": Decimal(10_000), "g": Decimal(50), "ug": Decimal(10_000)}
ADULT, OLDEST = 18, 100
# A menstruating woman beyond this age, and metastases so long after a diagnosis in stage IV, are asked about.
MENOPAUSE_BY, STAGE_IV_DAYS = 60, 183
# From consent to the first dose: screening takes weeks.
SCREENING_DAYS = 180
LAST_THERAPIES = tuple(
    field.name for field, item in columns_of(Eligibility) if item.sdtm == "CM.CMENDTC" or field.name.startswith("date_")
)


def pulse_pressure(form: Form) -> Found:
    """Systolic and diastolic blood pressure lie less than 15 mmHg apart."""
    upper, lower = form["systolic_mmhg"], form["diastolic_mmhg"]
    if upper is not None and lower is not None and 0 < upper - lower < PULSE_PRESSURE_MMHG:
        yield "diastolic_mmhg", f"{upper} over {lower} mmHg are {upper - lower} mmHg apart: are both right?"


def status_of_the_dead(form: Form) -> Found:
    """A performance status of 5, dead, is given for somebody who was examined."""
    if form["who_status"] is not None and str(form["who_status"]) == "5":
        yield "who_status", "WHO status 5 is death: was somebody examined who had died?"


def more_than_all_cells(form: Form) -> Found:
    """Neutrophils and lymphocytes are more than all leucocytes."""
    counts = {}
    for row in form.rows:
        known = row["value"] is not None and row["unit"] and not row["value"].is_limit
        if known and row["analyte"] in ("WBC", "NEUT", "LYM"):
            counts[row["analyte"]] = ANALYTES[row["analyte"]].in_si(row["value"].value, row["unit"])
    parts = [counts[code] for code in ("NEUT", "LYM") if code in counts]
    # Laboratories round each count.
    if "WBC" in counts and sum(parts) > counts["WBC"] * 105 / 100:
        total = f"{nearest(sum(parts, Fraction()), SHOWN_DECIMALS):f}"
        text = f"Neutrophils and lymphocytes are {total} 10⁹/L together, more than all leucocytes: are all right?"
        yield "rows[WBC]-value", text


def nothing_given(form: Form) -> Found:
    """An infusion says that neither drug was given, and not why."""
    unsaid = not form["paclitaxel_change"] and not form["trastuzumab_change"]
    if unsaid and form["trastuzumab_given"] == "N" and form["paclitaxel_given"] != "Y":
        yield "trastuzumab_given", "Neither drug was given, and no change is stated: was there an infusion?"


def lesion_small(form: Form) -> Found:
    """A diameter of a lesion is smaller than 2 mm."""
    for row in form.rows:
        for mm in row.get("diameters_mm") or ():
            if 0 < mm < SMALLEST_MM:
                text = f"{plain(mm)} mm is less than can be measured: is it right, and in millimetres?"
                yield f"rows[{row['label']}]-diameters_mm", text


def dispensed_before_consent(form: Form, book: CheckedCasebook) -> Found:
    """Tablets were dispensed before consent."""
    consent = book.one("consent")
    for row in form.rows:
        if consent and before(row["dispensed_on"], consent["consent_date"]):
            on = shown(consent["consent_date"])
            text = f"Dispensed on {shown(row['dispensed_on'])}, before consent on {on}."
            yield row_item(row, "dispensed_on"), text


def consent_time(form: Form, book: CheckedCasebook) -> Found:
    """Consent is dated long before the first dose, or was not given though drugs were."""
    first, on = book.known(first_dose), form["consent_date"]
    if first is None:
        return
    if form["consent_given"] == "N":
        yield "consent_given", f"Consent was not given, and the first dose is dated {shown(first)}."
    elif on and (first - on).days > SCREENING_DAYS:
        yield "consent_date", f"Consent on {shown(on)} is {(first - on).days} days before the first dose."


def born(form: Form, book: CheckedCasebook) -> Found:
    """By the date of birth the subject was a child or over 100 at consent."""
    consent, birth = book.one("consent"), form["birth_date"]
    on, first, last = consent and consent["consent_date"], earliest(birth), latest(birth)
    if on is None or first is None or last is None:
        return
    if first > on:
        yield "birth_date", f"Birth in {first:%Y} is after consent on {shown(on)}."
    elif _years(first, on) < ADULT or _years(last, on) > OLDEST:
        yield "birth_date", f"Birth in {first:%Y} makes an age of {_years(first, on)} at consent on {shown(on)}."


def _years(born_on: object, on: object) -> int:
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))  # type: ignore[attr-defined]


def menopause_late(form: Form) -> Found:
    """A woman over 60 is called premenopausal."""
    if form["menopausal_status"] == "PREMENOPAUSE" and (form["age"] or 0) > MENOPAUSE_BY:
        yield "menopausal_status", f"Premenopausal at {form['age']} years: is it right?"


def marker_not_met(form: Form) -> Found:
    """A marker of the cancer is not what the protocol's criteria ask for."""
    answers = {criterion: form[theirs] or "" for criterion, theirs in in_both()}
    for reason in criteria_not_met(answers) if answers else ():
        yield in_both()[0][1], f"{reason}: is it right?"


def stage_four(form: Form) -> Found:
    """The stage at diagnosis is IV, and the first metastasis came much later."""
    diagnosed, spread = latest(form["diagnosis_date"]), earliest(form["metastatic_date"])
    if form["stage_at_diagnosis"] != "STAGE IV" or not diagnosed or not spread:
        return
    if spread - diagnosed > timedelta(STAGE_IV_DAYS):
        text = f"Stage IV at diagnosis {shown(form['diagnosis_date'])}"
        yield "stage_at_diagnosis", f"{text}, and the first metastasis in {shown(form['metastatic_date'])}."


def condition_fatal(form: Form) -> Found:
    """A condition of the medical history has grade 5, death."""
    for row in form.rows:
        if row["grade"] == "5":
            yield row_item(row, "grade"), "Grade 5 is death: which grade has the condition now?"


def planned_far_off(form: Form, book: CheckedCasebook) -> Found:
    """The planned first dose lies before consent or long after it."""
    on, planned = form["consent_date"], form["planned_first_dose_date"]
    if not on or not planned:
        return
    if planned < on:
        yield "planned_first_dose_date", f"Planned for {shown(planned)}, before consent on {shown(on)}."
    elif (planned - on).days > SCREENING_DAYS:
        yield "planned_first_dose_date", f"Planned {(planned - on).days} days after consent: is the year right?"


def therapy_of_before(form: Form, book: CheckedCasebook) -> Found:
    """The last day of an earlier therapy lies before the diagnosis, or after the planned first dose."""
    history, planned = book.one("history"), form["planned_first_dose_date"]
    for item in _last_days():
        day = form[item]
        if history and before(day, history["diagnosis_date"]):
            yield item, f"{shown(day)} is before the diagnosis, {shown(history['diagnosis_date'])}."
        if before(planned, day):
            yield item, f"{shown(day)} is after the planned first dose, {shown(planned)}."


def _last_days() -> list[str]:
    """The last days of earlier therapies that the file asks for: of its own columns those that a rule calls so."""
    washed = {
        rule.item
        for criterion in current().eligibility
        for rule in criterion.single_rules
        if isinstance(rule, WashoutRule)
    }
    held = [item.held_by for item in current().eligibility_items if item.code in washed]
    return [name for name in held if name in LAST_THERAPIES]


def medication_dose(form: Form) -> Found:
    """The dose of a medication has no unit, or is larger than any single one."""
    dose, unit = form["dose"], form["dose_unit"]
    if dose is not None and unit is None:
        yield "dose_unit", f"A dose of {plain(dose)}, and no unit."
    if dose is not None and dose > LARGEST_DOSE.get(unit, dose):
        yield "dose", f"A single dose of {plain(dose)} {'µg' if unit == 'ug' else unit}: is it right?"


def evaluated_early(form: Form, book: CheckedCasebook) -> Found:
    """The evaluation of dose-limiting toxicity says that the whole cycle was observed, and is dated before its end."""
    first, rule, on = book.known(first_dose), current().dlt, form["evaluation_date"]
    if first is None or rule is None or on is None or form["cycle_completed"] != "Y":
        return
    over = first + timedelta(rule.cycle * book.version_on(first).regimen.cycle_days - 1)
    if on < over:
        yield "evaluation_date", f"{shown(on)} is before the end of cycle {rule.cycle} on {shown(over)}."


def last_dose_order(form: Form) -> Found:
    """The last dose of a drug is dated after the end of treatment."""
    for end in columns(current()):
        if before(form["end_date"], form[f"last_{end}_date"]):
            day = shown(form[f"last_{end}_date"])
            yield f"last_{end}_date", f"{day} is after the end of treatment on {shown(form['end_date'])}."


CHECKS = (
    Check("pulse-pressure", ("vital_signs",), ("diastolic_mmhg",), pulse_pressure),
    Check("status-dead", ("vital_signs", "eligibility"), ("who_status",), status_of_the_dead),
    Check("white-cells", ("haematology",), ("value",), more_than_all_cells),
    Check("dose-none", ("infusion",), ("trastuzumab_given",), nothing_given),
    Check("lesion-small", ("tumour_baseline", "tumour"), ("diameters_mm",), lesion_small),
    Check("dispensing-consent", ("dispensing",), ("dispensed_on",), dispensed_before_consent, ("consent",)),
    Check("consent-time", ("consent",), ("consent_date", "consent_given"), consent_time, DOSES),
    Check("birth", ("demography",), ("birth_date",), born, ("consent",)),
    Check("menopause-late", ("demography",), ("menopausal_status",), menopause_late),
    Check("her2", ("history",), MARKERS, marker_not_met, called="marker"),
    Check("stage-four", ("history",), ("stage_at_diagnosis",), stage_four),
    Check("condition-fatal", ("medical_history",), ("grade",), condition_fatal),
    Check("eligibility-planned", ("eligibility",), ("planned_first_dose_date",), planned_far_off, ("eligibility",)),
    Check(
        "eligibility-therapy",
        ("eligibility",),
        LAST_THERAPIES,
        therapy_of_before,
        ("history",),
    ),
    Check("medication-dose", ("medication",), ("dose", "dose_unit"), medication_dose),
    Check("dlt-time", ("dlt_evaluation",), ("evaluation_date",), evaluated_early, DOSES),
    Check("end-dose-order", ("end_of_treatment",), tuple(f"last_{end}_date" for end in COLUMNS), last_dose_order),
)


# What the derivation of the endpoints asks moments after a save (see derived.py), said at the field while one types:
# as a query it is asked once, by the derivation.


def typed_day(form: Form, book: CheckedCasebook) -> Found:
    """A day of the form lies outside of the time between consent, first dose and death that it belongs to."""
    consent, death = book.one("consent"), book.one("death")
    bounds: dict[str, tuple[object, str]] = {
        "consent": (consent and consent["consent_date"], "before consent on"),
        "dose": (book.known(first_dose), "before the first dose on"),
    }
    for item, after, day in _days(form):
        bound, words = bounds[after]
        if before(day, bound):  # type: ignore[arg-type]
            yield item, f"{shown(day)} is {words} {shown(bound)}."  # type: ignore[arg-type]
        if death and form.code != "death" and before(death["death_date"], day):
            yield item, f"{shown(day)} is after death on {shown(death['death_date'])}."


# By form its days, each with what they cannot precede.
AFTER = {
    "infusion": (("infusion_date", "consent"),),
    "tumour": (("assessment_date", "dose"),),
    "new_therapy": (("start_date", "dose"),),
    "follow_up": (("contact_date", "consent"), ("new_therapy_date", "dose")),
    "end_of_treatment": (("clinical_progression_date", "dose"),),
    "death": (("death_date", "dose"),),
}


def _days(form: Form) -> Iterator[tuple[str, str, object]]:
    for name, after in AFTER.get(form.code, ()):
        yield name, after, form[name]
    if form.code in ("everolimus", "exposure"):
        yield from ((row_item(row, "start_date"), "consent", row["start_date"]) for row in form.rows)


def consented_late(form: Form, book: CheckedCasebook) -> Found:
    """Consent is dated after the first dose."""
    first = book.known(first_dose)
    if form["consent_given"] == "Y" and before(first, form["consent_date"]):
        yield "consent_date", f"{shown(form['consent_date'])} is after the first dose on {shown(first)}."


def baseline_window(form: Form, book: CheckedCasebook) -> Found:
    """The baseline lies after the first dose, or longer before it than the analysis plan allows."""
    first, within = book.known(first_dose), current().analysis.baseline_window_days
    day = form["assessment_date"]
    if first and (before(first, day) or before(day, first - timedelta(within))):
        text = f"{shown(day)} is not on or within {within} days before the first dose on {shown(first)}."
        yield "assessment_date", text


def dead_yet_seen(form: Form, book: CheckedCasebook) -> Found:
    """Death is dated before a day on which the subject was seen."""
    days: list[tuple[object, str]] = [
        (seen_form[name], seen_form.code)
        for code, name in SEEN_ON.items()
        for seen_form in book.of(code)
        if seen_form[name]
    ]
    late = [(earliest(day), code) for day, code in days if before(form["death_date"], day)]  # type: ignore[arg-type]
    if late:
        day, code = max(late)  # type: ignore[type-var]
        yield "death_date", f"{shown(form['death_date'])} is before {code.replace('_', ' ')} of {shown(day)}."


def death_told(form: Form, book: CheckedCasebook) -> Found:
    """A follow-up tells of a death that has no form."""
    if form["vital_status"] == "DEAD" and book.one("death") is None:
        yield "vital_status", "Dead, and no death form is complete yet."


# Where a visit's day says that the subject was seen.
SEEN_ON = {
    code: form.date_item
    for code, form in CATALOGUE.items()
    if form.date_item and (form.shows_life or form.leads in ("cycle", "tumour"))
}
WHILE_TYPING = (
    Check("typed-day", (*AFTER, "everolimus", "exposure"), (), typed_day, ("consent", "death", *DOSES)),
    Check("typed-consent", ("consent",), (), consented_late, DOSES),
    Check("typed-baseline", ("tumour_baseline",), (), baseline_window, DOSES),
    Check("typed-death", ("death",), (), dead_yet_seen, tuple(SEEN_ON)),
    Check("typed-status", ("follow_up",), (), death_told, ("death",)),
)
