"""The import of a laboratory's file: checked as a whole first, then entered as a whole or not at all.

Every sample goes through the form's own entry and service, with the channel "import".
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models.functions import Upper

from accounts.access import Access
from accounts.actor import Actor
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry, typed
from assessments.laboratory.file import ResultLine
from assessments.models import CaseForm
from assessments.pages.results import Found, found_of
from assessments.place import Place
from assessments.reading.forms import read_forms
from assessments.sequence import obstacles
from assessments.services import save_form
from assessments.visits.dating import judged
from cohorts.models import Subject, Visit
from cohorts.services import Refused
from components.from_file import Preview
from values.counts import counted
from values.dates import shown_date
from values.tables import plain_name

SAMPLE = ("sample_date", "sample_time", "laboratory", "fasting")
RESULT = ("not_done", "clinically_significant")
Key = tuple[str, str, str]


@dataclass
class Sample:
    """The lines of one form at one visit, with where they belong and what a save would take.

    `found` is, by analyte, what follows from each result that is new.
    """

    lines: list[ResultLine]
    place: Place | None = None
    found: dict[str, Found] = field(default_factory=dict)
    record: dict[str, Any] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    complete: bool = True
    waits_for: list[str] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        return any(line.errors for line in self.lines)

    @property
    def is_there(self) -> bool:
        """Whether all of it was recorded before."""
        return not self.rows and not self.has_errors

    @property
    def day(self) -> str:
        return shown_date(str(self.record.get("sample_date") or ""))

    @property
    def label(self) -> str:
        if self.place is None:
            return ""
        visit = self.place.visit.label if self.place.visit else ""
        return f"{self.place.subject.label}, {visit}: {self.place.form_type.title}"


@dataclass
class ResultsPreview(Preview):
    """What an import would do. `lines` are all lines of the file in its order."""

    columns_to_correct = ("Subject", "Visit", "Analyte", "In the file")

    lines: list[ResultLine]
    samples: list[Sample]

    @property
    def read(self) -> list[tuple[ResultLine, Sample, Found | None]]:
        """Each line that could be read, in the order of the file, with its sample and what follows from it."""
        by_number = {line.number: sample for sample in self.samples for line in sample.lines}
        pairs = [(line, by_number[line.number]) for line in self.lines if line.number in by_number and not line.errors]
        return [(line, sample, sample.found.get(line.analyte)) for line, sample in pairs]

    @property
    def new(self) -> list[Sample]:
        return [sample for sample in self.samples if not sample.is_there]

    @property
    def button(self) -> str:
        return f"Enter {counted(len(self.new), 'sample')}"

    def cells_of(self, line: ResultLine) -> list[str]:
        names = ("subject", "visit", "analyte")
        return [*(line.values[name] for name in names), f"{line.shown} {line.values['unit']}"]


def look_through(lines: list[ResultLine], access: Access, notes: Sequence[str] = ()) -> ResultsPreview:
    """Check every line and sample against the record; nothing is written. Every fault is told, not the first alone."""
    _refuse_twice(lines)
    subjects, visits = _known_places(lines, access)
    samples = [_sample(one_sample, subjects, visits) for one_sample in _by_sample(lines)]
    for sample in samples:
        if sample.place is not None:
            _check(sample)
    _name_places([line for line in lines if not line.panel], subjects, visits)
    return ResultsPreview(lines, samples, notes=notes)


def import_samples(preview: ResultsPreview, *, by: Callable[[int], Actor], reason: str) -> list[CaseForm]:
    """Enter every sample that is new, in one transaction; `by` gives the actor at a site. Raises what a save does."""
    if not preview.may_go_in:
        raise Refused("This file cannot be imported as it is.")
    with transaction.atomic():
        return [_enter(sample, by, reason) for sample in preview.new]


def _enter(sample: Sample, by: Callable[[int], Actor], reason: str) -> CaseForm:
    place = sample.place
    assert place is not None
    with judged(place, sample.record):
        return _enter_there(sample, place, by, reason)


def _enter_there(sample: Sample, place: Place, by: Callable[[int], Actor], reason: str) -> CaseForm:
    entry = _entry(sample, sample.complete)
    if not entry.is_valid():
        raise Refused(
            f"{sample.label}: {' '.join(sentence for sentences in entry.errors.values() for sentence in sentences)}"
        )
    return save_form(
        place=place,
        values=entry.values(),
        by=by(place.subject.site_id),
        seen_version=place.case_form.version if place.case_form else None,
        complete=sample.complete,
        reason=reason if place.case_form else "",
    )


def _key(line: ResultLine) -> Key:
    return plain_name(line.values["subject"]), plain_name(line.values["visit"]), line.analyte


def _refuse_twice(lines: Iterable[ResultLine]) -> None:
    first: dict[Key, int] = {}
    for line in lines:
        if line.analyte and _key(line) in first:
            line.tell(f"The same result stands in line {first[_key(line)]} already.")
        first.setdefault(_key(line), line.number)


def _known_places(lines: list[ResultLine], access: Access) -> tuple[dict[str, Subject], dict[tuple[int, str], Visit]]:
    """The subjects named that the user may bring results of, and their visits by code and label, by plain name. Two
    statements."""
    labels = {plain_name(line.values["subject"]).upper() for line in lines}
    of_the_user = access.limit(Subject.objects.select_related("site"), Permission.IMPORT_LABORATORY)
    subjects = {
        plain_name(subject.label): subject
        for subject in of_the_user.annotate(large=Upper("label")).filter(large__in=labels)
    }
    visits = Visit.objects.filter(subject__in=subjects.values()).order_by("pk")
    named = {(visit.subject_id, plain_name(visit.label)): visit for visit in visits}
    return subjects, named | {(visit.subject_id, plain_name(visit.code)): visit for visit in visits}


def _by_sample(lines: list[ResultLine]) -> Iterable[list[ResultLine]]:
    grouped: dict[Key, list[ResultLine]] = defaultdict(list)
    for line in lines:
        if line.panel:
            subject, visit, _ = _key(line)
            grouped[subject, visit, line.panel].append(line)
    return grouped.values()


def _name_places(
    lines: list[ResultLine], subjects: dict[str, Subject], visits: dict[tuple[int, str], Visit]
) -> tuple[Subject | None, Visit | None]:
    """Where lines of one place, or of none that is known, belong; told at them where there is no such place."""
    subject: Subject | None = None
    visit: Visit | None = None
    for line in lines:
        subject_name, visit_name, _ = _key(line)
        subject = subjects.get(subject_name)
        visit = visits.get((subject.pk, visit_name)) if subject else None
        if subject is None and subject_name:
            line.tell(f"There is no subject {line.values['subject']} for whom you may import results.")
        elif subject is not None and visit is None and visit_name:
            line.tell(f"{subject.label} has no visit {line.values['visit']}.")
    return subject, visit


def _sample(lines: list[ResultLine], subjects: dict[str, Subject], visits: dict[tuple[int, str], Visit]) -> Sample:
    subject, visit = _name_places(lines, subjects, visits)
    for name in SAMPLE:
        if len(values := _said(lines, name)) > 1:
            _tell(lines, f"The lines of one sample differ in {name.replace('_', ' ')}: {', '.join(sorted(values))}.")
    if subject is None or visit is None:
        return Sample(lines)
    form_type = CATALOGUE[lines[0].panel]
    existing = CaseForm.objects.filter(subject=subject, visit=visit, code=form_type.code).first()
    return Sample(lines, Place(subject, form_type, visit, existing))


def _tell(lines: Iterable[ResultLine], error: str) -> None:
    for line in lines:
        line.tell(error)


def _check(sample: Sample) -> None:
    assert sample.place is not None
    with judged(sample.place, {"sample_date": _given(sample.lines, "sample_date")}):
        _check_there(sample, sample.place)


def _check_there(sample: Sample, place: Place) -> None:
    against = obstacles(place.subject, place.form_type) if place.case_form is None else _closed(place.case_form)
    if against:
        _tell(sample.lines, " ".join(against))
    _fill(sample, place)
    if not sample.rows and not sample.has_errors:
        return
    part = _entry(sample, False)
    part_is_valid = part.is_valid()
    sample.found = _found(part)
    if sample.has_errors or not part_is_valid:
        _tell_each(sample, part)
        return
    whole = _entry(sample, True)
    if whole.is_valid():
        return
    if place.case_form is not None and place.case_form.state == "complete":
        _tell_each(sample, whole)
    else:
        sample.complete = False
        sample.waits_for = [f"{_name(whole, item)}: {' '.join(sentences)}" for item, sentences in whole.errors.items()]


def _found(entry: Entry) -> dict[str, Found]:
    rows = [row for row in entry.rows or () if row.outcome is not None]
    return {row.analyte.code: found_of(row) for row in rows}


def _closed(case_form: CaseForm) -> list[str]:
    if case_form.locked_at or case_form.frozen_at:
        return ["The form is locked or frozen."]
    return ["The form was marked as not done."] if case_form.state == "not_done" else []


def _fill(sample: Sample, place: Place) -> None:
    """What the file adds to what is there; a value that contradicts what is there is refused."""
    stored, rows = read_forms(place.form_type, [place.case_form])[place.case_form.pk] if place.case_form else ({}, [])
    by_analyte = {row["analyte"]: row for row in rows}
    # What could not be read is told at its line: here it would only be missing.
    for line in _first_of_each(line for line in sample.lines if line.says_something):
        before = by_analyte.get(line.analyte)
        if before is None or (before["value"] is None and not before["not_done"]):
            given = {name: line.values.get(name, "") for name in RESULT}
            sample.rows.append({"analyte": line.analyte, "value": line.result, "unit": line.unit} | given)
        elif not _is_same(before, line):
            value = "no result" if before["value"] is None else f"{before['value']} {before['unit']}"
            line.tell(f"The form has {value} already: correct it there, with the reason.")
    known = {model_field.name for model_field in CATALOGUE[place.form_type.code].record._meta.get_fields()}
    given = {name: _given(sample.lines, name) for name in SAMPLE if name in known}
    day = str(stored.get("sample_date") or given["sample_date"])
    if given["sample_date"] and day != given["sample_date"]:
        _tell(sample.lines, f"The form is of a sample of {shown_date(day)}.")
    sample.record = given | {name: value for name, value in stored.items() if value not in (None, "")}


def _first_of_each(lines: Iterable[ResultLine]) -> Iterable[ResultLine]:
    by_analyte: dict[str, ResultLine] = {}
    for line in lines:
        by_analyte.setdefault(line.analyte, line)
    return by_analyte.values()


def _said(lines: Iterable[ResultLine], name: str) -> list[str]:
    """What the lines of a sample say of it, each once; one that is silent does not contradict the others."""
    return list(dict.fromkeys(filter(None, (line.values.get(name, "") for line in lines))))


def _given(lines: Iterable[ResultLine], name: str) -> str:
    return next(iter(_said(lines, name)), "")


def _is_same(before: dict[str, Any], line: ResultLine) -> bool:
    if before["value"] is None:
        return line.result is None and before["not_done"] == line.values.get("not_done", "")
    return (before["value"], before["unit"]) == (line.result, line.unit)


def _entry(sample: Sample, complete: bool) -> Entry:
    place = sample.place
    assert place is not None
    return Entry(
        place.form_type,
        subject=place.subject,
        case_form=place.case_form,
        data=typed(sample.record, sample.rows),
        complete=complete,
    )


def _tell_each(sample: Sample, entry: Entry) -> None:
    """Each error at the line of its analyte; those of the sample, and of analytes left out, at all of its lines."""
    by_analyte = {line.analyte: line for line in sample.lines}
    for form in (entry.record_form, *(entry.rows or ())):
        analyte = getattr(form, "analyte", None)
        at = [by_analyte[analyte.code]] if analyte is not None and analyte.code in by_analyte else sample.lines
        for sentences in form.errors.values():
            _tell(at, " ".join(str(sentence) for sentence in sentences))


def _name(entry: Entry, item: str) -> str:
    for form in (entry.record_form, *(entry.rows or ())):
        name = item.removeprefix(f"{form.prefix}-") if form.prefix else item
        if name in form.fields and form.add_prefix(name) == item:
            return form.label_of(name)
    return item
