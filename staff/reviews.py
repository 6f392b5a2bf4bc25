"""Pages of the reviews of access: opened, each line confirmed or ended, signed."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from audit.files import csv_response
from cohorts.asking import ask
from cohorts.services import Refused
from components.emptiness import Emptiness
from components.filtering import refuse_parameters, wanted_of
from components.pages import posted, require_get_or_post
from staff.due import due_on
from staff.files import review_file
from staff.forms import EndForm, LineFilter, SignReviewForm
from staff.models import AccessLine, AccessReview
from staff.reading import all_reviews, lines_of
from staff.services import MEANING, confirmable, end_line, keep_lines, open_review, sign_review, signature_holds
from values.numbers import read_keys

PAGE_SIZE = 100
NOTHING_CONFIRMED = "Nothing was confirmed: choose at least one line, and none about yourself."


@require_safe
def review_list(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_ACCESS_REVIEWS)
    refuse_parameters(request.GET)
    page = Paginator(all_reviews(), PAGE_SIZE).get_page(request.GET.get("page"))
    may_open = request.access.can(Permission.MANAGE_USERS) and not AccessReview.objects.filter(signed_at=None).exists()
    context = {"page": page, "may_open": may_open, "due": due_on()}
    return render(request, "staff/review_list.html", context)


@require_get_or_post
def review_open(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.MANAGE_USERS)
    by = request.access.actor(permission=Permission.MANAGE_USERS)
    return ask(
        request,
        Form(posted(request)),
        lambda: open_review(by=by),
        title="Open a review of access",
        button="Open the review",
        back=reverse("access_review_list"),
        message="The review is open.",
        goes_to=AccessReview.get_absolute_url,
        template="staff/ask.html",
        why="All access is listed as it stands now: each role of each user at each site, and who may sign in"
        " without one. Confirm or end each line, then sign.",
    )


@require_safe
def review(request: SignedInRequest, pk: int) -> HttpResponse:
    request.access.require(Permission.VIEW_ACCESS_REVIEWS)
    made = get_object_or_404(all_reviews(), pk=pk)
    form = LineFilter(request.GET)
    lines = lines_of(made, wanted_of(form, request.GET))
    page = Paginator(lines, PAGE_SIZE).get_page(request.GET.get("page"))
    is_open = made.signed_at is None
    context = {
        "review": made,
        "confirmable": _confirmable(request, made) if is_open else frozenset(),
        "filter": form,
        "page": page,
        "address": request.GET.urlencode(),
        "empty": Emptiness(
            nothing_to_do="Nobody had access when this review was opened.",
            what=("line", "lines"),
            is_filtered=any(form.cleaned_data.values()),
            searched=form.cleaned_data["q"],
            all_of_it=request.path,
            title="No lines",
            every=lines_of(made),
        ),
        "is_open": is_open and request.access.can(Permission.MANAGE_USERS),
        "holds": made.signed_at is not None and signature_holds(made),
        "meaning": MEANING,
    }
    return render(request, "staff/review.html", context)


@require_safe
def review_csv(request: SignedInRequest, pk: int) -> HttpResponseBase:
    request.access.require(Permission.VIEW_ACCESS_REVIEWS)
    made = get_object_or_404(AccessReview, pk=pk)
    refuse_parameters(request.GET)
    what = f"{made} as CSV"
    return csv_response(request, what, review_file(lines_of(made)), f"access-review-{made.opened_at:%Y%m%d}-{made.pk}")


@require_POST
def lines_keep(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirms the lines that were ticked."""
    request.access.require(Permission.CONFIRM_ACCESS)
    made = get_object_or_404(AccessReview, pk=pk)
    chosen = read_keys(request.POST.getlist("line"))
    try:
        number = keep_lines(review=made, lines=chosen, by=request.access.actor(permission=Permission.CONFIRM_ACCESS))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        message = f"{number} {'line' if number == 1 else 'lines'} confirmed." if number else NOTHING_CONFIRMED
        messages.add_message(request, messages.SUCCESS if number else messages.WARNING, message)
    return redirect(made)


@require_get_or_post
def line_end(request: SignedInRequest, pk: int, line: int) -> HttpResponse:
    made = _review(request, pk)
    held = get_object_or_404(made.lines.select_related("review"), pk=line)
    by = request.access.actor(permission=Permission.MANAGE_USERS)

    def end(**values: Any) -> AccessLine:
        return end_line(line=held, by=by, **values)

    return ask(
        request,
        EndForm(posted(request), held),
        end,
        title=f"End the access of {held.name}",
        button="End it",
        back=made.get_absolute_url(),
        message=f"{held}: ended.",
        template="staff/ask.html",
        crumb=made,
        why="It ends at once, as from the person's own page.",
    )


@require_get_or_post
def review_sign(request: SignedInRequest, pk: int) -> HttpResponse:
    made = _review(request, pk)
    form = SignReviewForm(posted(request), request)
    by = request.access.actor(permission=Permission.MANAGE_USERS)

    def sign(conclusion: str, **given: str) -> AccessReview:
        return sign_review(review=made, conclusion=conclusion, signed_by=request.user, by=by)

    return ask(
        request,
        form,
        sign,
        title="Sign the review",
        button="Sign the review",
        back=made.get_absolute_url(),
        message="The review is signed.",
        template="staff/sign.html",
        crumb=made,
        review=all_reviews().get(pk=pk),
        meaning=MEANING,
    )


def _review(request: SignedInRequest, pk: int) -> AccessReview:
    request.access.require(Permission.MANAGE_USERS)
    return get_object_or_404(AccessReview, pk=pk)


def _confirmable(request: SignedInRequest, made: AccessReview) -> frozenset[int]:
    """The keys of the lines that this user may confirm."""
    if not request.access.can(Permission.CONFIRM_ACCESS):
        return frozenset()
    by = request.access.actor(permission=Permission.CONFIRM_ACCESS)
    return frozenset(confirmable(made.lines.all(), by).values_list("pk", flat=True))
