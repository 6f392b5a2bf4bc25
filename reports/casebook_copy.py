"""A subject's casebook, or one form of it, as PDF: a copy of the record as it stands, with who signed what."""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.access import Access
from accounts.models import User
from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm
from assessments.reading.deidentified import may_identify
from casebook.reading import Casebook, FormCell, VisitCell, casebooks
from cohorts.following import judging
from cohorts.models import EnrolmentStatus, Subject, Visit
from components.templatetags.components import state_of
from protocol import in_force
from randomisation.reading import allocation_of
from reports.casebook_trail import trail_of
from reports.form_copies import FormCopies
from reports.typesetting import typeset
from signature.manifest import in_utc
from values.dates import shown_date

LAYOUT = Path(__file__).with_name("casebook_copy.typ")
FORMS = CaseForm.every.select_related("subject__site", "visit", "verification")
WITHHELD = "What could tell who the subject is was withheld from this copy: of such dates it shows the year alone."


@dataclass(frozen=True)
class Copying:
    """For whom, and at which moment, a copy is made."""

    access: Access
    user: User
    at: datetime.datetime

    @property
    def by(self) -> str:
        return f"{self.user.printed_name} ({self.user.get_username()})"


def casebook_copy(subject: Subject, copying: Copying, *, with_trail: bool = False) -> bytes:
    """The PDF of everything that is recorded of the subject. `subject` was read with its site and enrolment.

    With its trail it raises TooMany where that is too long.
    """
    return _pdf(casebook_contents(subject, copying, with_trail=with_trail), copying.at)


def form_copy(case_form: CaseForm, copying: Copying) -> bytes:
    """The PDF of one form. `case_form` was read with its subject's site and enrolment."""
    return _pdf(form_contents(case_form, copying), copying.at)


def _pdf(contents: dict[str, Any], at: datetime.datetime) -> bytes:
    return typeset(LAYOUT, contents, at=int(at.timestamp()))


def casebook_contents(subject: Subject, copying: Copying, *, with_trail: bool = False) -> dict[str, Any]:
    """Everything that the layout prints, as plain text and lists; in a number of statements that depends on the kinds
    of forms alone, and for the trail on its thousands of entries."""
    book = casebooks([subject], copying.at.date())[subject.pk]
    copies = FormCopies(
        FORMS.filter(subject=subject).order_by("pk"), identifying=may_identify(copying.access, subject.site_id)
    )
    return _around(subject, copying, f"Casebook of subject {subject.label}", copies) | {
        "whole": True,
        "groups": [group for group in _groups(book, copies) if group["forms"] or group["elsewhere"]],
        "nothing": [_nothing(cell) for cell in book.visits if not any(form.pk for form in cell.forms)],
        "trail": trail_of(subject, copying.access) if with_trail else None,
    }


def form_contents(case_form: CaseForm, copying: Copying) -> dict[str, Any]:
    subject = case_form.subject
    copies = FormCopies(FORMS.filter(pk=case_form.pk), identifying=may_identify(copying.access, subject.site_id))
    title = CATALOGUE[case_form.code].title
    at = ", ".join(filter(None, (case_form.visit.label, _under(case_form.visit)))) if case_form.visit else "at no visit"
    group = {"title": at, "missing": [], "elsewhere": [], "forms": [copies.of(case_form.pk)], "signed": ""}
    return _around(subject, copying, f"{title} of subject {subject.label}", copies) | {
        "whole": False,
        "groups": [group],
        "nothing": [],
        "trail": None,
    }


def _around(subject: Subject, copying: Copying, title: str, copies: FormCopies) -> dict[str, Any]:
    protocol = in_force()
    return {
        "study": protocol.code,
        "study_title": protocol.title,
        "protocol": _versions(subject),
        "title": title,
        "subject": subject.label,
        "synthetic": settings.SYNTHETIC_DATA,
        "made": in_utc(copying.at),
        "made_by": copying.by,
        "withheld": "" if copies.identifying else WITHHELD,
        "facts": [*_facts(subject), *copies.facts(subject)],
        "signed": copies.signed_words(),
        "acts": copies.acts(),
    }


