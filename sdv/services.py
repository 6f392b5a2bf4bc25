"""Verifying against the source, taking it back, what a change of a form leaves of it, and visits to a site."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.db.models import Q
from django.utils import timezone

from accounts.actor import Actor, about_to_act, acting
from accounts.models import Site, User
from assessments.models import CaseForm, FormState
from cohorts.services import Refused
from database.prepared import Prepared
from review.models import Query, QueryState
from sdv.models import FormVerification, MonitoringVisit, Verification
from sdv.points import VerifiedPoint, is_of, points_of
from sdv.visit_report import keep
from values.counts import counted

# Forms in one act; more are told to narrow what they chose.
MOST = 500
DRAFT, OPEN_QUERY, LOCKED = "in progress", "with an open query", "locked"
CHANGED, NOTHING, NOT_YOURS = (
    "changed since you opened it",
    "with nothing left to verify",
    "at a site that is not yours",
)
CHANGED_AFTERWARDS, GONE = "The value was changed.", "The item is no longer asked for."
# The user in the role that may verify at a site; None where none of the user's roles may.
Acting = Callable[[int], Actor | None]
COUNTED = Prepared(lambda case_form: FormVerification.objects.filter(case_form=case_form))


@dataclass(frozen=True)
class FormToVerify:
    """A form to verify: as the version that was looked at, and of it these items (a whole row as rows[T01]), or all."""

    case_form: int
    version: int | None = None
    items: frozenset[str] | None = None


@dataclass
class SortedForms:
    """What can be verified, form by form, and the forms that are left out with the reason."""

    fitting: list[tuple[CaseForm, list[VerifiedPoint]]] = field(default_factory=list)
    left_out: list[tuple[CaseForm, str]] = field(default_factory=list)
    # Items of the fitting forms that wait for the answer to a query.
    asked_about: int = 0

    @property
    def items(self) -> int:
        return sum(len(points) for _, points in self.fitting)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """(reason, number of forms left out for it)."""
        counted: dict[str, int] = {}
        for _, why in self.left_out:
            counted[why] = counted.get(why, 0) + 1
        return list(counted.items())

    @property
    def words(self) -> str:
        """12 items in 3 forms; 2 items with an open query left out; 1 form in progress left out"""
        done = f"{counted(self.items, 'item')} in {counted(len(self.fitting), 'form')}"
        items = [f"{counted(self.asked_about, 'item')} {OPEN_QUERY} left out"] if self.asked_about else []
        return "; ".join([done, *items, *(f"{counted(number, 'form')} {why} left out" for why, number in self.reasons)])


def sorted_out(chosen: Sequence[FormToVerify], by: Acting) -> SortedForms:
    """What `verify` would do, without doing it."""
    forms = (
        CaseForm.objects.filter(pk__in=[form_to_verify.case_form for form_to_verify in chosen])
        .select_related("subject")
        .order_by("pk")
    )
    return _sorted(list(forms), {form_to_verify.case_form: form_to_verify for form_to_verify in chosen}, by)


def verify(*, chosen: Sequence[FormToVerify], by: Acting) -> SortedForms:
    """Verify in one transaction what can be; the rest is left out and told. Refused for more than MOST forms."""
    if len(chosen) > MOST:
        raise Refused(f"At most {MOST:,} forms at once: choose fewer.")
    with about_to_act():
        held = CaseForm.objects.select_for_update(no_key=True, of=("self",)).select_related("subject")
        forms = list(held.filter(pk__in=[form_to_verify.case_form for form_to_verify in chosen]).order_by("pk"))
        outcome = _sorted(forms, {form_to_verify.case_form: form_to_verify for form_to_verify in chosen}, by)
        for site_id, of_site in groupby(sorted(outcome.fitting, key=_site), key=_site):
            actor = by(site_id)
            assert actor is not None
            with acting(actor, reason="Verified against the source."):
                _verify(list(of_site), actor)
    return outcome


def _site(in_form: tuple[CaseForm, list[VerifiedPoint]]) -> int:
    return in_form[0].subject.site_id


def _sorted(forms: Sequence[CaseForm], chosen: Mapping[int, FormToVerify], by: Acting) -> SortedForms:
    outcome = SortedForms()
    may = {site_id: by(site_id) is not None for site_id in {form.subject.site_id for form in forms}}
    queried = items_asked_about(chosen)
    points, standing = points_of(forms), _standing(forms)
    for form in forms:
        items = chosen[form.pk].items
        left = [
            point
            for point in points[form.pk]
            if (items is None or is_of(point.item, items)) and standing.get((form.pk, point.item)) != point.digest
        ]
        free = [point for point in left if point.item not in queried.get(form.pk, ())]
        why = "" if may[form.subject.site_id] else NOT_YOURS
        why = why or _obstacle(form, chosen[form.pk].version, "" in queried.get(form.pk, ()))
        why = why or ("" if free else OPEN_QUERY if left else NOTHING)
        if why:
            outcome.left_out.append((form, why))
        else:
            outcome.fitting.append((form, free))
            outcome.asked_about += len(left) - len(free)
    return outcome


def items_asked_about(forms: Iterable[int]) -> dict[int, set[str]]:
    """By form, the items with an open query; "" where one is about the form as a whole, which holds all of it."""
    items: dict[int, set[str]] = {}
    for form, item in Query.objects.filter(case_form__in=forms, state=QueryState.OPEN).values_list("case_form", "item"):
        items.setdefault(form, set()).add(item)
    return items


def _obstacle(form: CaseForm, version: int | None, queried: bool) -> str:
    if form.locked_at:
        return LOCKED
    if form.state == FormState.DRAFT:
        return DRAFT
    if version is not None and version != form.version:
        return CHANGED
    return OPEN_QUERY if queried else ""


def _standing(forms: Iterable[CaseForm]) -> dict[tuple[int, str], str]:
    current = Verification.objects.filter(case_form__in=forms, ended_at=None)
    return {(form, item): digest for form, item, digest in current.values_list("case_form_id", "item", "digest")}


def _verify(chosen: Sequence[tuple[CaseForm, list[VerifiedPoint]]], by: Actor) -> None:
    forms = [form for form, _ in chosen]
    # One that a change passed by without ending it gives way.
    passed = Q(pk__in=[])
    for form, points in chosen:
        passed |= Q(case_form=form, item__in=[point.item for point in points])
    _end(Q(ended_at=None) & passed, by, CHANGED_AFTERWARDS, lapsed=True)
    Verification.objects.bulk_create(
        Verification(
            subject_id=form.subject_id,
            case_form=form,
            item=point.item,
            version=form.version,
            digest=point.digest,
            verified_by=by.name,
        )
        for form, points in chosen
        for point in points
    )
    _count(forms)


def unverify(*, case_form: CaseForm, reason: str, by: Actor, items: Collection[str] | None = None) -> int:
    """Take back what was verified of a form, or of these items of it. Returns how many. Refused at a locked form."""
    with acting(by, reason=reason):
        form = CaseForm.objects.select_for_update(no_key=True).get(pk=case_form.pk)
        if form.locked_at:
            raise Refused(f"The form was locked by {form.locked_by}: nothing changes.")
        current = Verification.objects.filter(case_form=form, ended_at=None).values_list("pk", "item")
        keys = [pk for pk, item in current if items is None or is_of(item, items)]
        if not keys:
            raise Refused("Nothing of this was verified.")
        _end(Q(pk__in=keys), by, reason, lapsed=False)
        _count([form])
    return len(keys)


def lapse_what_changed(*, case_form: CaseForm, by: Actor) -> None:
    """After a save: what is unchanged stays verified, what changed lapses. Runs in the transaction of the save."""
    if COUNTED.first(case_form.pk) is None:
        return
    now = {point.item: point.digest for point in points_of([case_form])[case_form.pk]}
    current = list(Verification.objects.filter(case_form=case_form, ended_at=None))
    changed = [
        verification.pk
        for verification in current
        if verification.item in now and now[verification.item] != verification.digest
    ]
    _end(Q(pk__in=changed), by, CHANGED_AFTERWARDS, lapsed=True)
    _end(
        Q(pk__in=[verification.pk for verification in current if verification.item not in now]), by, GONE, lapsed=False
    )
    _count([case_form])


def _end(which: Q, by: Actor, reason: str, *, lapsed: bool) -> None:
    Verification.objects.filter(which).update(
        ended_at=timezone.now(), ended_by=by.name, end_reason=reason, lapsed=lapsed
    )


def _count(forms: Sequence[CaseForm]) -> None:
    """Bring what the lists show up to date with the verifications of these forms."""
    points, standing = points_of(forms), _standing(forms)
    lapsed = set(Verification.objects.filter(case_form__in=forms, lapsed=True).values_list("case_form_id", "item"))
    FormVerification.objects.bulk_create(
        (_counted(form, points[form.pk], standing, lapsed) for form in forms),
        update_conflicts=True,
        unique_fields=["case_form"],
        update_fields=["version", "verified", "lapsed", "outstanding", "outstanding_critical"],
    )


def _counted(
    form: CaseForm,
    points: Sequence[VerifiedPoint],
    standing: Mapping[tuple[int, str], str],
    lapsed: set[tuple[int, str]],
) -> FormVerification:
    open_points = [point for point in points if standing.get((form.pk, point.item)) != point.digest]
    return FormVerification(
        subject_id=form.subject_id,
        case_form=form,
        version=form.version,
        verified=len(points) - len(open_points),
        lapsed=sum((form.pk, point.item) in lapsed for point in open_points),
        outstanding=len(open_points),
        outstanding_critical=sum(point.critical for point in open_points),
    )


def open_visit(*, site: Site, purpose: str, starts_on: date, present: str, monitor: User, by: Actor) -> MonitoringVisit:
    """Begin a visit: what the monitor verifies and asks from now on is listed in its report."""
    with acting(by, reason="monitoring visit opened", waits=False):
        Site.objects.select_for_update(no_key=True).get(pk=site.pk)
        if MonitoringVisit.objects.filter(site=site, monitor=by.name, closed_at=None).exists():
            raise Refused("You have an open visit at this site already: close it first.", "site")
        return MonitoringVisit.objects.create(
            site=site,
            purpose=purpose,
            starts_on=starts_on,
            present=present,
            monitor=by.name,
            printed_name=monitor.printed_name,
        )


def close_visit(*, visit: MonitoringVisit, ends_on: date, remarks: str, by: Actor) -> MonitoringVisit:
    """End a visit: its own monitor alone. Its report is kept as it is then."""
    with acting(by, reason="monitoring visit closed", waits=False):
        visit = MonitoringVisit.objects.select_for_update(of=("self",)).select_related("site").get(pk=visit.pk)
        if visit.monitor != by.name:
            raise Refused(f"This is the visit of {visit.printed_name}: nobody closes it for another.")
        if visit.closed_at:
            raise Refused("This visit is closed already.")
        if ends_on < visit.starts_on:
            raise Refused("The last day is before the first one.", "ends_on")
        visit.ends_on, visit.remarks, visit.closed_at = ends_on, remarks, timezone.now()
        visit.save(update_fields=["ends_on", "remarks", "closed_at"])
        keep(visit)
    return visit
