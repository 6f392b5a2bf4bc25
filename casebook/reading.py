"""Casebooks: each subject's visits with the forms that the protocol asks for, those that are there, and their state.

Here and not in assessments, because the most urgent state of a form is an open query.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Count
from django.urls import reverse

from assessments.catalogue import CATALOGUE, unscheduled_forms
from assessments.models import CaseForm, FormState
from assessments.pages.deviations import deviation_url, timing
from assessments.sequence import applies_to
from assessments.visits.applicable import NONE, not_applicable
from assessments.visits.missed import MISSABLE
from assessments.visits.placing import due_at, forms_due, placed
from cohorts.following import judging
from cohorts.models import Subject, Visit
from cohorts.schedule import visit_state
from review.models import Query, QueryState
from signature.models import signed_as_it_stands
from signature.shut import ShutPlaces, shut_places
from values.dates import shown_date

# What a cell shows is the most urgent of what is in it.
URGENCY = (
    "query",
    "overdue",
    "in-progress",
    "due",
    "query-answered",
    "planned",
    "complete",
    "not-done",
    "verified",
    "signed",
    "frozen",
    "locked",
)
RANK = {state: rank for rank, state in enumerate(URGENCY)}
AT_HAND = ("query", "query-answered", "in-progress", "due")
WAITING = ("overdue", "due", "planned")
HEADER = (
    *("subject_id", "code", "state", "pk", "visit_id", "locked_at", "frozen_at"),
    *("version", "verification__version", "verification__outstanding", "signed"),
)
STATE_OF: dict[str, str] = {
    FormState.DRAFT: "in-progress",
    FormState.COMPLETE: "complete",
    FormState.NOT_DONE: "not-done",
    FormState.IN_ERROR: "in-error",
}
GROUPS = {
    "screening": ("SCR", "Screening"),
    "tumour": ("TA", "Tumour assessments"),
    "end_of_treatment": ("EOT", "End of treatment"),
    "follow_up": ("FU", "Follow-up"),
}
UNSCHEDULED = ("UNS", "Unscheduled")


def most_urgent(states: Iterable[str]) -> str:
    return min(states, key=RANK.__getitem__, default="")


class FormCell(NamedTuple):
    """One form at its place: filled, or asked for and not there yet (`pk` None)."""

    subject_id: int
    code: str
    state: str
    pk: int | None = None
    visit_id: int | None = None
    open_queries: int = 0
    answered_queries: int = 0
    is_not_done: bool = False
    to_sign: bool = False

    @property
    def title(self) -> str:
        return CATALOGUE[self.code].title

    @property
    def is_in_error(self) -> bool:
        return self.state == "in-error"

    @property
    def shown(self) -> str:
        if self.open_queries:
            return "query"
        return most_urgent([self.state, "query-answered"]) if self.answered_queries else self.state

    @property
    def url(self) -> str:
        if self.pk:
            return reverse("form", args=[self.pk])
        address = reverse("form_add", args=[self.subject_id, self.code])
        return f"{address}?visit={self.visit_id}" if self.visit_id else address


@dataclass(eq=False)
class VisitCell:
    """One visit with its forms."""

    visit: Visit
    forms: list[FormCell]
    subject: Subject
    # The forms that are not asked for of the subject.
    spared: frozenset[str] = NONE

    @cached_property
    def shown(self) -> str:
        return most_urgent({form.shown for form in self.forms})

    @property
    def open_queries(self) -> int:
        return sum(form.open_queries for form in self.forms)

    @property
    def removable(self) -> bool:
        """Made by hand, and nothing was filled at it."""
        self.visit.subject = self.subject
        return self.visit.is_by_hand and not any(form.pk for form in self.forms)

    @property
    def is_missed(self) -> bool:
        """Nobody came: each of its forms is marked as not done."""
        return self.visit.visit_date is None and bool(self.forms) and all(form.is_not_done for form in self.forms)

    @property
    def missable(self) -> bool:
        """Its window has opened, and nothing says that it took place."""
        nobody_came = self.visit.visit_date is None and all(form.is_not_done or not form.pk for form in self.forms)
        due = any(not form.pk and form.state in ("due", "overdue") for form in self.forms)
        return self.visit.kind in MISSABLE and nobody_came and due

    @property
    def to_sign(self) -> bool:
        return any(form.to_sign for form in self.forms)

    @property
    def addable(self) -> list[tuple[str, str]]:
        """(address, title) of the forms that may still be begun at an unscheduled visit."""
        if group_of(self.visit) != UNSCHEDULED:
            return []
        present, planned = {form.code for form in self.forms}, judging(self.visit.protocol_id).forms()
        address = "{}?visit={}".format
        return [
            (address(reverse("form_add", args=[self.visit.subject_id, code]), self.visit.pk), CATALOGUE[code].title)
            for code in unscheduled_forms(planned - present - self.spared)
        ]

    @property
    def timing(self) -> str:
        """How the day lies to the window, where it lies outside."""
        return timing(self.visit)

    @property
    def deviation_url(self) -> str:
        return deviation_url(self.visit)

    @property
    def day(self) -> date | None:
        return self.visit.visit_date or self.visit.target_date

    @property
    def words(self) -> str:
        return ", ".join(filter(None, [self.visit.label, shown_date(self.day)]))


@dataclass(frozen=True, slots=True)
class VisitGroup:
    """Visits that stand together: screening, one cycle, the tumour assessments ..."""

    key: str
    label: str
    visits: list[VisitCell]
    is_open: bool = True

    @property
    def shown(self) -> str:
        return most_urgent(filter(None, (visit.shown for visit in self.visits)))

    @property
    def open_queries(self) -> int:
        return sum(visit.open_queries for visit in self.visits)


@dataclass(slots=True)
class Casebook:
    """Everything of one subject that a list or the casebook page shows."""

    subject: Subject
    visits: list[VisitCell] = field(default_factory=list)
    loose: list[FormCell] = field(default_factory=list)
    # What was entered in error: it counts nowhere, and is shown where somebody asks for it.
    in_error: list[FormCell] = field(default_factory=list)
    open_queries: int = 0

    @property
    def groups(self) -> list[VisitGroup]:
        grouped: dict[tuple[str, str], list[VisitCell]] = defaultdict(list)
        for cell in self.visits:
            grouped[group_of(cell.visit)].append(cell)
        near = self.next_due
        return [
            VisitGroup(key, label, visits, any(cell is near or cell.shown in AT_HAND for cell in visits))
            for (key, label), visits in sorted(grouped.items(), key=lambda group: order(group[0][0]))
        ]

    @property
    def next_due(self) -> VisitCell | None:
        """The visit to see to next: the one longest overdue, else due, else planned soonest."""
        waiting = [cell for cell in self.visits if any(form.state in WAITING for form in cell.forms)]
        return min(waiting, key=lambda cell: cell.visit.window_to or date.max, default=None)

    @property
    def single(self) -> list[FormCell]:
        """The forms at no visit that are no entries of a log."""
        return [form for form in self.loose if not CATALOGUE[form.code].is_log]

    @property
    def numbers(self) -> dict[int, int]:
        """By key, the number of each entry of a log: an entry keeps it, whatever is withdrawn beside it."""
        entries: dict[str, list[int]] = defaultdict(list)
        for form in (*self.loose, *self.in_error):
            if form.pk and form.visit_id is None:
                entries[form.code].append(form.pk)
        return {pk: number for keys in entries.values() for number, pk in enumerate(sorted(keys), 1)}

    @property
    def missing_log_forms(self) -> list[str]:
        """Forms at no visit, filled once, that are not there yet."""
        present = {form.code for form in self.loose} | {form.code for cell in self.visits for form in cell.forms}
        once = (code for code in judging(self.subject.protocol_id).log_forms if not CATALOGUE[code].is_log)
        return [code for code in once if code not in present and applies_to(code, self.subject)]


def group_of(visit: Visit) -> tuple[str, str]:
    """(key, label) of the group that a visit stands in."""
    if visit.code.startswith("UNS"):
        return UNSCHEDULED
    if visit.cycle:
        return f"C{visit.cycle}", f"Cycle {visit.cycle}"
    return GROUPS.get(visit.kind, UNSCHEDULED)


def order(key: str) -> tuple[int, int]:
    """Groups as a subject passes them: screening, cycles by number, then what runs beside or after them."""
    fixed = {"SCR": 0, "TA": 2, "EOT": 3, "FU": 4, "UNS": 5}
    return (fixed[key], 0) if key in fixed else (1, int(key[1:]))


def natural(code: str) -> list[tuple[int, str]]:
    """C1D15 after C1D8."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", code)]


