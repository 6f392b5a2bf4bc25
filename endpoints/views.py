"""The endpoints pages: what is stored is shown, nothing is computed in a request."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from assessments.reading.deidentified import may_identify
from cohorts.models import Subject
from endpoints import reading
from endpoints.behind import page_of_subjects
from endpoints.display import page_of, table
from endpoints.figures.arm_tables import tables_of
from endpoints.models import EarlierOutcome, Outcome
from endpoints.reading import freshness, selection
from endpoints.story import story_of


@require_safe
def endpoints(request: SignedInRequest, population: str = "", analysis_set: str = "") -> HttpResponse:
    """The whole page; to htmx its figures alone, which take the place of older ones."""
    request.access.require(Permission.VIEW_ENDPOINTS)
    chosen = selection(population, analysis_set)
    template = "endpoints/results.html" if request.htmx else "endpoints/page.html"  # type: ignore[attr-defined]
    made = chosen.estimate.as_of if chosen.estimate else None
    may_see_trail = request.access.can(Permission.VIEW_TRAIL)
    return render(request, template, page_of(chosen) | {"fresh": freshness(made), "may_see_trail": may_see_trail})


@require_safe
def as_of(request: SignedInRequest, population: str, analysis_set: str) -> HttpResponse:
    """The line that says how fresh the page is. Nothing at all (204) while nothing has changed since it last asked."""
    request.access.require(Permission.VIEW_ENDPOINTS)
    chosen = selection(population, analysis_set)
    fresh = freshness(reading.as_of(chosen))
    if request.GET.get("state") == fresh["state"]:
        return HttpResponse(status=204)
    response = render(request, "endpoints/as_of.html", {"chosen": chosen, "fresh": fresh})
    if request.GET.get("made") != fresh["made"]:
        response["HX-Trigger"] = "estimate-changed"
    return response


@require_safe
def endpoints_table(request: SignedInRequest, population: str, analysis_set: str, code: str) -> HttpResponse:
    """The table that says the same as a figure, once somebody unfolds it."""
    request.access.require(Permission.VIEW_ENDPOINTS)
    chosen = selection(population, analysis_set)
    if chosen.estimate is None or code not in tables_of(chosen.estimate.figures):
        raise Http404
    return render(request, "endpoints/table.html", {"chosen": chosen, "table": table(chosen, code)})


@require_safe
def endpoints_subjects(request: SignedInRequest, population: str, analysis_set: str) -> HttpResponse:
    request.access.require(Permission.VIEW_ENDPOINTS)
    chosen = selection(population, analysis_set)
    return render(request, "endpoints/subjects.html", page_of_subjects(chosen, request.GET))


@require_safe
def endpoints_subject(request: SignedInRequest, pk: int) -> HttpResponse:
    """One subject's derivation, also for the investigator at the subject's own site, who sees no pooled figure."""
    subject = request.access.load(Subject.objects.select_related("site"), Permission.VIEW_OWN_OUTCOMES, pk=pk)
    outcome = Outcome.objects.filter(subject=subject).first()
    earlier = EarlierOutcome.objects.filter(subject=subject).select_related("protocol").order_by("-protocol")
    context: dict[str, Any] = {"subject": subject, "outcome": outcome, "earlier": earlier.defer("derivation", "row")}
    context["sees_pooled"] = request.access.can(Permission.VIEW_ENDPOINTS)
    if outcome:
        with_trail = request.access.can(Permission.VIEW_RECORD_TRAIL, subject.site_id)
        identifying = may_identify(request.access, subject.site_id)
        context["story"] = story_of(outcome, with_trail=with_trail, identifying=identifying)
    return render(request, "endpoints/subject.html", context)
