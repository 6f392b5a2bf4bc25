"""Every write about who is in the trial: subjects, slots at dose levels, visits."""

from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Max, Q
from django.utils import timezone

from accounts.actor import Actor, acting
from accounts.models import Site
from cohorts.following import follow, know
from cohorts.go_live import why_not_live
from cohorts.models import Cohort, Enrolment, EnrolmentStatus, ProtocolVersion, Subject, SubjectStatus, Visit
from cohorts.planning import Milestones, plan_visits
from cohorts.schedule import planned_under
from cohorts.versions import at_site, timeline, versions_of
from in_force.services import put_in_force
from in_force.standing import version_in_force
from protocol import Protocol, in_force, of_file
from protocol.visits import UNSCHEDULED
from values.dates import shown_date

READ = "protocol file read"


class Refused(Exception):
    """A rule of the trial forbids it; `errors` says which, by field ("" where it is none in particular)."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.errors = {field: [message]}


def sync_protocol(*, by: Actor) -> ProtocolVersion:
    """The version in force; where none is yet, the protocol file of the settings, which takes force."""
    if (held := version_in_force()) is not None:
        return ProtocolVersion.objects.get(sha256=held.sha256)
    with acting(by, reason=READ):
        version = register_protocol(of_file(), using=DEFAULT_DB_ALIAS)
        put_in_force(of_file(), using=DEFAULT_DB_ALIAS)
        follow()
    return version


def register_protocol(protocol: Protocol, *, using: str) -> ProtocolVersion:
    """Keep what the file of the settings says, and make the cohorts that it names. Within the caller's transaction, by
    the caller's actor."""
    # Byte for byte: a file written from it has the same digest.
    content = settings.PROTOCOL_FILE.read_bytes().decode()
    version, _ = ProtocolVersion.objects.using(using).get_or_create(
        sha256=protocol.sha256, defaults={"code": protocol.code, "version": protocol.version, "content": content}
    )
    open_new_cohorts(protocol, using=using)
    know(version)
    return version


def open_new_cohorts(protocol: Protocol, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """The cohorts of a version that are not there yet: closed, unless their phase has a single cohort or randomises
    (then there is no dose level to wait for). Within the caller's transaction."""
    known = set(Cohort.objects.using(using).values_list("code", flat=True))
    phases = [cohort.phase for cohort in protocol.cohorts]
    Cohort.objects.using(using).bulk_create(
        Cohort(code=plan.code, is_open=phases.count(plan.phase) == 1 or protocol.is_randomised(plan.code))
        for plan in protocol.cohorts
        if plan.code not in known
    )


def add_subject(*, site: Site, by: Actor, source_id: str | None = None, label: str | None = None) -> Subject:
    """The next subject of a site. Numbers run without gaps: the site's row is locked while one is given out."""
    with acting(by):
        site = Site.objects.select_for_update(of=("self",)).select_related("go_live").get(pk=site.pk)
        if not site.is_active:
            raise Refused(f"Site {site.code} is closed: it accepts no new subjects.", "site")
        _refuse_not_live(site, "site")
        number = (Subject.objects.filter(site=site).aggregate(last=Max("number"))["last"] or 0) + 1
        # A subject who came with a label from elsewhere may have the one that is next.
        while label is None and is_taken(_label(site, number)):
            number += 1
        subject = Subject.objects.create(
            site=site,
            number=number,
            label=label or _label(site, number),
            source_id=source_id,
            protocol_id=timeline(at_site(site.pk), ()).on(timezone.localdate()),
        )
        plan_visits(subject=subject, milestones=Milestones())
    return subject


def is_taken(label: str) -> bool:
    """Whether a subject of any site is called so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT edc.label_is_taken(%s)", [label])
        return bool(cursor.fetchone()[0])


def _label(site: Site, number: int) -> str:
    return f"{site.code}-{number:03d}"


def lock_subject(subject: Subject) -> Subject:
    """Hold the subject's row until the transaction ends: what moves a milestone, a slot or visits goes one by one.

    "No key", because each save holds the row's key already, by the form that it began: of two at once neither would
    ever get it whole. It is taken before any form or visit of the subject.
    """
    Subject.objects.select_for_update(no_key=True).values_list("pk").get(pk=subject.pk)
    return subject


def reserve_slot(*, subject: Subject, cohort: Cohort | None, by: Actor) -> Enrolment:
    """Ask for a slot, in the groups that are randomised where no cohort is named; the cohort's row is locked so that
    the last slot is given to one subject only, and the subject's so that of two requests in two cohorts one stands."""
    with acting(by):
        lock_subject(subject)
        _refuse_not_live(_site_of(subject), "cohort")
        held = _refuse_closed(cohort)
        label = cohort.plan.label if cohort else "The trial"
        planned = [held_cohort.plan.planned for held_cohort in held]
        taken = sum(slots_taken(held_cohort, but_of=subject) for held_cohort in held) + (
            0 if cohort else waiting(but_of=subject)
        )
        if None not in planned and taken >= sum(planned):
            raise Refused(f"{label} is full: {taken} of {sum(planned)} slots are taken.", "cohort")
        standing = Enrolment.objects.filter(subject=subject).exclude(status=EnrolmentStatus.REFUSED).first()
        if standing:
            raise Refused(f"{subject} has a slot already: {standing.place}.", "cohort")
        return Enrolment.objects.update_or_create(
            subject=subject, defaults={"cohort": cohort, "status": EnrolmentStatus.REQUESTED}
        )[0]


def slots_taken(cohort: Cohort, but_of: Subject | None = None) -> int:
    """Slots are the trial's, whichever site takes them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT edc.slots_taken(%s, %s)", [cohort.pk, but_of.pk if but_of else None])
        return int(cursor.fetchone()[0])


def waiting(but_of: Subject | None = None) -> int:
    """How many wait to be randomised, at whatever site."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT edc.slots_waiting(%s)", [but_of.pk if but_of else None])
        return int(cursor.fetchone()[0])


