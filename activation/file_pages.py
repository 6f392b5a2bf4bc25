"""The pages on which sites, people and reference ranges are brought in from a file."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest
from accounts.planned import NotBroughtIn
from activation.files import KINDS, SetUpFile, SetUpPreview, actor_for, bring_in_all, look_through
from assessments.laboratory.views import FileForm, TemplateFilter
from audit.files import csv_response
from components.filtering import wanted_of
from values.counts import counted
from values.text_files import read_text
from values.unreadable import UnreadableValue


@require_http_methods(["GET", "HEAD", "POST"])
def from_file(request: SignedInRequest, kind: str) -> HttpResponse:
    chosen = _kind(request, kind)
    if request.method != "POST":
        return _page(request, chosen, FileForm())
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, chosen, form, status=422)
    try:
        preview = look_through(chosen, form.cleaned_data["content"], request.access)
    except UnreadableValue as unreadable:
        form.add_error("pasted" if form.cleaned_data["pasted"] else "file", str(unreadable))
        return _page(request, chosen, form, status=422)
    if request.POST.get("action") == "import" and not preview.wrong and preview.changing:
        return _bring_in(request, form, preview)
    return _page(request, chosen, form, preview, status=422 if preview.wrong else 200)


@require_safe
def template(request: SignedInRequest, kind: str) -> HttpResponseBase:
    """A file to fill: the names of the columns, and lines that say what is lacking so far as the records know it."""
    chosen = _kind(request, kind)
    filters = wanted_of(TemplateFilter(request.GET), request.GET)
    separator = ";" if filters["separator"] == "semicolon" else ","
    columns = (*chosen.needed, *chosen.optional)
    rows = [columns, *((*cells, *[""] * (len(columns) - len(cells))) for cells in chosen.lines_to_fill(request.access))]
    return csv_response(request, f"file to fill for {chosen.title.lower()}", rows, chosen.code, separator)


def _kind(request: SignedInRequest, code: str) -> SetUpFile:
    kind = KINDS[code]
    request.access.require(kind.permission)
    return kind


def _bring_in(request: SignedInRequest, form: FileForm, preview: SetUpPreview) -> HttpResponse:
    kind = preview.kind
    try:
        number = bring_in_all(preview, by=actor_for(kind, request.access), name=form.cleaned_data["name"])
    except NotBroughtIn as refusal:
        form.add_error(None, f"Nothing was imported. {refusal}")
        return _page(request, kind, form, preview, status=409)
    messages.success(request, f"{counted(number, 'line')} imported. {kind.after}")
    return redirect(kind.back)


def _page(
    request: SignedInRequest, kind: SetUpFile, form: FileForm, preview: SetUpPreview | None = None, status: int = 200
) -> HttpResponse:
    content = form.cleaned_data.get("content", "") if preview else ""
    context = {
        "kind": kind,
        "form": form,
        "preview": preview,
        "content": read_text(content).text if isinstance(content, bytes) else content,
        "name": form.cleaned_data.get("name", "") if preview else "",
        "back": reverse(kind.back),
        "template_url": reverse(f"{kind.code}_template"),
    }
    return render(request, "activation/file.html", context, status=status)
