"""A file of questions: looked through first, then asked as a whole or not at all."""

from functools import partial

from django import forms
from django.contrib import messages
from django.core.validators import FileExtensionValidator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize

from accounts.access import SignedInRequest
from accounts.roles import Permission
from cohorts.views import require_get_or_post
from review.queries.at_once import Acting, raise_at_once
from review.queries.file import NEEDED, OPTIONAL, read_questions
from review.queries.looking import QueriesPreview, look_through
from review.queries.many_pages import role_at
from review.services import NotAllowed
from values.tables import MOST_BYTES, Table
from values.unreadable import UnreadableValue

ENDINGS = ("csv", "txt", "tsv")


class FileForm(forms.Form):
    """A file, or the text of one that was looked through before."""

    use_required_attribute = False
    file = forms.FileField(
        label="File",
        required=False,
        validators=[FileExtensionValidator(ENDINGS, "The name of the file must end in .csv, .txt or .tsv.")],
        help_text="CSV or text with tabs (.csv, .txt, .tsv), 1 MB at most.",
    )
    content = forms.CharField(required=False, widget=forms.HiddenInput, strip=False, max_length=MOST_BYTES)

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("file"):
            return cleaned | {"content": cleaned["file"].read(MOST_BYTES + 1)}
        if not cleaned.get("content"):
            self.add_error("file", "Choose a file.")
        return cleaned


@require_get_or_post
def queries_import(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.RAISE_QUERY)
    if request.method != "POST":
        return _page(request, FileForm())
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        table = read_questions(form.cleaned_data["content"])
    except UnreadableValue as unreadable:
        form.add_error("file", str(unreadable))
        return _page(request, form, status=422)
    preview = look_through(table.lines, request.access)
    if request.POST.get("action") == "ask" and not preview.wrong:
        return _ask(request, form, table, preview)
    return _page(request, form, (table, preview), status=422 if preview.wrong else 200)


def ask_all(preview: QueriesPreview, by: Acting) -> int:
    """The questions of a file without errors; returns how many. Raises NotAllowed, and then none is asked."""
    sites = {subject.pk: subject.site_id for _, subject, _ in preview.questions}
    questions = [question for _, _, question in preview.questions]
    return raise_at_once(questions=questions, site_of=lambda one: sites[one.subject_id], by=by)


def _ask(request: SignedInRequest, form: FileForm, table: Table, preview: QueriesPreview) -> HttpResponse:
    try:
        number = ask_all(preview, partial(role_at, request.access, Permission.RAISE_QUERY, channel="import"))
    except NotAllowed as refusal:
        form.add_error(None, f"No query was raised. {refusal}")
        return _page(request, form, (table, preview), status=409)
    messages.success(request, f"{number} quer{pluralize(number, 'y,ies')} raised.")
    return redirect("query_list")


def _page(
    request: SignedInRequest, form: FileForm, read: tuple[Table, QueriesPreview] | None = None, status: int = 200
) -> HttpResponse:
    table, preview = read or (None, None)
    context = {
        "form": form,
        "preview": preview,
        "content": table.file.text if table else "",
        "notes": list(table.notes()) if table else [],
        "needed": NEEDED,
        "optional": OPTIONAL,
    }
    return render(request, "review/queries_import.html", context, status=status)
