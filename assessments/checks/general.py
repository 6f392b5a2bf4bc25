"""Checks that every form passes: the usual range of its numbers, the window of its visit."""

from assessments.catalogue import CATALOGUE
from assessments.checks.check import Check, Form, Found
from assessments.checks.days import earliest, plain, shown
from assessments.items import items_of
from assessments.visits.placing import leads
from cohorts.schedule import outside
from values.numbers import Result


def expected_range(form: Form) -> Found:
    """A number lies outside of what is usual for its item."""
    for item, known in items_of(CATALOGUE[form.code].record):
        value = form[item.name]
        number = value.value if isinstance(value, Result) else value
        if known.expected and value is not None and not known.expected[0] <= number <= known.expected[1]:
            low, high = known.expected
            unit = f" {known.unit}" if known.unit else ""
            words = value if isinstance(value, Result) else plain(value)
            yield item.name, f"{item.verbose_name} {words}{unit} is outside {low} to {high}: is it right?"


def visit_window(form: Form) -> Found:
    """A visit took place outside of its window; a protocol deviation may be due. Asked at the form that dates the
    visit."""
    # The four forms of a late day would ask the same four times.
    visit, name = form.visit, CATALOGUE[form.code].date_item
    day = form[name] if name else None
    # Screening has no window before the consent that opens it.
    if visit is None or visit.window_from is None or visit.window_to is None or visit.kind == "screening":
        return
    if not leads(form.code, visit.kind) or day is None or len(str(day)) < len("2026-01-01"):
        return
    visited = earliest(day)
    assert visited is not None
    days = outside(visited, visit.window_from, visit.window_to)
    if not days.within:
        span = f"{shown(visit.window_from)} to {shown(visit.window_to)}"
        yield name, f"{shown(visited)} is {days}: the window of {visit.label} is {span}. Is it a protocol deviation?"


CHECKS = (
    Check("range", (), (), expected_range),
    Check("window", (), (), visit_window),
)
