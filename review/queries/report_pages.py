"""What leaves the list of queries, how old the queries are, and the filters that a user keeps."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from audit.files import XLSX, csv_response, file_response, stamped
from components.filtering import refuse_parameters
from review.forms import KeptFilterForm, QueryFilter
from review.queries.ageing import BUCKETS, ageing
from review.queries.export import as_rows, as_workbook
from review.queries.kept import forget_filter, keep_filter
from review.queries.pages import wanted_queries
from review.services import NotAllowed


@require_safe
def query_file(request: SignedInRequest, kind: str) -> HttpResponseBase:
    """What the list shows under this address, all pages of it."""
    request.access.require(Permission.VIEW_SUBJECTS)
    form = QueryFilter(request.GET, request.access)
    queries = wanted_queries(request.access, form, request.GET.get("sort", ""))
    what = f"queries as {kind.upper()}, filter: {request.GET.urlencode() or 'none'}"
    if kind == "xlsx":
        return file_response(request, what, as_workbook(queries), f"{stamped('queries')}.xlsx", XLSX)
    return csv_response(request, what, as_rows(queries), stamped("queries"))


@require_safe
def query_ageing(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_SUBJECTS)
    refuse_parameters(request.GET)
    return render(request, "review/query_ageing.html", {"lines": ageing(request.access), "buckets": BUCKETS})


@require_POST
def query_filter_keep(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_SUBJECTS)
    form = KeptFilterForm(request.POST)
    if form.is_valid():
        try:
            kept = keep_filter(user=request.user, by=request.access.actor(), **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Kept as “{kept.name}”.")
            return redirect(f"{reverse('query_list')}?{kept.address}")
    return render(request, "review/query_filter.html", {"form": form}, status=422)


@require_POST
def query_filter_forget(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_SUBJECTS)
    form = KeptFilterForm(request.POST)
    if form.is_valid() and forget_filter(user=request.user, name=form.cleaned_data["name"], by=request.access.actor()):
        messages.success(request, f"“{form.cleaned_data['name']}” is no longer kept.")
        return redirect("query_list")
    form.add_error(None, "You have no saved filter of this name.")
    return render(request, "review/query_filter.html", {"form": form}, status=422)
