"""Closures as lists show them."""

from datetime import UTC, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.access import Access
from accounts.roles import Permission
from review.models import Query
from signature.closing import Reach, covering, reach_of_form
from signature.models import Closure, ClosureState
from signature.places import words_of
from values.times import shown_moment

PLACED = Closure.objects.select_related("site", "subject__site", "visit", "case_form")


def closures_for(access: Access, permission: Permission) -> QuerySet[Closure]:
    """Those at the user's sites, and those of the whole trial, newest first."""
    sites = access.site_ids(permission)
    return PLACED if sites is None else PLACED.filter(Q(site__in=sites) | Q(site=None))


def before_it(closure: Closure) -> str:
    """The address of what changed at its place in the 24 hours before it, as a filter of the trail.

    Of a visit all of its subject: the trail knows no visit.
    """
    end = closure.closed_at.astimezone(UTC)
    place: dict[str, Any] = {
        "site": closure.site_id,
        "subject": closure.subject.label if closure.subject else None,
        "form": closure.case_form_id,
    }
    filter_of = {name: value for name, value in place.items() if value}
    if closure.subject or closure.case_form_id:
        filter_of.pop("site", None)
    times = {"since": f"{end - timedelta(1):%Y-%m-%dT%H:%M:%SZ}", "until": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
    return f"{reverse('trail')}?{urlencode(filter_of | times | {'view': 'table'})}"


def why_locked(query: Query) -> str:
    """By which lock a query takes no step, in words that name the place that is locked; "" where it takes them."""
    form = query.case_form
    at = reach_of_form(form) if form else Reach(query.subject.site, query.subject)
    lock = covering(at, ClosureState.LOCKED).select_related("site", "subject__site", "visit", "case_form").first()
    if lock is None:
        return ""
    return f"{placed_words(lock)} was locked by {lock.closed_by} on {shown_moment(lock.closed_at)}."


def placed_words(closure: Closure) -> str:
    return words_of(Reach(closure.site, closure.subject, closure.visit, closure.case_form))
