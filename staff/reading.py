"""Reviews of access and their lines, for pages, files and the API; who may read them is asked before."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet

from staff.models import AccessLine, AccessReview, Decision

ENDING = (Decision.ENDED, Decision.SUSPENDED)


def all_reviews() -> QuerySet[AccessReview]:
    """The newest first, with how many lines there are, wait for a decision, and were ended."""
    return AccessReview.objects.annotate(
        number=Count("lines"),
        waiting=Count("lines", filter=Q(lines__decision="")),
        ended=Count("lines", filter=Q(lines__decision__in=ENDING)),
    ).order_by("-id")


def lines_of(review: AccessReview, filters: Mapping[str, Any] | None = None) -> QuerySet[AccessLine]:
    """`decision` is a decision, or "none" for what is still to be decided; `q` a part of a name."""
    filters = filters or {}
    lines = review.lines.select_related("membership")
    if filters.get("decision"):
        lines = lines.filter(decision="" if filters["decision"] == "none" else filters["decision"])
    if filters.get("q"):
        lines = lines.filter(Q(username__icontains=filters["q"]) | Q(name__icontains=filters["q"]))
    return lines.order_by("username", "role", "site_code", "id")
