"""The monitor's work list with the form beside it, verifying, taking back, and how far each site is."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Access, SignedInRequest
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm
from cohorts.asking import ask
from cohorts.models import Visit
from cohorts.services import Refused
from components.addresses import key_named
from components.emptiness import Emptiness
from components.filtering import refuse_parameters, wanted_of
from components.pages import posted, require_get_or_post
from review.queries.many_pages import keys_in, role_at
from review.queries.reading import item_label
from sdv.forms import TakeBackForm, VerificationFilter
from sdv.models import Verification
from sdv.pane import pane_of
from sdv.points import NOT_DONE, is_of
from sdv.reading import progress, work_list
from sdv.services import Acting, FormToVerify, SortedForms, sorted_out, unverify, verify
from values.numbers import read_key

PAGE_SIZE = 25
HEADERS = CaseForm.objects.select_related("subject__site", "visit")


def acting_for(access: Access, channel: str = "screen") -> Acting:
    return partial(role_at, access, Permission.VERIFY_SOURCE, channel=channel)


@require_safe
def sdv_list(request: SignedInRequest) -> HttpResponse:
    """What waits, and beside it the form that `form` names or the first of the page."""
    request.access.require(Permission.VERIFY_SOURCE)
    filter = VerificationFilter(request.GET, request.access)
    filters = wanted_of(filter, request.GET, beside=["form"])
    page = Paginator(work_list(request.access, filters), PAGE_SIZE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    chosen = _chosen(request, key_named(request.GET, "form"), listed)
    address = request.GET.copy()
    address.pop("form", None)
    context = {
        "page": page,
        "lines": [(form, CATALOGUE[form.code].title) for form in listed],
        "filter": filter,
        "empty": Emptiness(
            nothing_to_do="Everything that the plan asks for is verified.",
            left_undone=work_list(request.access, filters, locked=True).order_by().count(),
            what=("form not verified as planned", "forms not verified as planned"),
            is_filtered=any(filters.values()),
            searched=filters["q"],
            all_of_it=request.path,
            title="Nothing to verify",
            every=work_list(request.access, {}),
        ),
        "address": address.urlencode(),
        "pane": pane_of(request, chosen) if chosen else None,
        "work": urlencode({"work": _with(address, form=chosen.pk)}) if chosen else "",
    }
    beside = _beside(page, listed, chosen, address)
    return render(request, "sdv/work.html", context | beside | {"silent_keys": _silent_keys(context["pane"], beside)})


def _silent_keys(pane: dict[str, Any] | None, beside: dict[str, Any]) -> dict[str, str]:
    """By single key, why it does nothing here; "" where it does something."""
    return {
        "v": pane["why_not"] if pane else "",
        "q": pane["why_not_ask"] if pane else "",
        "j": "" if beside["after"] else "This is the last form of the list.",
        "k": "" if beside["before"] else "This is the first form of the list.",
    }


def _beside(page: Any, listed: list[CaseForm], chosen: CaseForm | None, address: QueryDict) -> dict[str, Any]:
    """The form after the chosen one, and where the keys lead: at the ends of a page of the list to the page beside."""
    at = next((number for number, form in enumerate(listed) if chosen and form.pk == chosen.pk), -1)
    following = listed[at + 1].pk if at + 1 < len(listed) else None
    before = _with(address, form=listed[at - 1].pk) if at > 0 else ""
    after = _with(address, form=following) if following else ""
    if not before and page.has_previous():
        before = _with(address, page=page.previous_page_number())
    if not after and page.has_next():
        after = _with(address, page=page.next_page_number())
    return {"following": following, "before": before, "after": after}


def _with(address: QueryDict, **others: Any) -> str:
    made = address.copy()
    for name, value in others.items():
        made[name] = str(value)
    return made.urlencode()


def _chosen(request: SignedInRequest, key: int | None, listed: list[CaseForm]) -> CaseForm | None:
    if key is None:
        return listed[0] if listed else None
    return request.access.load(HEADERS, Permission.VERIFY_SOURCE, site="subject.site_id", pk=key)


@require_POST
def sdv_verify(request: SignedInRequest) -> HttpResponse:
    """What was chosen is shown with its count, then verified; one form that is looked at goes without asking again."""
    request.access.require(Permission.VERIFY_SOURCE)
    chosen, by = _asked(request), acting_for(request.access)
    problem = "" if chosen else "Choose at least one form or item."
    if chosen and "do" in request.POST:
        try:
            outcome = verify(chosen=chosen, by=by)
        except Refused as refusal:
            problem = str(refusal)
        else:
            _tell(request, outcome)
            return redirect(_back(request, request.POST.get("next", "")))
    outcome = sorted_out(chosen, by) if chosen and not problem else SortedForms()
    context = {"found": outcome, "problem": problem, "back": _back(request), "address": _address(request)}
    context["chosen"] = [f"{form.pk}:{form.version}" for form, _ in outcome.fitting]
    context["named"] = [(form, CATALOGUE[form.code].title, len(points)) for form, points in outcome.fitting]
    context["some"] = request.POST.getlist("item") if request.POST.get("some") else []
    return render(request, "sdv/verify.html", context, status=422 if problem else 200)


def _asked(request: SignedInRequest) -> list[FormToVerify]:
    """Forms as `key:version`, `visit` for all forms of a visit; `item` names some of one form."""
    given = dict(part.split(":")[:2] if ":" in part else (part, "") for part in request.POST.getlist("form"))
    forms = HEADERS.filter(pk__in=keys_in(",".join(given)))
    visit = read_key(request.POST.get("visit", ""))
    if visit is not None:
        visits = Visit.objects.select_related("subject")
        held = request.access.load(visits, Permission.VERIFY_SOURCE, site="subject.site_id", pk=visit)
        forms = HEADERS.filter(visit=held)
    mine = request.access.limit(forms, Permission.VERIFY_SOURCE, site="subject__site_id").values_list("pk", flat=True)
    items = frozenset(request.POST.getlist("item")) if request.POST.get("some") else None
    if items is not None and not items:
        return []
    return [FormToVerify(pk, read_key(given.get(str(pk), "")), items) for pk in mine]


def _tell(request: SignedInRequest, outcome: SortedForms) -> None:
    if outcome.fitting:
        messages.success(request, f"Verified: {outcome.words}.")
    else:
        messages.warning(request, f"Nothing was verified: {outcome.words}.")


def _address(request: SignedInRequest) -> str:
    """What the work list understands of the address that was sent."""
    given = QueryDict(request.POST.get("address", "").lstrip("?"))
    return urlencode({name: given[name] for name in (*VerificationFilter.base_fields, "page") if given.get(name)})


def _back(request: SignedInRequest, form: str = "") -> str:
    address = QueryDict(_address(request), mutable=True)
    if read_key(form) is not None:
        address["form"] = form
    return reverse("sdv_list") + (f"?{address.urlencode()}" if address else "")


@require_safe
def sdv_form(request: SignedInRequest, pk: int) -> HttpResponse:
    """The verifications of one form, with those that ended."""
    form = request.access.load(HEADERS, Permission.VIEW_SUBJECTS, site="subject.site_id", pk=pk)
    refuse_parameters(request.GET)
    verifications = Verification.objects.filter(case_form=form).order_by("-pk")
    page = Paginator(verifications, 100).get_page(request.GET.get("page"))
    for verification in page:
        verification.label = "Not done" if verification.item == NOT_DONE else item_label(form.code, verification.item)
    context = {
        "form": form,
        "title": CATALOGUE[form.code].title,
        "page": page,
        "may_verify": request.access.can(Permission.VERIFY_SOURCE, form.subject.site_id),
    }
    return render(request, "sdv/form.html", context)


@require_get_or_post
def sdv_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    form = request.access.load(HEADERS, Permission.VERIFY_SOURCE, site="subject.site_id", pk=pk)
    by = request.access.actor(form.subject.site_id, permission=Permission.VERIFY_SOURCE)
    item = request.GET.get("item", "")
    verified = Verification.objects.filter(case_form=form).values_list("item", flat=True)
    if item and not any(is_of(verification, [item]) for verification in verified):
        raise Http404

    def do(reason: str, items: str) -> int:
        return unverify(case_form=form, reason=reason, items=[items] if items else None, by=by)

    asking = TakeBackForm(posted(request), initial={"items": item})
    what = item or CATALOGUE[form.code].title
    return _ask_back(request, asking, do, form, what)


def _ask_back(request: SignedInRequest, asking: forms.Form, do: Any, form: CaseForm, what: str) -> HttpResponse:
    return ask(
        request,
        asking,
        do,
        title=f"Remove the verification of {what}",
        button="Remove verification",
        back=reverse("sdv_form", args=[form.pk]),
        message="Verification removed.",
        why=f"Subject {form.subject.label}. Your reason stands in the audit trail.",
    )


@require_safe
def sdv_progress(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_SUBJECTS)
    refuse_parameters(request.GET)
    return render(request, "sdv/progress.html", {"lines": progress(request.access)})
