"""Closures as lists show them."""

from django.db.models import Q, QuerySet

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
