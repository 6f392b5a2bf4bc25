"""A visit outside its window: said with the days, and offered as a protocol deviation that is filled in so far."""

from django.urls import reverse

from assessments.forms.items import ItemForm
from assessments.place import Place
from cohorts.models import Visit
from cohorts.schedule import outside
from protocol import current
from values.numbers import read_key


def timing(visit: Visit | None) -> str:
    """How the day of a visit lies to its window, "2 days late"; "" within it, and where it has no window or day.

    Screening has none before the consent that opens it.
    """
    if visit is None or visit.kind == "screening" or not visit.visit_date:
        return ""
    if visit.window_from is None or visit.window_to is None:
        return ""
    days_outside = outside(visit.visit_date, visit.window_from, visit.window_to)
    return "" if days_outside.within else str(days_outside)


def deviation_url(visit: Visit | None) -> str:
    """Where the deviation of a visit outside its window is recorded; "" where there is none to record."""
    if visit is None or not timing(visit) or "deviation" not in current().forms():
        return ""
    return f"{reverse('form_add', args=[visit.subject_id, 'deviation'])}?about={visit.pk}"


def propose_deviation(about: str, place: Place, form: ItemForm) -> None:
    """Fill in what is known of the visit that a new deviation is about; whoever saves it answers for it."""
    key = read_key(about)
    if place.form_type.code != "deviation" or place.case_form is not None or form.is_bound or key is None:
        return
    visit = place.subject.visits.filter(pk=key).first()
    if visit is not None and (late := timing(visit)):
        form.initial |= {
            "deviation_date": visit.visit_date.isoformat(),
            "kind": "VISIT WINDOW",
            "description": f"{visit.label} took place {late}.",
        }
