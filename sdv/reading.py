"""What is to be verified by the plan, how far each site is, and what a monitor did at a visit."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from accounts.access import Access
from accounts.models import Site
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.items import by_version, items_of
from assessments.models import CaseForm, FormState
from cohorts.models import Subject
from protocol import current
from review.models import QueryState, QueryStep
from sdv.models import MonitoringVisit, Verification
from sdv.plan import Extent, asks_for_anything, extent, in_sample
from values import shown

FILLED = Q(state__in=(FormState.COMPLETE, FormState.NOT_DONE))
FRESH = Q(verification__version=F("version"))
HAS_LAPSED = Q(verification__version__lt=F("version")) | Q(verification__lapsed__gt=0)


def codes_with_critical_items() -> tuple[str, ...]:
    """The forms of which something is to be verified of every subject."""
    codes: tuple[str, ...] = by_version("forms with critical items", _with_critical_items)
    return codes


def _with_critical_items() -> tuple[str, ...]:
    models = {code: [model for model in (form.record, form.rows) if model] for code, form in CATALOGUE.items()}
    return tuple(
        code for code, parts in models.items() if any(item.critical for model in parts for _, item in items_of(model))
    )


def planned(access: Access, permission: Permission) -> tuple[Q, Q]:
    """(forms to verify as a whole, forms of which the critical items) by the plan, among filled ones. One statement."""
    protocol = current()
    plan = protocol.sdv
    if not asks_for_anything(plan):
        return Q(pk__in=[]), Q(pk__in=[])
    subjects = access.limit(Subject.objects.order_by(), permission).values_list("pk", "label")
    drawn = [pk for pk, label in subjects if in_sample(label, plan, protocol.code)]
    whole = Q(subject__number__lte=plan.first_subjects) | Q(code__in=plan.critical_forms) | Q(subject__in=drawn)
    return FILLED & whole, FILLED & ~whole & Q(code__in=codes_with_critical_items())


def extent_of(form: CaseForm) -> Extent:
    """What the plan asks of this form."""
    protocol, subject = current(), form.subject
    planned = extent(protocol.sdv, protocol.code, number=subject.number, label=subject.label, form=form.code)
    return Extent.NONE if planned == Extent.CRITICAL and form.code not in codes_with_critical_items() else planned


def work_list(access: Access, filters: Mapping[str, Any], *, locked: bool = False) -> QuerySet[CaseForm]:
    """What waits for the user to verify, oldest first: by the plan, or with `scope` "all" whatever else too. With
    `locked` what would wait and cannot be verified any more."""
    whole, critical = planned(access, Permission.VERIFY_SOURCE)
    unseen = Q(verification=None) | Q(verification__version__lt=F("version"))
    open_whole = unseen | Q(verification__outstanding__gt=0)
    open_critical = unseen | Q(verification__outstanding_critical__gt=0)
    condition = (
        FILLED & open_whole if filters.get("scope") == "all" else (whole & open_whole) | (critical & open_critical)
    )
    forms = access.limit(CaseForm.objects.all(), Permission.VERIFY_SOURCE, site="subject__site_id")
    forms = forms.filter(condition, locked_at__isnull=not locked).select_related(
        "subject__site", "visit", "verification"
    )
    if filters.get("site"):
        forms = forms.filter(subject__site=filters["site"])
    if filters.get("q"):
        forms = forms.filter(subject__label__icontains=filters["q"].strip())
    if filters.get("code"):
        forms = forms.filter(code=filters["code"])
    counted = Count("queries", filter=Q(queries__state="open"))
    return forms.annotate(asking=counted).order_by(F("first_completed_at").asc(nulls_last=True), "id")


@dataclass(frozen=True)
class Progress:
    """Forms of one site, or of all that the user sees (`site` None); verified, lapsed and outstanding make up planned.

    A form that was verified and has a change to see again is lapsed. `items` are those verified, planned or not.
    """

    site: Site | None
    planned: int
    verified: int
    lapsed: int
    items: int

    @property
    def outstanding(self) -> int:
        return self.planned - self.verified - self.lapsed

    @property
    def percent(self) -> float | None:
        return float(shown.progress(self.verified, self.planned)) if self.planned else None


def progress(access: Access) -> list[Progress]:
    """A line for each site of the user by code, and last the sum. A constant number of statements."""
    whole, critical = planned(access, Permission.VIEW_SUBJECTS)
    done = FRESH & ((whole & Q(verification__outstanding=0)) | (critical & Q(verification__outstanding_critical=0)))
    of_plan = whole | critical
    forms = access.limit(CaseForm.objects.order_by(), Permission.VIEW_SUBJECTS, site="subject__site_id")
    counted = forms.values("subject__site").annotate(
        planned=Count("pk", filter=of_plan),
        verified=Count("pk", filter=of_plan & done),
        seen_again=Count("pk", filter=of_plan & HAS_LAPSED),
        done_but_lapsed=Count("pk", filter=of_plan & HAS_LAPSED & done),
        items=Sum("verification__verified", filter=FRESH),
    )
    by_site = {row["subject__site"]: row for row in counted}
    sites = access.limit(Site.objects.order_by("code"), Permission.VIEW_SUBJECTS, site="pk")
    lines = [_line(site, by_site.get(site.pk, {})) for site in sites]
    total = [sum(getattr(line, name) for line in lines) for name in ("planned", "verified", "lapsed", "items")]
    return [*lines, Progress(None, *total)]


def _line(site: Site, row: Mapping[str, Any]) -> Progress:
    lapsed = row.get("seen_again", 0) - row.get("done_but_lapsed", 0)
    return Progress(site, row.get("planned", 0), row.get("verified", 0), lapsed, row.get("items") or 0)


HEADER = ("site", "forms_planned", "forms_verified", "forms_lapsed", "forms_outstanding", "percent", "items_verified")


def as_table(lines: Iterable[Progress]) -> Iterator[tuple[Any, ...]]:
    yield HEADER
    for line in lines:
        code = line.site.code if line.site else "all"
        percent = "" if line.percent is None else line.percent
        yield code, line.planned, line.verified, line.lapsed, line.outstanding, percent, line.items


@dataclass(frozen=True)
class Done:
    """What was done at a visit. `forms` are (form, its title, items verified, of these lapsed or
    taken back by then)."""

    forms: list[tuple[CaseForm, str, int, int]]
    raised: list[QueryStep]
    closed: list[QueryStep]
    cancelled: list[QueryStep]

    @property
    def items(self) -> int:
        return sum(number for _, _, number, _ in self.forms)

    @property
    def subjects(self) -> int:
        return len({form.subject_id for form, *_ in self.forms})


def verified_at_visit(visit: MonitoringVisit) -> Q:
    """The verifications that the visit's monitor made at its site between its opening and its closing, or until now."""
    span = (visit.opened_at, visit.closed_at or timezone.now())
    return Q(verified_by=visit.monitor, verified_at__range=span, subject__site=visit.site)


