"""What is still open at a place: said before it is locked, and before it is signed."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.access import Access
from accounts.roles import Permission
from assessments.models import CaseForm, FormState
from assessments.visits.unbegun import never_begun
from review.models import Query
from review.services import LIVE
from sdv.reading import FRESH, planned
from signature.closing import Reach
from signature.models import signed_as_it_stands

NEVER_BEGUN = "{} of past visits not started or marked as not done"


@dataclass(frozen=True)
class OpenWork:
    """Counts of what keeps a record from being finished."""

    queries: int
    never_begun: int
    in_progress: int
    unsigned: int
    unverified: int

    @property
    def lines(self) -> list[str]:
        counts = (
            (self.queries, "open or answered query", "open or answered queries"),
            (self.never_begun, NEVER_BEGUN.format("form"), NEVER_BEGUN.format("forms")),
            (self.in_progress, "form in progress", "forms in progress"),
            (
                self.unsigned,
                "complete form without a valid signature",
                "complete forms without a valid signature",
            ),
            (self.unverified, "form not verified as planned", "forms not verified as planned"),
        )
        return [f"{number} {singular if number == 1 else plural}" for number, singular, plural in counts if number]

    @property
    def words(self) -> str:
        return ", ".join(self.lines)


def forms_of(reach: Reach) -> QuerySet[CaseForm]:
    if reach.case_form is not None:
        return CaseForm.objects.filter(pk=reach.case_form.pk)
    if reach.visit is not None:
        return CaseForm.objects.filter(visit=reach.visit)
    if reach.subject is not None:
        return CaseForm.objects.filter(subject=reach.subject)
    return CaseForm.objects.filter(subject__site=reach.site) if reach.site else CaseForm.objects.all()


def unsigned(forms: QuerySet[CaseForm]) -> QuerySet[CaseForm]:
    """The complete ones without a signature of the version that stands there."""
    return forms.filter(~signed_as_it_stands(), state=FormState.COMPLETE)


def signed_counts(forms: QuerySet[CaseForm]) -> tuple[int, int]:
    """(complete forms, those of them that are signed at the version that stands there). Two statements."""
    complete = forms.filter(state=FormState.COMPLETE)
    number = complete.count()
    return number, number - unsigned(complete).count()


def open_work(reach: Reach, access: Access) -> OpenWork:
    """In a constant number of statements. `access` reaches the place."""
    forms = forms_of(reach)
    return OpenWork(
        queries=_queries(reach).count(),
        never_begun=never_begun_at(reach),
        in_progress=forms.filter(state=FormState.DRAFT).count(),
        unsigned=unsigned(forms).count(),
        unverified=_unverified(forms, access).count(),
    )


def never_begun_at(reach: Reach) -> int:
    """Forms that are to come later are not among them; a form that is there was begun."""
    if reach.case_form is not None:
        return 0
    return never_begun(
        today=timezone.localdate(),
        sites=frozenset({reach.site.pk}) if reach.site else None,
        subject=reach.subject.pk if reach.subject else None,
        visit=reach.visit.pk if reach.visit else None,
    )


def _unverified(forms: QuerySet[CaseForm], access: Access) -> QuerySet[CaseForm]:
    """Of what the plan asks to be verified, that which is not, at the version that stands there."""
    whole, critical = planned(access, Permission.VIEW_SUBJECTS)
    seen = (whole & Q(verification__outstanding=0)) | (critical & Q(verification__outstanding_critical=0))
    done = CaseForm.objects.filter(FRESH & seen)
    return forms.filter(whole | critical).exclude(pk__in=done.values("pk"))


def _queries(reach: Reach) -> QuerySet[Query]:
    live = Query.objects.filter(state__in=LIVE).order_by()
    if reach.case_form is not None:
        return live.filter(case_form=reach.case_form)
    if reach.visit is not None:
        return live.filter(case_form__visit=reach.visit)
    if reach.subject is not None:
        return live.filter(subject=reach.subject)
    return live.filter(subject__site=reach.site) if reach.site else live
