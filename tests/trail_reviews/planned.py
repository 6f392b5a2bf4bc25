"""A review with a finding, for the walks over all pages and operations."""

from django.utils import timezone

from audit.models import Event
from tests.cast import actor
from trail_reviews.services import note_finding, plan_review


def planned_review(trial, case_form):
    """(review of the form's site, its finding, the entry of the trail that it is about) of the monitor."""
    by = actor(trial.monitor, "monitor")
    plan = plan_review(
        title="Changes at the site",
        filter=f"site={trial.site.pk}&form_type={case_form.code}",
        of_site=trial.site,
        reviewer=trial.monitor,
        due_on=timezone.localdate(),
        by=by,
    )
    entry = Event.objects.filter(case_form_id=case_form.pk).latest("id")
    return plan, note_finding(review=plan, event=entry.pk, text="Typed late", by=by), entry
