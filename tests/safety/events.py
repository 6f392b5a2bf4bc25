"""A reported serious event behind a form that has nothing but its header, for tests of who may see what."""

from django.utils import timezone

from accounts.actor import acting
from assessments.models import CaseForm
from safety.models import ReportKind, SeriousEvent, SeriousReport
from tests.cast import SETUP
from tests.safety.conftest import SERIOUS


def reported(case_form: CaseForm) -> SeriousReport:
    now = timezone.now()
    with acting(SETUP):
        event = SeriousEvent.objects.create(case_form=case_form, subject_id=case_form.subject_id)
        return SeriousReport.objects.create(
            event=event,
            subject_id=case_form.subject_id,
            version=1,
            kind=ReportKind.INITIAL,
            form_version=1,
            content=SERIOUS,
            aware_at=now,
            reported_at=now,
            reported_by="setup",
            role="system",
        )