def give_slot(
    *, enrolment: Enrolment, on: date, by: Actor, next_group: Callable[[Subject], int] | None = None
) -> Enrolment:
    """Enrol by the slot that was asked for; who waits to be randomised is given the cohort whose key `next_group` has.
    Whether the subject is eligible is for casebook.services to check."""
    with acting(by):
        subject = Subject.objects.select_for_update(no_key=True).get(pk=enrolment.subject_id)
        enrolment = _requested(enrolment)
        site = _site_of(subject)
        _refuse_not_live(site)
        if (began := site.go_live.live_from) and on < began:
            raise Refused(f"Site {site.code} went live later: on {shown_date(began)}.", "on")
        _refuse_closed(enrolment.cohort)
        if subject.status != SubjectStatus.SCREENING:
            raise Refused(f"{subject} is no longer in screening: {subject.get_status_display().lower()}.")
        if enrolment.cohort_id is None and next_group:
            enrolment.cohort_id = next_group(subject)
        enrolment.status, enrolment.enrolled_on = EnrolmentStatus.APPROVED, on
        enrolment.save(update_fields=["cohort", "status", "enrolled_on"])
        Subject.objects.filter(pk=subject.pk).update(status=SubjectStatus.ENROLLED)
    return enrolment


def _site_of(subject: Subject) -> Site:
    return Site.objects.select_related("go_live").get(pk=subject.site_id)


def _refuse_not_live(site: Site, field: str = "") -> None:
    if words := why_not_live(site):
        raise Refused(words, field)


def _refuse_closed(cohort: Cohort | None) -> list[Cohort]:
    """The cohort, or all groups that are randomised, held: of a slot and a decision that closes one at once the later
    one sees the other."""
    randomised = in_force().randomisation
    if cohort is None and randomised is None:
        raise Refused("This trial randomises nobody: name the cohort.", "cohort")
    condition = Q(pk=cohort.pk) if cohort else Q(code__in=randomised.cohorts if randomised else ())
    held = list(Cohort.objects.select_for_update().filter(condition).order_by("pk"))
    for held_cohort in held:
        if not held_cohort.is_open:
            raise Refused(f"{held_cohort.plan.label} is closed to enrolment.", "cohort")
    return held


def refuse_enrolment(*, enrolment: Enrolment, reason: str, by: Actor) -> Enrolment:
    with acting(by, reason=reason):
        enrolment = _requested(enrolment)
        enrolment.status = EnrolmentStatus.REFUSED
        enrolment.save(update_fields=["status"])
    return enrolment


def _requested(enrolment: Enrolment) -> Enrolment:
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if enrolment.status != EnrolmentStatus.REQUESTED:
        raise Refused(f"This request is already {enrolment.get_status_display().lower()}.")
    return enrolment


