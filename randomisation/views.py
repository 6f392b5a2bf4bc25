"""A randomisation list is looked through, and then imported as a whole."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import FileExtensionValidator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.access import SignedInRequest
from accounts.models import Site
from accounts.roles import Permission
from cohorts.asking import show_refusal
from cohorts.services import Refused
from protocol import in_force
from randomisation.list_file import AllocationLine, read_list
from randomisation.models import AllocationList
from randomisation.reading import numbers_taken, strata
from randomisation.services import import_list
from randomisation.wording import in_words
from values import UnreadableValue
from values.tables import MOST_BYTES

MOST_SHOWN = 50


class ListForm(forms.Form):
    """The list, and the word that it is to be imported: the file is chosen again for that, as no page keeps it."""

    use_required_attribute = False
    file = forms.FileField(
        label="File",
        validators=[FileExtensionValidator(["csv", "txt"], "The name of the file must end in .csv or .txt.")],
        help_text="CSV, 1 MB at most.",
    )


@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def randomisation_lists(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.IMPORT_RANDOMISATION)
    if request.method != "POST":
        return _page(request, ListForm())
    form = ListForm(request.POST, request.FILES)
    given = in_force().randomisation
    if given is None:
        form.add_error(None, "This trial randomises nobody: its protocol file names no such groups.")
    if given is None or not form.is_valid():
        return _page(request, form, status=422)
    content = form.cleaned_data["file"].read(MOST_BYTES + 1)
    try:
        lines = read_list(content, given, list(Site.objects.order_by("code").values_list("code", flat=True)))
    except UnreadableValue as unreadable:
        form.add_error("file", str(unreadable))
        return _page(request, form, status=422)
    _refuse_numbers_of_earlier_lists(lines)
    if any(line.errors for line in lines) or request.POST.get("action") != "import":
        return _page(request, form, lines)
    return _import(request, form, content, lines)


def _refuse_numbers_of_earlier_lists(lines: list[AllocationLine]) -> None:
    known = numbers_taken([line.number for line in lines])
    for line in lines:
        if line.number in known:
            line.errors.append(f"An earlier list has the number {line.number}.")


@sensitive_variables()
def _import(request: SignedInRequest, form: ListForm, content: bytes, lines: list[AllocationLine]) -> HttpResponse:
    by = request.access.actor(channel="import", permission=Permission.IMPORT_RANDOMISATION)
    try:
        made = import_list(name=form.cleaned_data["file"].name[:120], content=content, lines=lines, by=by)
    except Refused as refusal:
        show_refusal(form, refusal)
        return _page(request, form, status=422)
    messages.success(request, f"{made.name}: {made.numbers} numbers are in, and concealed until they are given.")
    return redirect("randomisation_lists")


@sensitive_variables()
def _page(
    request: SignedInRequest, form: ListForm, lines: list[AllocationLine] | None = None, status: int = 200
) -> HttpResponse:
    wrong = [line for line in lines or () if line.errors]
    context: dict[str, Any] = {
        "form": form,
        "randomisation": in_force().randomisation,
        "lists": AllocationList.objects.all(),
        "strata": strata(),
        "lines": lines,
        "wrong": wrong[:MOST_SHOWN],
        "wrong_count": len(wrong),
    }
    if lines and not wrong:
        context["found"] = [(in_words(name), count) for name, count in Counter(one.stratum for one in lines).items()]
    return render(request, "randomisation/lists.html", context, status=422 if wrong else status)
