"""Where a form belongs, and what stands against a save there."""

from dataclasses import dataclass
from functools import cached_property

from accounts.actor import Locked
from assessments.catalogue import CATALOGUE, FormType
from assessments.models import CaseForm
from cohorts.models import Subject, Visit
from cohorts.versions import VersionTimeline, versions_of
from values.dates import shown_date


class Stale(Exception):
    """Somebody saved the form since it was opened; `current` is its header as it is now."""

    def __init__(self, current: CaseForm) -> None:
        super().__init__(f"The form was saved by someone else: it is at version {current.version} now.")
        self.current = current


@dataclass(frozen=True)
class Place:
    """Where a form belongs: the subject, the visit if it has one, and the header once it was saved."""

    subject: Subject
    form_type: FormType
    visit: Visit | None = None
    case_form: CaseForm | None = None

    @cached_property
    def versions(self) -> VersionTimeline:
        """The versions that hold for the subject; read once, however often one save asks."""
        return versions_of(self.subject)


def screening_of(subject: Subject) -> Place:
    """Where the subject's eligibility is told."""
    return Place(subject, CATALOGUE["eligibility"], subject.visits.filter(kind="screening").first())


def refuse_shut(current: CaseForm) -> None:
    """Raise what stands against a save of the form as it is now: Locked, else Stale."""
    if current.locked_at:
        raise Locked(f"The form was locked by {current.locked_by} on {shown_date(current.locked_at)}.")
    if current.frozen_at:
        raise Locked(f"The form was frozen on {shown_date(current.frozen_at)}.")
    if current.withdrawn_at:
        raise Locked(f"The form was withdrawn as entered in error on {shown_date(current.withdrawn_at)}.")
    raise Stale(current)