def done_at(visit: MonitoringVisit) -> Done:
    """What the visit's monitor verified and asked at its site, as it stood at its closing. In three statements."""
    until = visit.closed_at or timezone.now()
    counted = (
        Verification.objects.filter(verified_at_visit(visit))
        .order_by("case_form")
        .values_list("case_form")
        .annotate(number=Count("pk"), ended=Count("pk", filter=Q(ended_at__lte=until)))
    )
    numbers = {form: (number, ended) for form, number, ended in counted}
    forms = CaseForm.every.filter(pk__in=numbers).select_related("subject", "visit").order_by("subject__label", "pk")
    steps = list(_steps(visit, visit.opened_at, until))
    raised = [step for step in steps if step.state == "open" and step.is_first]  # type: ignore[attr-defined]
    ended = {state: _ended(steps, state) for state in (QueryState.CLOSED, QueryState.CANCELLED)}
    done = [(form, CATALOGUE[form.code].title, *numbers[form.pk]) for form in forms]
    return Done(done, raised, ended[QueryState.CLOSED], ended[QueryState.CANCELLED])


def _ended(steps: Iterable[QueryStep], state: QueryState) -> list[QueryStep]:
    return [step for step in steps if step.state == state and not (step.is_assignment or step.is_comment)]


def _steps(visit: MonitoringVisit, since: datetime, until: datetime) -> Iterator[QueryStep]:
    steps = QueryStep.objects.filter(
        actor_name=visit.monitor, at__range=(since, until), subject__site=visit.site
    ).select_related("query__subject", "query__case_form__visit")
    for step in steps.order_by("pk"):
        # A query and its first step are written in one transaction.
        step.is_first = abs((step.at - step.query.opened_at).total_seconds()) < 1  # type: ignore[attr-defined]
        yield step