def casebooks(subjects: Iterable[Subject], today: date) -> dict[int, Casebook]:
    """The casebook of each subject by its key, in four statements however many they are."""
    books = {subject.pk: Casebook(subject) for subject in subjects}
    queries = _queries(books)
    forms: dict[int, list[FormCell]] = defaultdict(list)
    # A page of subjects has thousands of forms: as plain rows they take a third of the time.
    headers = CaseForm.every.filter(subject__in=books).annotate(signed=signed_as_it_stands()).order_by("id")
    for header in headers.values_list(*HEADER):
        forms[header[0]].append(_filled(*header, queries.get(header[3], {})))
    visits: dict[int, list[Visit]] = defaultdict(list)
    for visit in Visit.objects.filter(subject__in=books).order_by():
        visits[visit.subject_id].append(visit)
    asked_at, spared, places = _remembering(forms_due), not_applicable(books), shut_places(books)
    for pk, book in books.items():
        _fill(book, visits[pk], forms[pk], today, asked_at, spared.get(pk, NONE), places)
        book.open_queries = queries[-pk].get(QueryState.OPEN, 0)
    return books


def _queries(subject_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """The number of live queries by their state: of each form by its key, of a whole subject by the negative of its."""
    live = Query.objects.filter(subject__in=subject_ids, state__in=(QueryState.OPEN, QueryState.ANSWERED)).order_by()
    counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    counted = live.values_list("subject_id", "case_form_id", "state").annotate(number=Count("id"))
    for subject, form, state, number in counted:
        counts[-subject][state] += number
        if form:
            counts[form][state] += number
    return counts


def _filled(
    subject: int,
    code: str,
    state: str,
    pk: int,
    visit: int | None,
    locked_at: Any,
    frozen_at: Any,
    version: int,
    seen_version: int | None,
    outstanding: int | None,
    signed: bool,
    queries: Mapping[str, int],
) -> FormCell:
    shut = "locked" if locked_at else "frozen" if frozen_at else ""
    shown = shut if shut and state != FormState.IN_ERROR else STATE_OF[state]
    if shown in ("complete", "not-done") and outstanding == 0 and seen_version == version:
        shown = "verified"
    if shown in ("complete", "verified") and signed:
        shown = "signed"
    opened, answered = (queries.get(QueryState.OPEN, 0), queries.get(QueryState.ANSWERED, 0)) if queries else (0, 0)
    to_sign = state == FormState.COMPLETE and not signed and not locked_at
    return FormCell(subject, code, shown, pk, visit, opened, answered, state == FormState.NOT_DONE, to_sign)


def _remembering(asked_at: Callable[[Visit], Sequence[str]]) -> Callable[[Visit], Sequence[str]]:
    """The same, asked once a kind of visit: a page has thousands of visits, of some eighty kinds."""
    known: dict[tuple[int | None, str, str, int | None], Sequence[str]] = {}

    def remembered(visit: Visit) -> Sequence[str]:
        key = (visit.protocol_id, visit.code, visit.kind, visit.cycle)
        if key not in known:
            known[key] = asked_at(visit)
        return known[key]

    return remembered


def _fill(
    book: Casebook,
    visits: list[Visit],
    forms: list[FormCell],
    today: date,
    asked_at: Callable[[Visit], Sequence[str]],
    spared: frozenset[str],
    places: ShutPlaces,
) -> None:
    by_day = sorted(visits, key=lambda visit: (visit.visit_date or visit.target_date or date.max, visit.pk))
    book.in_error = [form for form in forms if form.is_in_error]
    by_visit, book.loose = placed(
        by_day,
        [form for form in forms if not form.is_in_error],
        lambda visit: due_at(visit, spared, asked_at),
    )
    for visit, cells in by_visit:
        shut = places.state_of(book.subject.site_id, book.subject.pk, visit.pk)
        cells_of_visit = [form or _missing(visit, code, today, shut) for code, form in cells]
        book.visits.append(VisitCell(visit, cells_of_visit, book.subject, spared))


def _missing(visit: Visit, code: str, today: date, shut: str) -> FormCell:
    """One that can no longer come, for its place is frozen or locked (`shut`), is neither due nor overdue."""
    state = "due" if visit.window_from is None else visit_state(visit, None, today)  # type: ignore[arg-type]
    state = shut or state
    return FormCell(subject_id=visit.subject_id, code=code, state=state, visit_id=visit.pk)
