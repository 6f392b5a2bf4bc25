"""A page that takes a table in from a file: checked first, then taken in as a whole or not at all.

Who has such a page says how its lines are read, what is written, and what is shown of them: a `FilePage`, a `Preview`
and a template that extends `components/from_file.html`. The form, the order of steps and the refusals stand here.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.validators import FileExtensionValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from values.tables import MOST_BYTES
from values.text_files import read_text
from values.unreadable import UnreadableValue


@dataclass
class Preview(ABC):
    """What a file would do. `lines` are all lines of it, each with its `number` and `errors`; `notes` are sentences on
    how it was read."""

    lines: Sequence[Any]
    _: KW_ONLY
    notes: Sequence[str] = field(default=())

    # What is shown of a line that is wrong, between its number and what is wrong.
    columns_to_correct: ClassVar[Sequence[str]] = ()

    @property
    def wrong(self) -> Sequence[Any]:
        return [line for line in self.lines if line.errors]

    @property
    @abstractmethod
    def new(self) -> Sequence[Any]:
        """What would be written."""

    @property
    @abstractmethod
    def button(self) -> str:
        """By which it is written: Import 2 lines."""

    @property
    def may_go_in(self) -> bool:
        return not self.wrong and bool(self.new)

    def number_of(self, line: Any) -> int:
        """Of the line in the file."""
        return int(line.number)

    def cells_of(self, line: Any) -> Sequence[str]:
        """Of a line that is wrong, a text for each of `columns_to_correct`."""
        return ()

    @property
    def to_correct(self) -> list[tuple[int, list[tuple[str, str]], list[str]]]:
        """Of each line that is wrong its number, its cells with their titles, and what is wrong."""
        titles = self.columns_to_correct
        return [
            (self.number_of(line), list(zip(titles, self.cells_of(line), strict=True)), line.errors)
            for line in self.wrong
        ]


class ChosenFile(forms.Form):
    """A file that is chosen once more to be taken in, as no page keeps what it holds."""

    use_required_attribute = False
    endings = ("csv", "txt")
    file = forms.FileField(label="File", help_text="CSV, 1 MB at most.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        *first, last = (f".{ending}" for ending in self.endings)
        sentence = f"The name of the file must end in {', '.join(first)} or {last}."
        self.fields["file"].validators.append(FileExtensionValidator(self.endings, sentence))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if file := cleaned.get("file"):
            return cleaned | {"content": file.read(MOST_BYTES + 1), "name": file.name[:120]}
        return cleaned


class FileOrCells(ChosenFile):
    """A file, cells pasted from a spreadsheet, or the text of what was looked through before."""

    endings = ("csv", "txt", "tsv")
    file = forms.FileField(
        label="File", required=False, help_text="CSV or tab-separated text (.csv, .txt, .tsv), 1 MB at most."
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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        pasted = str(cleaned.get("pasted") or "").strip()
        if cleaned.get("file") and pasted:
            self.add_error("file", "Choose a file or paste cells, not both.")
        elif pasted:
            return cleaned | {"content": cleaned["pasted"], "name": "Pasted cells"}
        elif not cleaned.get("content") and "file" not in self.errors:
            self.add_error("file", "Choose a file, or paste cells.")
        return cleaned


@dataclass(frozen=True)
class FilePage:
    """`read` looks through what a file holds, and raises UnreadableValue where it is no such table. `write` takes a
    preview in, given the name of its file, and returns the message that says so; where it raises one of `refusals`,
    nothing was written. `context` is what the template shows besides."""

    template: str
    read: Callable[[bytes | str], Preview]
    write: Callable[[Any, str], str]
    back: str
    refusals: tuple[type[Exception], ...]
    verb: str = "imported"
    form: type[ChosenFile] = FileOrCells
    context: Mapping[str, Any] = field(default_factory=dict)


@sensitive_post_parameters()
@sensitive_variables()
def from_file(request: HttpRequest, page: FilePage) -> HttpResponse:
    """Shows the form; posted, what the file would do; posted to be imported, and without a fault, takes it in and goes
    `back`. The access is the caller's to check."""
    if request.method != "POST":
        return _shown(request, page, page.form())
    form = page.form(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, page, form, status=422)
    try:
        preview = page.read(form.cleaned_data["content"])
    except UnreadableValue as unreadable:
        form.add_error("pasted" if form.cleaned_data.get("pasted") else "file", str(unreadable))
        return _shown(request, page, form, status=422)
    if request.POST.get("action") == "import" and preview.may_go_in:
        return _written(request, page, form, preview)
    return _shown(request, page, form, preview, status=422 if preview.wrong else 200)


@sensitive_variables()
def _written(request: HttpRequest, page: FilePage, form: ChosenFile, preview: Preview) -> HttpResponse:
    try:
        done = page.write(preview, form.cleaned_data["name"])
    except page.refusals as refusal:
        form.add_error(None, f"Nothing was {page.verb}. {refusal}")
        return _shown(request, page, form, preview, status=409)
    messages.success(request, done)
    return redirect(page.back)


@sensitive_variables()
def _shown(
    request: HttpRequest, page: FilePage, form: ChosenFile, preview: Preview | None = None, status: int = 200
) -> HttpResponse:
    content = form.cleaned_data["content"] if preview else ""
    context = {
        "form": form,
        "preview": preview,
        "content": read_text(content).text if isinstance(content, bytes) else content,
        "name": form.cleaned_data["name"] if preview else "",
        "back": page.back,
        "verb": page.verb,
        "is_chosen_again": not issubclass(page.form, FileOrCells),
    }
    return render(request, page.template, {**context, **page.context}, status=status)
