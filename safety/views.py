"""Pages of serious events and of the dose levels of phase I."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from assessments.models import AdverseEvent, CaseForm, FormState
from cohorts.asking import ask
from cohorts.models import Cohort
from cohorts.services import Refused
from components.emptiness import Emptiness
from components.filtering import refuse_parameters, wanted_of
from components.pages import posted, require_get_or_post
from protocol import current
from protocol.regimen import in_a_sentence
from safety.forms import DecisionForm, SeriousFilter
from safety.levels import DESIGNS, levels, tolerated
from safety.models import DoseLevelDecision, SeriousEvent
from safety.reading import REPORTS, Clock, clock_of_draft, newest_reports, notices_of, shown, summary, unread, versions
from safety.recounting import recounted
from safety.services import MEANING, confirm_report, considered_now, decide_level, mark_read, signature_holds

PAGE_SIZE = 50
EVENTS = SeriousEvent.objects.select_related("subject__site", "case_form")


@require_safe
def serious_list(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_SUBJECTS)
    form = SeriousFilter(request.GET, request.access)
    reports = newest_reports(request.access, wanted_of(form, request.GET))
    page = Paginator(reports, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [summary(report, request.access) for report in page]
    empty = Emptiness(
        nothing_to_do="None at your sites. One that is saved as complete and serious stands here at once.",
        what=("event", "events"),
        is_filtered=any(form.cleaned_data.values()),
        all_of_it=request.path,
        title="No serious events",
        every=newest_reports(request.access, {}),
    )
    context = {"page": page, "rows": rows, "filter": form, "empty": empty}
    return render(request, "safety/serious_list.html", context)


@require_safe
def serious_event(request: SignedInRequest, pk: int) -> HttpResponse:
    event = request.access.load(EVENTS, Permission.VIEW_SUBJECTS, site="subject.site_id", pk=pk)
    context = {
        "event": event,
        "versions": versions(event.pk, request.access),
        "may_confirm": request.access.can(Permission.CONFIRM_SERIOUS, event.subject.site_id),
    }
    return render(request, "safety/serious_event.html", context)


@require_POST
def serious_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    report = request.access.load(REPORTS, Permission.CONFIRM_SERIOUS, site="subject.site_id", pk=pk)
    by = request.access.actor(report.subject.site_id, permission=Permission.CONFIRM_SERIOUS)
    try:
        confirm_report(report=report, by=by)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"Confirmed: {report} has been received.")
    return redirect(report.event)


def _unreported(case_form: CaseForm) -> Clock | None:
    """How long is left to report a serious event that is a draft still: nobody is told of a draft."""
    if case_form.state != FormState.DRAFT:
        return None
    reported = (
        AdverseEvent.objects.select_related("case_form__subject__site").filter(case_form=case_form, serious="Y").first()
    )
    return clock_of_draft(reported) if reported else None


@require_safe
def serious_clock(request: SignedInRequest, pk: int) -> HttpResponse:
    """The clock for the page of an adverse event; empty for one that was never serious."""
    forms = CaseForm.every.select_related("subject")
    case_form = request.access.load(forms, Permission.VIEW_SUBJECTS, site="subject.site_id", pk=pk)
    last = newest_reports(request.access, {}).filter(event__case_form=case_form).first()
    context = {
        "version": summary(last, request.access) if last else None,
        "unreported": None if last else _unreported(case_form),
    }
    return render(request, "safety/clock.html", context)


@require_safe
def notice_list(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.CONFIRM_SERIOUS)
    refuse_parameters(request.GET)
    page = Paginator(notices_of(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(notice, shown(notice.report, None, request.access)) for notice in page]
    return render(request, "safety/notice_list.html", {"page": page, "rows": rows, "new": unread(request.user)})


@require_POST
def notices_read(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.CONFIRM_SERIOUS)
    mark_read(user=request.user, by=request.access.actor(permission=Permission.CONFIRM_SERIOUS))
    return redirect("notice_list")


@require_safe
def dose_levels(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_SUBJECTS)
    visible = request.access.site_ids(Permission.VIEW_SUBJECTS)
    protocol = current()
    ladder = levels()
    context = {
        "levels": ladder,
        "doubted": {
            level.plan.code for level in ladder if level.decisions and recounted(level.decisions[0], level.ladder)
        },
        "tolerated": tolerated(ladder) if ladder else [],
        "designs": DESIGNS,
        "visible": visible,
        "escalation": protocol.escalation,
        "escalated": protocol.escalated,
        "escalated_words": in_a_sentence(protocol.escalated.label) if protocol.escalated else "",
        "dlt": protocol.dlt,
        "evaluable_by": in_a_sentence(protocol.drug_words(protocol.dlt.drug)) if protocol.dlt else "",
        "assumed": [assumption for path in ("dlt", "escalation") if (assumption := protocol.assumption(path))],
        "may_decide": request.access.can(Permission.MANAGE_COHORTS),
        "may_read": request.access.can(Permission.VIEW_COMMITTEE),
    }
    return render(request, "safety/dose_levels.html", context)


@require_get_or_post
def level_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    request.access.require(Permission.MANAGE_COHORTS)
    cohort = get_object_or_404(Cohort, pk=pk)
    if not cohort.plan.dlt_evaluated:
        raise Http404
    figures, seen = considered_now()
    form = DecisionForm(posted(request), request)
    decide = partial(_decided, request, cohort)
    return ask(
        request,
        form,
        decide,
        title=f"Decision on {cohort}",
        button="Sign and record the decision",
        back=reverse("dose_levels"),
        message="The decision is signed and recorded.",
        goes_to=lambda made: reverse("level_decision", args=[made.pk]),
        template="safety/decide.html",
        why="What the dose committee decided, on the figures below. Signing opens or closes the level.",
        figures=figures,
        seen=seen,
        designs=DESIGNS,
        meaning=MEANING,
    )


def _decided(request: SignedInRequest, cohort: Cohort, **values: Any) -> DoseLevelDecision:
    decided = {name: value for name, value in values.items() if name not in ("username", "password")}
    by = request.access.actor(permission=Permission.MANAGE_COHORTS)
    return decide_level(cohort=cohort, seen=request.POST.get("seen", ""), signed_by=request.user, by=by, **decided)


@require_safe
def level_decision(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sites see what was decided and when; what was said in the committee is for those who may read that."""
    request.access.require(Permission.VIEW_SUBJECTS)
    made = get_object_or_404(DoseLevelDecision.objects.select_related("cohort", "signed_by"), pk=pk)
    context = {"decision": made, "holds": signature_holds(made), "figures": made.considered, "designs": DESIGNS}
    context["may_read"] = may_read = request.access.can(Permission.VIEW_COMMITTEE)
    context["recounted"] = recounted(made, levels()) if may_read else []
    return render(request, "safety/decision.html", context)
