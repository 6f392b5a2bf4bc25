"""Freezing and locking a form, a visit, a subject, a site or the trial, and opening them again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.actor import CLOSING, Actor, acting, broken_rule
from accounts.models import Site
from assessments.models import CaseForm
from cohorts.models import Subject, Visit
from cohorts.services import Refused
from signature.models import Closure, ClosureState, Scope

# Closing waits for the saves under way, and meanwhile nobody saves: not longer than this. Taken alone before `acting`
# takes it shared: two that close at once would wait for each other.
WAITS = f"SET LOCAL lock_timeout = '10s'; SELECT pg_advisory_xact_lock({CLOSING})"


@dataclass(frozen=True)
class Reach:
    """The place that is shut or opened; all None is the trial."""

    site: Site | None = None
    subject: Subject | None = None
    visit: Visit | None = None
    case_form: CaseForm | None = None

    @property
    def scope(self) -> Scope:
        if self.case_form is not None:
            return Scope.FORM
        if self.visit is not None:
            return Scope.VISIT
        if self.subject is not None:
            return Scope.SUBJECT
        return Scope.TRIAL if self.site is None else Scope.SITE

    @property
    def keys(self) -> dict[str, int | None]:
        """As the columns of a closure have it."""
        return {
            "site_id": self.site.pk if self.site else None,
            "subject_id": self.subject.pk if self.subject else None,
            "visit_id": self.visit.pk if self.visit else None,
            "case_form_id": self.case_form.pk if self.case_form else None,
        }


def reach_of_form(case_form: CaseForm) -> Reach:
    return Reach(case_form.subject.site, case_form.subject, case_form.visit, case_form)


def shut(*, reach: Reach, state: ClosureState, reason: str, overridden: str = "", by: Actor) -> Closure:
    """From here on the place takes no entries (frozen), or nothing at all (locked), by any channel.

    `overridden` says what was still open there and is accepted. Refused where it is shut like this already, or while
    saves keep it busy.
    """
    try:
        with _alone(), acting(by, reason=reason):
            return Closure.objects.create(
                scope=reach.scope,
                state=state,
                **reach.keys,
                closed_at=timezone.now(),
                closed_by=by.name,
                reason=reason,
                overridden=overridden,
            )
    except IntegrityError as broken:
        if broken_rule(broken) != "shut_once_a_place":
            raise
        raise Refused(f"The {reach.scope.label.lower()} is {state.label.lower()} already.") from broken
    except OperationalError as busy:
        raise _too_busy(busy) from busy


def reopen(*, reach: Reach, state: ClosureState, reason: str, by: Actor) -> Closure:
    """End the freeze or lock of this very place; what is shut by a wider or narrower one stays so."""
    try:
        with _alone(), acting(by, reason=reason):
            live = Closure.objects.select_for_update().filter(scope=reach.scope, state=state, reopened_at=None)
            closure = live.filter(**reach.keys).first()
            if closure is None:
                raise Refused(_not_shut_here(reach, state))
            closure.reopened_at, closure.reopened_by, closure.reopened_for = timezone.now(), by.name, reason
            closure.save(update_fields=["reopened_at", "reopened_by", "reopened_for"])
            return closure
    except OperationalError as busy:
        raise _too_busy(busy) from busy


@contextmanager
def _alone() -> Iterator[None]:
    """A transaction in which nobody else writes to the record."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(WAITS)
        yield


def _too_busy(error: OperationalError) -> Exception:
    late = getattr(error.__cause__, "sqlstate", "") == "55P03"
    return Refused("Others are saving at this moment. Try again in a minute.") if late else error


def _not_shut_here(reach: Reach, state: ClosureState) -> str:
    wider = list(covering(reach, state)[:1])
    if wider:
        at = wider[0]
        return f"The {at.scope} is {state.label.lower()}, and this with it: open that first."
    return f"The {reach.scope.label.lower()} is not {state.label.lower()}."


def covering(reach: Reach, *states: ClosureState) -> QuerySet[Closure]:
    """The live closures of the place and of what it is part of."""
    keys = {"site": "site_id", "subject": "subject_id", "visit": "visit_id", "form": "case_form_id"}
    places = [f"{scope}:{reach.keys[column]}" for scope, column in keys.items() if reach.keys[column]]
    return Closure.objects.filter(
        place__in=["trial", *places], state__in=states or ClosureState.values, reopened_at=None
    )
