"""A place to be shut, found by its kind and key, with access."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts import access as access_of
from accounts.access import Access
from accounts.models import Site
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm
from cohorts.models import Subject, Visit
from signature.closing import Reach, reach_of_form
from signature.models import ClosureState, Scope

RIGHT_TO = {ClosureState.FROZEN: Permission.FREEZE, ClosureState.LOCKED: Permission.LOCK}


def load_reach(access: Access, permission: Permission, scope: Scope, pk: int | None) -> Reach:
    """404 for strangers, 403 for those without the right there; the trial asks for the right at all sites."""
    if scope == Scope.FORM:
        forms = CaseForm.every.select_related("subject__site", "visit")
        return reach_of_form(access.load(forms, permission, site="subject__site_id", pk=pk))
    if scope == Scope.VISIT:
        visits = Visit.objects.select_related("subject__site")
        visit = access.load(visits, permission, site="subject__site_id", pk=pk)
        return Reach(visit.subject.site, visit.subject, visit)
    if scope == Scope.SUBJECT:
        subject = access.load(Subject.objects.select_related("site"), permission, pk=pk)
        return Reach(subject.site, subject)
    if scope == Scope.SITE:
        return Reach(access.load(Site.objects.all(), permission, site="pk", pk=pk))
    if access.site_ids(permission) is not None:
        access_of.on_refusal(access, permission, None, False)
        raise PermissionDenied("This needs the right at all sites.")
    return Reach()


def words_of(reach: Reach) -> str:
    """The place, as a reader names it."""
    if reach.case_form is not None:
        visit = f", {reach.visit.label}" if reach.visit else ""
        return f"{CATALOGUE[reach.case_form.code].title} of {reach.subject}{visit}"
    if reach.visit is not None:
        return f"{reach.visit.label} of {reach.subject}"
    if reach.subject is not None:
        return f"Subject {reach.subject}"
    return f"Site {reach.site.code}, {reach.site.name}" if reach.site else "The whole trial"


def back_of(reach: Reach) -> str:
    if reach.case_form is not None:
        return reverse("form", args=[reach.case_form.pk])
    return reverse("subject", args=[reach.subject.pk]) if reach.subject else reverse("closure_list")


def turn_url(reach: Reach, turn: str) -> str:
    row: Any = reach.case_form or reach.visit or reach.subject or reach.site
    return reverse(f"{reach.scope}_turn", args=[row.pk, turn] if row else [turn])
