"""What helps to fill an item: the protocol's dose steps, the sizes of the last visit."""

from assessments.forms.items import WHY_A_TERM, ItemForm
from assessments.items import clock_times_of
from assessments.models import FormState, InfusionVisit
from assessments.place import Place
from assessments.visits.placing import day_of
from protocol import current
from values.dates import shown_date
from values.numbers import written


def propose_date(place: Place, form: ItemForm) -> None:
    """The day that was given when the visit was begun: nobody types it twice."""
    visit, name = place.visit, place.form_type.date_item
    if place.case_form is not None or form.is_bound or visit is None or name not in form.fields:
        return
    begun = visit.visit_date or (visit.target_date if visit.is_by_hand else None)
    if begun is not None:
        form.initial[name] = begun.isoformat()


def name_time_zones(place: Place, form: ItemForm) -> None:
    """Beside each time of day, the site's zone that it is of."""
    for name in clock_times_of(place.form_type.record):
        form.fields[f"{name}_time"].unit = place.subject.site.time_zone  # type: ignore[attr-defined]


def of_an_event(place: Place, form: ItemForm) -> None:
    form.fields["dictionary_term"].help_text = f"Required for a serious event: {WHY_A_TERM}"


def of_an_infusion(place: Place, form: ItemForm) -> None:
    """The protocol's steps of the dose, and the sizes of the last infusion."""
    for drug in ("paclitaxel", "trastuzumab"):
        form.fields[f"{drug}_dose_mg"].label = f"{drug.capitalize()} dose given"
    paclitaxel = current().drug("paclitaxel")
    doses = [step.dose for step in paclitaxel.steps] or [paclitaxel.dose]
    steps = ", ".join(f"{dose:f}" for dose in doses if dose)
    form.fields["paclitaxel_level_mg_m2"].help_text = f"Steps of the protocol: {steps} mg/m²."
    form_key = place.case_form.pk if place.case_form else None
    before = InfusionVisit.objects.filter(case_form__subject=place.subject, case_form__state=FormState.COMPLETE)
    until = form.initial.get("infusion_date") if form_key else day_of(place.visit)
    if until is not None:  # what was measured later was not known then
        before = before.filter(infusion_date__lte=until)
    last = before.filter(infusion_date__isnull=False).exclude(pk=form_key).order_by("-infusion_date").first()
    if last is not None:
        for name, unit in (("weight_kg", "kg"), ("height_cm", "cm")):
            value = getattr(last, name)
            if value is not None:
                day = shown_date(last.infusion_date)
                form.fields[name].help_text = f"{written(value)} {unit} on {day}."
