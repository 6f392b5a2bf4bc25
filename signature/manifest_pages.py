"""The manifest of signatures as a page and as a file, for those who read the trail."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import Access, SignedInRequest
from accounts.filters import CodeField
from accounts.roles import Permission
from audit.files import csv_response, stamped
from cohorts.forms import SiteChoice, sites_for
from cohorts.reading import NO_SUBJECT, is_subject
from components.emptiness import Emptiness
from components.filtering import wanted_of
from signature.manifest import manifest
from signature.manifest_file import as_rows
from signature.models import Signature
from signature.signing import WITH_FORM

PAGE_SIZE = 50


class SignatureFilter(forms.Form):
    """Of which site and subject; named as in the filter of the trail, whose file this one goes with."""

    subject = CodeField(required=False, known=is_subject, what=NO_SUBJECT)
    site = SiteChoice(required=False, empty_label="Any")

    def __init__(self, data: Any, access: Access) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = sites_for(access, Permission.VIEW_SIGNATURES)


def found_signatures(access: Access, form: SignatureFilter) -> QuerySet[Signature]:
    """Newest first, of the user's sites. Raises UnreadableFilter."""
    filters = wanted_of(form, form.data)
    signatures = access.limit(WITH_FORM.order_by("-id"), Permission.VIEW_SIGNATURES, site="subject__site_id")
    if filters["site"]:
        signatures = signatures.filter(subject__site=filters["site"])
    label = filters["subject"].strip()
    return signatures.filter(subject__label__iexact=label) if label else signatures


@require_safe
def signature_list(request: SignedInRequest) -> HttpResponse:
    """Who signed what, when, with what meaning, and whether it holds."""
    request.access.require(Permission.VIEW_SIGNATURES)
    form = SignatureFilter(request.GET, request.access)
    page = Paginator(found_signatures(request.access, form), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "trail_url": reverse("trail") if request.access.can(Permission.VIEW_TRAIL) else "",
        "page": page,
        "signatures": manifest(page.object_list),
        "filter": form,
        "empty": Emptiness(
            nothing_to_do="Nobody has signed anything at your sites yet.",
            what=("signature", "signatures"),
            is_filtered=any(form.cleaned_data.values()),
            all_of_it=request.path,
            title="No signatures",
            every=request.access.limit(Signature.objects.all(), Permission.VIEW_SIGNATURES, site="subject__site_id"),
        ),
        "address": request.GET.urlencode(),
    }
    return render(request, "signature/signature_list.html", context)


@require_safe
def signature_file(request: SignedInRequest) -> HttpResponseBase:
    """All that the filter finds."""
    request.access.require(Permission.VIEW_SIGNATURES)
    form = SignatureFilter(request.GET, request.access)
    signatures = found_signatures(request.access, form)
    what = f"signatures as CSV, filter: {request.GET.urlencode() or 'none'}"
    return csv_response(request, what, as_rows(signatures), stamped("signatures"))