def _versions(subject: Subject) -> str:
    """The versions of the protocol under which the subject's visits were held, in words; that which holds now where
    none was."""
    held = Visit.objects.filter(subject=subject, visit_date__isnull=False).order_by("protocol")
    keys = list(held.values_list("protocol", flat=True).distinct()) or [subject.protocol_id]
    named = [f"version {version.version} of {shown_date(version.date)}" for version in map(judging, keys)]
    return " and ".join(dict.fromkeys(named))


def _facts(subject: Subject) -> list[list[str]]:
    enrolment = getattr(subject, "enrolment", None)
    allocation = allocation_of(subject)
    in_cohort = enrolment if enrolment and enrolment.status == EnrolmentStatus.APPROVED else None
    return [
        ["Subject", subject.label],
        ["Site", f"{subject.site.code}, {subject.site.name}"],
        ["Status", subject.get_status_display()],
        ["Cohort", f"{in_cohort.cohort.plan.label} ({in_cohort.cohort.plan.code})" if in_cohort else "not enrolled"],
        *([["Randomised", f"number {allocation.number}, {allocation.words}"]] if allocation else []),
        ["First dose", day(subject.first_dose_date) or "none yet"],
    ]


def _groups(book: Casebook, copies: FormCopies) -> Iterator[dict[str, Any]]:
    """Visits by day, then what is filled once a subject at none, then each log. Each form is printed once."""
    printed: dict[int, str] = {}
    for cell in book.visits:
        yield _group(_heading(cell), cell.forms, copies, printed)
    yield _group("Forms outside visits", book.single, copies, printed)
    for code in dict.fromkeys(form.code for form in book.loose if CATALOGUE[form.code].is_log):
        entries = [form for form in book.loose if form.code == code]
        plural = str(CATALOGUE[code].record._meta.verbose_name_plural)
        yield _group(plural[:1].upper() + plural[1:], entries, copies, printed, book.numbers)
    yield _group("Entered in error: these count nowhere", book.in_error, copies, printed, book.numbers)


def _group(
    title: str,
    cells: Sequence[FormCell],
    copies: FormCopies,
    printed: dict[int, str],
    numbers: Mapping[int, int] | None = None,
) -> dict[str, Any]:
    """`numbers` are those of the entries of logs."""
    keys = [cell.pk for cell in cells if cell.pk]
    new = [key for key in keys if key not in printed]
    elsewhere = [f"{copies.title(key)}: see {printed[key]}" for key in keys if key in printed]
    printed |= dict.fromkeys(new, title)
    return {
        "title": title,
        "missing": [f"{cell.title}: {_state(cell)}" for cell in cells if not cell.pk],
        "elsewhere": elsewhere,
        "forms": [copies.of(key, (numbers or {}).get(key)) for key in new],
        "signed": copies.signed_words(keys),
    }


def _heading(cell: VisitCell) -> str:
    held = day(cell.visit.visit_date)
    planned = f"planned for {day(cell.visit.target_date)}" if cell.visit.target_date else ""
    return ", ".join(filter(None, (cell.visit.label, held or planned, _under(cell.visit))))


def _under(visit: Visit) -> str:
    """Under which version a visit was held, where that is not the one in force."""
    version = judging(visit.protocol_id)
    return f"protocol version {version.version}" if version is not in_force() else ""


def _nothing(cell: VisitCell) -> list[str]:
    return [_heading(cell), "; ".join(f"{form.title}: {_state(form)}" for form in cell.forms)]


def _state(cell: FormCell) -> str:
    return state_of(cell.state).label.lower()


def day(value: datetime.date | None) -> str:
    return shown_date(value)


def copied_name(parts: Iterable[str], at: datetime.datetime) -> str:
    """Study, subject, what and the moment, so that a file on a desk says what it is."""
    return "_".join((in_force().code, *parts, f"{at:%Y%m%dT%H%M%SZ}")) + ".pdf"