def open_cohort(*, cohort: Cohort, reason: str, by: Actor) -> None:
    with acting(by, reason=reason):
        Cohort.objects.filter(pk=cohort.pk).update(is_open=True)


def open_by_hand(*, cohort: Cohort, reason: str, by: Actor) -> None:
    """As open_cohort, for whoever decides alone: a dose level is opened by the dose committee's signed decision."""
    if cohort.plan.dlt_evaluated:
        raise Refused(f"{cohort} is a dose level: the decision of the dose committee opens it.")
    open_cohort(cohort=cohort, reason=reason, by=by)


def close_cohort(*, cohort: Cohort, reason: str, by: Actor) -> None:
    with acting(by, reason=reason):
        Cohort.objects.filter(pk=cohort.pk).update(is_open=False)


def add_visit(
    *, subject: Subject, on: date, label: str = "", kind: str = "unscheduled", took_place: bool = False, by: Actor
) -> Visit:
    """A visit that the schedule does not foresee. Its first form dates it, unless it is known that it took place."""
    with acting(by):
        lock_subject(subject)
        codes = Visit.every.filter(subject=subject, code__startswith=UNSCHEDULED).values_list("code", flat=True)
        number = max((int(code.removeprefix(UNSCHEDULED)) for code in codes), default=0) + 1
        return Visit.objects.create(
            subject=subject,
            code=f"{UNSCHEDULED}{number:02d}",
            label=label or f"Unscheduled visit {number}",
            kind=kind,
            target_date=on,
            visit_date=on if took_place else None,
            protocol_id=versions_of(subject).on(on),
        )


def remove_visit(*, visit: Visit, by: Actor) -> None:
    """Take back a visit that was added or begun by mistake. Its row is held, so that no form begins at it meanwhile."""
    with acting(by):
        held = Visit.objects.select_for_update(of=("self",)).select_related("subject").filter(pk=visit.pk).first()
        if held is None:
            return
        if held.forms(manager="every").exists():
            raise Refused(f"{held.label} cannot be removed: data were entered at it.")
        if not held.is_by_hand:
            raise Refused(f"{held.label} cannot be removed: it is planned by the protocol.")
        held.delete()


def begin_treatment(*, subject: Subject, on: date, by: Actor) -> Visit:
    """The visit of the first dose, before the dose is recorded: until then no schedule foresees it.

    The infusion dates it. A date of its own would count as the start of the cycle, though no dose was given.
    """
    enrolled = Enrolment.objects.filter(subject=subject, status=EnrolmentStatus.APPROVED).first()
    if enrolled is None:
        raise Refused("The subject must be enrolled into a cohort before any dose.", "on")
    if enrolled.enrolled_on and on < enrolled.enrolled_on:
        raise Refused(f"The subject was enrolled later: on {shown_date(enrolled.enrolled_on)}.", "on")
    return _begin_visit(subject, "cycle", on, None, by, first_dose=on)


def begin_end_of_treatment(*, subject: Subject, on: date, by: Actor) -> Visit:
    """The end-of-treatment visit of a subject who stops without progression, which no schedule foresees."""
    if subject.first_dose_date is not None and on < subject.first_dose_date:
        raise Refused(f"Treatment began later: on {shown_date(subject.first_dose_date)}.", "on")
    # It is dated at once: without a date or a form it would look like one planned after a progression that was none.
    return _begin_visit(
        subject, "end_of_treatment", on, on, by, first_dose=subject.first_dose_date, end_of_treatment=on
    )


def _begin_visit(
    subject: Subject, kind: str, on: date, took_place: date | None, by: Actor, **milestones: date | None
) -> Visit:
    """The first visit of this kind, on its day; the one that is there already, if it is."""
    versions = versions_of(subject)
    plan = planned_under(versions.plans, today=on, **Milestones(**milestones).course)  # type: ignore[arg-type]
    visit = next((visit for visit in plan if visit.kind == kind), None)
    if visit is None:
        raise Refused("The protocol plans no such visit for this subject.", "on")
    with acting(by):
        return Visit.objects.get_or_create(
            subject=subject,
            code=visit.code,
            defaults={
                "label": visit.label,
                "kind": visit.kind,
                "cycle": visit.cycle,
                "target_date": visit.target,
                "window_from": visit.window_from,
                "window_to": visit.window_to,
                "visit_date": took_place,
                "protocol_id": versions.on(on),
            },
        )[0]
