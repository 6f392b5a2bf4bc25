"""Edit checks of one form: form in, findings out. A finding is saved, and asks back as a query at its item."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from assessments.catalogue import CATALOGUE
from assessments.dosing import deviation_percent
from assessments.entry import Values
from assessments.items import items_of
from assessments.models import CaseForm
from assessments.storing import COMPUTED
from review.services import Finding

if TYPE_CHECKING:
    from assessments.services import Place

DOSE_TOLERANCE_PERCENT = Decimal(10)
Found = Iterator[tuple[str, str, str]]


def expected_range(place: "Place", record: dict[str, Any]) -> Found:
    """A number outside of what is usual for its item."""
    for field, item in items_of(place.form_type.record):
        value = record.get(field.name)
        if item.expected and value is not None and not item.expected[0] <= value <= item.expected[1]:
            low, high = item.expected
            text = f"{field.verbose_name} {value} {item.unit} lies outside {low} to {high}: is it right?"
            yield "range", field.name, text


def visit_window(place: "Place", record: dict[str, Any]) -> Found:
    """A visit that took place outside of its window."""
    visit, name = place.visit, place.form_type.date_item
    day = record.get(name)
    if visit is None or visit.window_from is None or visit.window_to is None or not day or len(str(day)) < 10:
        return
    # Screening has no window before the consent that opens it.
    if visit.kind == "screening":
        return
    if not visit.window_from.isoformat() <= str(day) <= visit.window_to.isoformat():
        span = f"{visit.window_from:%d %b %Y} to {visit.window_to:%d %b %Y}"
        yield "window", name, f"{day} lies outside the window of {visit.label}: {span}."


def infusion_doses(place: "Place", record: dict[str, Any]) -> Found:
    """A dose given that differs from the planned one without a change being stated."""
    planned = COMPUTED["infusion"](record)
    for drug in ("paclitaxel", "trastuzumab"):
        due, given = planned[f"{drug}_planned_mg"], record.get(f"{drug}_dose_mg")
        changed = record.get(f"{drug}_change") not in ("", None, "DOSE NOT CHANGED")
        if due and given is not None and not changed:
            off = deviation_percent(given, due)
            if abs(off) > DOSE_TOLERANCE_PERCENT:
                text = f"{given} mg is {off:+.0f} % off the planned {due} mg and no change is stated."
                yield "dose", f"{drug}_dose_mg", f"{drug.capitalize()} {text}"


Check = Callable[["Place", dict[str, Any]], Found]
GENERAL: tuple[Check, ...] = (expected_range, visit_window)
OWN: dict[str, tuple[Check, ...]] = {"infusion": (infusion_doses,)}
CHECKS = dict.fromkeys(CATALOGUE, ("range", "window", "dose"))


def findings(place: "Place", case_form: CaseForm, values: Values) -> list[Finding]:
    """Everything that the form's own checks ask about."""
    checks = GENERAL + OWN.get(place.form_type.code, ())
    return [
        Finding(case_form.pk, item, check_id, text)
        for check in checks
        for check_id, item, text in check(place, values.record)
    ]
