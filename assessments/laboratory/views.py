"""The laboratory's own pages: its file, looked through first and then entered as a whole, and a subject's trend."""

from collections.abc import Sequence
from functools import partial

from django import forms
from django.contrib import messages
from django.core.validators import FileExtensionValidator
from django.db import IntegrityError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest
from accounts.actor import Actor, Locked
from accounts.roles import Permission
from assessments.laboratory.file import COLUMNS, NEEDED, OPTIONAL, UnreadableResults, read_file
from assessments.laboratory.importing import ResultsPreview, import_samples, look_through
from assessments.laboratory.trend import HEIGHT, WIDTH, trend_of, worst_of
from assessments.place import Stale
from audit.files import csv_response
from cohorts.models import Subject
from cohorts.services import Refused
from components.filtering import wanted_of
from values.tables import MOST_BYTES
from values.text_files import read_text

ENDINGS = ["csv", "txt", "tsv"]


class TemplateFilter(forms.Form):
    """Of the empty file: what stands between two values."""

    separator = forms.ChoiceField(required=False, choices=[("comma", "Comma"), ("semicolon", "Semicolon")])


class FileForm(forms.Form):
    """A file, cells pasted from a spreadsheet, or the text of what was looked through before."""

    use_required_attribute = False
    file = forms.FileField(
        label="File",
        required=False,
        validators=[FileExtensionValidator(ENDINGS, "The name of the file must end in .csv or .txt or .tsv.")],
        help_text="CSV or tab-separated text (.csv, .txt, .tsv), 1 MB at most.",
    )
    pasted = forms.CharField(
        label="Or paste cells",
        required=False,
        strip=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
        help_text="Copied from Excel or LibreOffice, with the line of the column names.",
    )
    content = forms.CharField(required=False, widget=forms.HiddenInput, strip=False, max_length=MOST_BYTES)
    name = forms.CharField(required=False, widget=forms.HiddenInput, max_length=120)

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        file, pasted = cleaned.get("file"), str(cleaned.get("pasted") or "").strip()
        if file and pasted:
            self.add_error("file", "Choose a file or paste cells, not both.")
        elif file:
            return cleaned | {"content": file.read(MOST_BYTES + 1), "name": file.name[:120]}
        elif pasted:
            return cleaned | {"content": cleaned["pasted"], "name": "Pasted cells"}
        elif not cleaned.get("content"):
            self.add_error("file", "Choose a file, or paste cells.")
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
def laboratory_import(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.IMPORT_LABORATORY)
    if request.method != "POST":
        return _page(request, FileForm())
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        file = read_file(form.cleaned_data["content"])
    except UnreadableResults as unreadable:
        form.add_error("pasted" if form.cleaned_data["pasted"] else "file", str(unreadable))
        return _page(request, form, status=422)
    preview = look_through(file.lines, request.access)
    if request.POST.get("action") == "import" and preview.may_go_in:
        return _enter(request, form, preview)
    return _page(request, form, preview, status=422 if preview.wrong else 200, notes=file.notes)


@require_safe
def laboratory_template(request: SignedInRequest) -> HttpResponseBase:
    """An empty file with the names of the columns, as a spreadsheet opens it."""
    request.access.require(Permission.IMPORT_LABORATORY)
    filters = wanted_of(TemplateFilter(request.GET), request.GET)
    separator = ";" if filters["separator"] == "semicolon" else ","
    return csv_response(
        request, "empty file for laboratory results", [(*NEEDED, *OPTIONAL)], "laboratory-results", separator
    )


def _enter(request: SignedInRequest, form: FileForm, preview: ResultsPreview) -> HttpResponse:
    by = partial(_by, request)
    try:
        saved = import_samples(preview, by=by, reason=f"Laboratory file {form.cleaned_data['name']}")
    except (Refused, Stale, Locked, IntegrityError) as error:
        sentence = (
            str(error) if not isinstance(error, IntegrityError) else "Somebody began one of these forms meanwhile."
        )
        form.add_error(None, f"Nothing was imported. {sentence}")
        return _page(request, form, preview, status=409)
    drafts = sum(form.state == "draft" for form in saved)
    waiting = f"; {drafts} of them as drafts, which wait for what the file did not say" if drafts else ""
    messages.success(request, f"{len(saved)} sample{'s' if len(saved) != 1 else ''} went in{waiting}.")
    return redirect("range_list")


def _by(request: SignedInRequest, site_id: int) -> Actor:
    return request.access.actor(site_id, channel="import", permission=Permission.IMPORT_LABORATORY)


def _page(
    request: SignedInRequest,
    form: FileForm,
    preview: ResultsPreview | None = None,
    status: int = 200,
    notes: Sequence[str] = (),
) -> HttpResponse:
    content = form.cleaned_data.get("content", "") if preview else ""
    context = {
        "form": form,
        "preview": preview,
        "notes": notes,
        "content": read_text(content).text if isinstance(content, bytes) else content,
        "name": form.cleaned_data.get("name", "") if preview else "",
        "columns": COLUMNS,
    }
    return render(request, "laboratory/import.html", context, status=status)


@require_safe
def laboratory_trend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every analyte of a subject over time."""
    subject = request.access.load(Subject.objects.select_related("site"), Permission.VIEW_SUBJECTS, pk=pk)
    trend = trend_of(subject)
    context = {"subject": subject, "trend": trend, "severe": worst_of(trend.rows), "size": (WIDTH, HEIGHT)}
    return render(request, "laboratory/trend.html", context)
