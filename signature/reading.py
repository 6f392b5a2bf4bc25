"""Closures as lists show them."""

from django.db.models import Q, QuerySet

from accounts.access import Access
from accounts.roles import Permission
from signature.closing import Reach
from signature.models import Closure
from signature.places import words_of

PLACED = Closure.objects.select_related("site", "subject__site", "visit", "case_form")


def closures_for(access: Access, permission: Permission) -> QuerySet[Closure]:
    """Those at the user's sites, and those of the whole trial, newest first."""
    sites = access.site_ids(permission)
    return PLACED if sites is None else PLACED.filter(Q(site__in=sites) | Q(site=None))


def placed_words(closure: Closure) -> str:
    return words_of(Reach(closure.site, closure.subject, closure.visit, closure.case_form))
