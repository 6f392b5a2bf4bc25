"""Which reviews a user sees, and the part of the trail that one is about."""

from datetime import UTC
from typing import Any

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.access import Access
from accounts.roles import Permission
from audit.models import Event
from audit.reading import found_events
from review.trail.forms import TrailFilter
from trail_reviews.models import TrailReview


def found_reviews(access: Access, filters: dict[str, Any]) -> QuerySet[TrailReview]:
    """Reviews of the user's sites, those of all sites for whoever sees all; `state` is planned, overdue or signed."""
    reviews = access.limit(TrailReview.objects.all(), Permission.VIEW_TRAIL_REVIEWS, site="of_site_id")
    today = timezone.localdate()
    by_state: dict[str, dict[str, Any]] = {
        "signed": {"signed_at__isnull": False},
        "overdue": {"signed_at": None, "due_on__lt": today},
        "planned": {"signed_at": None, "due_on__gte": today},
    }
    return (
        reviews.filter(**by_state.get(filters.get("state") or "", {}))
        .select_related("of_site", "reviewer")
        .annotate(found=Count("findings"))
        .order_by("-due_on", "-id")
    )


def load_review(access: Access, permission: Permission, pk: int) -> TrailReview:
    """A review that the user may see or do this to: 403 without the right, 404 for another site's or all sites'."""
    access.require(permission)
    reviews = TrailReview.objects.select_related("of_site", "reviewer")
    return get_object_or_404(access.limit(reviews, permission, site="of_site_id"), pk=pk)


def filter_of(review: TrailReview, access: Access, **page: str) -> TrailFilter:
    """The filter of the review, at a page of what it finds."""
    parameters = QueryDict(review.filter, mutable=True)
    parameters.update({name: value for name, value in page.items() if value})
    # As it was planned: the days of older reviews are those of UTC.
    return TrailFilter(parameters, access, zone=UTC)


def events_of(review: TrailReview, access: Access) -> QuerySet[Event]:
    return found_events(access, filter_of(review, access).wanted)


def words_of(form: TrailFilter) -> list[tuple[str, str]]:
    """The filter in words: (label, value) of each part that is set."""
    return [(str(bound.label), _words(bound)) for bound in form.visible_fields() if bound.data]


def _words(bound: Any) -> str:
    choices: dict[str, str] = {}
    for value, label in getattr(bound.field, "choices", None) or getattr(bound.field.widget, "choices", ()):
        choices[str(value)] = str(label)
    return choices.get(str(bound.data), str(bound.value()))
