"""The laboratory's own pages: its file, looked through first and then entered as a whole, and a subject's trend."""

from functools import partial

from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest
from accounts.actor import Actor
from accounts.roles import Permission
from assessments.laboratory_file import MOST_BYTES, NEEDED, OPTIONAL, Unreadable, read_lines
from assessments.laboratory_import import Preview, import_samples, look_through
from assessments.laboratory_trend import HEIGHT, WIDTH, trend_of, worst_of
from assessments.services import Locked, Stale
from cohorts.models import Subject
from cohorts.services import Refused


class FileForm(forms.Form):
    """A file, or the text of one that was looked through before."""

    use_required_attribute = False
    file = forms.FileField(label="File", required=False, help_text="CSV, UTF-8, 1 MB at most.")
    content = forms.CharField(required=False, widget=forms.HiddenInput, strip=False, max_length=MOST_BYTES)
    name = forms.CharField(required=False, widget=forms.HiddenInput, max_length=120)

    def clean(self) -> dict[str, object]:
        found = super().clean() or self.cleaned_data
        if found.get("file"):
            return found | {"content": found["file"].read(MOST_BYTES + 1), "name": found["file"].name[:120]}
        if not found.get("content"):
            self.add_error("file", "Choose a file.")
        return found


@require_http_methods(["GET", "HEAD", "POST"])
def laboratory_import(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.ENTER_DATA)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return _page(request, FileForm())
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        preview = look_through(read_lines(form.cleaned_data["content"]), request.access)
    except Unreadable as unreadable:
        form.add_error("file", str(unreadable))
        return _page(request, form, status=422)
    if request.POST.get("action") == "import" and preview.may_go_in:
        return _enter(request, form, preview)
    return _page(request, form, preview, status=422 if preview.wrong else 200)


def _enter(request: SignedInRequest, form: FileForm, preview: Preview) -> HttpResponse:
    by = partial(_by, request)
    try:
        saved = import_samples(preview, by=by, reason=f"Laboratory file {form.cleaned_data['name']}")
    except (Refused, Stale, Locked, IntegrityError) as error:
        said = str(error) if not isinstance(error, IntegrityError) else "Somebody began one of these forms meanwhile."
        form.add_error(None, f"Nothing went in. {said}")
        return _page(request, form, preview, status=409)
    drafts = sum(form.state == "draft" for form in saved)
    waiting = f"; {drafts} of them as drafts, which wait for what the file did not say" if drafts else ""
    messages.success(request, f"{len(saved)} sample{'s' if len(saved) != 1 else ''} went in{waiting}.")
    return redirect("range_list")


def _by(request: SignedInRequest, site_id: int) -> Actor:
    return request.access.actor(site_id, channel="import", permission=Permission.ENTER_DATA)


def _page(request: SignedInRequest, form: FileForm, preview: Preview | None = None, status: int = 200) -> HttpResponse:
    content = form.cleaned_data.get("content", "") if preview else ""
    context = {
        "form": form,
        "preview": preview,
        "content": content.decode("utf-8-sig") if isinstance(content, bytes) else content,
        "name": form.cleaned_data.get("name", "") if preview else "",
        "needed": NEEDED,
        "optional": OPTIONAL,
    }
    return render(request, "laboratory/import.html", context, status=status)


@require_safe
def laboratory_trend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every analyte of a subject over time."""
    subject = request.access.load(Subject.objects.select_related("site"), Permission.VIEW_SUBJECTS, pk=pk)
    trend = trend_of(subject)
    context = {"subject": subject, "trend": trend, "severe": worst_of(trend.rows), "size": (WIDTH, HEIGHT)}
    return render(request, "laboratory/trend.html", context)
