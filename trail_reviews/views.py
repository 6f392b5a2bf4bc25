"""Pages of the reviews of the trail: planned, looked through, findings noted, signed off."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from assessments.models import CaseForm
from audit.models import Event
from cohorts.asking import ask
from components.emptiness import Emptiness
from components.filtering import wanted_of
from components.pages import posted, require_get_or_post
from review.models import Query
from review.trail.pages import shown
from review.trail.reading import lines
from trail_reviews.forms import AskForm, FindingForm, PlanForm, ReviewFilter, SignOffForm
from trail_reviews.models import Finding, TrailReview
from trail_reviews.reading import events_of, filter_of, found_reviews, load_review, words_of
from trail_reviews.services import (
    MEANING,
    ask_about,
    note_finding,
    plan_review,
    sign_review,
    signature_holds,
)
from values.numbers import read_key

PAGE_SIZE = 50


@require_safe
def review_list(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_TRAIL_REVIEWS)
    form = ReviewFilter(request.GET)
    reviews = found_reviews(request.access, wanted_of(form, request.GET))
    page = Paginator(reviews, PAGE_SIZE).get_page(request.GET.get("page"))
    may_plan = request.access.can(Permission.REVIEW_TRAIL)
    plan_one = "Plan one: choose a filter of the trail, the reviewer and the due date."
    empty = Emptiness(
        nothing_to_do=plan_one if may_plan else "None is planned.",
        is_filtered=bool(form.cleaned_data["state"]),
        all_of_it=request.path,
        title="No review",
        what=("review", "reviews"),
        every=found_reviews(request.access, {}),
    )
    context = {"filter": form, "page": page, "reviews": page.object_list, "may_plan": may_plan, "empty": empty}
    return render(request, "trail_reviews/list.html", context)


@require_get_or_post
def review_plan(request: SignedInRequest) -> HttpResponse:
    """A new review, of the filter that the page of the trail was at."""
    request.access.require(Permission.REVIEW_TRAIL)
    began = request.GET.dict() | {"due_on": timezone.localdate(), "reviewer": request.user.pk}
    form = PlanForm(posted(request), request.access, began)

    def plan(**values: Any) -> TrailReview:
        by = request.access.actor(permission=Permission.REVIEW_TRAIL)
        facts = {name: values[name] for name in ("title", "reviewer", "due_on")}
        return plan_review(**facts, filter=form.address, of_site=values["site"], by=by)

    return ask(
        request,
        form,
        plan,
        title="Plan a review of the trail",
        button="Plan the review",
        back=reverse("trail_review_list"),
        message="The review is planned.",
        goes_to=TrailReview.get_absolute_url,
        template="trail_reviews/plan.html",
        why="Leave a part of the filter empty to include all of it.",
    )


@require_safe
def review(request: SignedInRequest, pk: int) -> HttpResponse:
    made = load_review(request.access, Permission.VIEW_TRAIL_REVIEWS, pk)
    page = {name: request.GET.get(name, "") for name in ("before", "view")}
    form = filter_of(made, request.access, **page)
    is_open = made.signed_at is None and request.access.can(Permission.REVIEW_TRAIL)
    context = {
        "review": made,
        "looked_at": words_of(form) or [("Filter", "none: the whole trail")],
        "findings": list(made.findings.select_related("query")),
        "is_open": is_open,
        "may_sign": is_open and made.reviewer_id == request.user.pk,
        "holds": made.signed_at is not None and signature_holds(made),
        "meaning": MEANING,
        "noting": reverse("trail_finding_add", args=[pk]) if is_open else "",
        "whole_trail": True,
        **shown(request, form.wanted, Permission.VIEW_TRAIL),
    }
    return render(request, "trail_reviews/review.html", context)


@require_get_or_post
def finding_add(request: SignedInRequest, pk: int) -> HttpResponse:
    made = load_review(request.access, Permission.REVIEW_TRAIL, pk)
    form = FindingForm(posted(request), initial={"event": request.GET.get("event")})
    key = str(form["event"].value() or "")
    event = get_object_or_404(events_of(made, request.access), pk=read_key(key) or 0)
    by = request.access.actor(made.of_site_id, permission=Permission.REVIEW_TRAIL)

    def note(**values: Any) -> Finding:
        return note_finding(review=made, event=event.pk, text=values["text"], by=by)

    return ask(
        request,
        form,
        note,
        title="Record a finding",
        button="Note it",
        back=made.get_absolute_url(),
        message="The finding is recorded.",
        template="trail_reviews/ask.html",
        crumb=made.title,
        lines=_line(request, event),
    )


@require_get_or_post
def finding_query(request: SignedInRequest, pk: int, finding: int) -> HttpResponse:
    made = load_review(request.access, Permission.REVIEW_TRAIL, pk)
    held = get_object_or_404(made.findings, pk=finding)
    event = get_object_or_404(events_of(made, request.access), pk=held.event)
    forms = CaseForm.every.select_related("subject")
    case_form = request.access.load(forms, Permission.RAISE_QUERY, site="subject.site_id", pk=event.case_form_id)
    form = AskForm(posted(request), initial={"text": held.text})
    by = request.access.actor(case_form.subject.site_id, permission=Permission.RAISE_QUERY)

    def raise_it(**values: Any) -> Query:
        return ask_about(finding=held, case_form=case_form, by=by, **values)

    return ask(
        request,
        form,
        raise_it,
        title="Raise query",
        button="Raise the query",
        back=made.get_absolute_url(),
        message="Query raised.",
        template="trail_reviews/ask.html",
        crumb=made.title,
        lines=_line(request, event),
    )


@require_get_or_post
def review_sign(request: SignedInRequest, pk: int) -> HttpResponse:
    made = load_review(request.access, Permission.REVIEW_TRAIL, pk)
    form = SignOffForm(posted(request), request)
    newest = events_of(made, request.access).values_list("pk", flat=True).first() or 0
    form.initial["seen_to"] = newest
    by = request.access.actor(made.of_site_id, permission=Permission.REVIEW_TRAIL)

    def sign(**values: Any) -> TrailReview:
        signed = {name: values[name] for name in ("conclusion", "seen_to")}
        return sign_review(review=made, **signed, signed_by=request.user, by=by)

    return ask(
        request,
        form,
        sign,
        title=f"Sign off: {made.title}",
        button="Sign the review off",
        back=made.get_absolute_url(),
        message="The review is signed off.",
        template="trail_reviews/sign.html",
        crumb=made.title,
        review=made,
        findings=made.findings.all(),
        meaning=MEANING,
    )


def _line(request: SignedInRequest, event: Event) -> list[dict[str, Any]]:
    return list(lines([event], {}, request.access))
