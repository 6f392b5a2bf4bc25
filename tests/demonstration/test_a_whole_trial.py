"""manage.py demo_trial: a whole trial, typed once, as it then stands in the database."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Q

from accounts.models import Site
from assessments.models import AdverseEvent, CaseForm, LaboratoryResult
from audit.models import Event
from cohorts.models import Enrolment, Subject
from demonstration.course import simulate
from demonstration.design import slots
from demonstration.expected import outcome
from demonstration.people import PASSWORD
from endpoints.arithmetic.rows import row_of
from endpoints.models import Estimate, Mark, Outcome
from laboratory.models import ReferenceRange
from protocol import current
from review.models import Query
from safety.models import DoseLevelDecision

SEED, SUBJECTS = 11, 6


@pytest.fixture(scope="module")
def output(committed_module_db: None) -> str:
    """What the command says when it has typed the trial, which takes half a minute; these tests only look at it."""
    out = StringIO()
    call_command("demo_trial", seed=SEED, subjects=SUBJECTS, stdout=out)
    return out.getvalue()


def test_a_trial_is_typed_by_the_people_of_its_sites(output: str) -> None:
    assert Subject.objects.count() == Enrolment.objects.filter(status="approved").count() == SUBJECTS
    assert Site.objects.count() == 6
    assert PASSWORD in output

    unsigned = Event.objects.filter(subject_id__isnull=False).filter(Q(actor_id=None) & ~Q(actor_name="system"))
    assert not unsigned.exists()
    for form in CaseForm.objects.select_related("subject__site"):
        typed = Event.objects.filter(case_form_id=form.pk, table_name="assessments_caseform", action="insert").get()
        assert typed.actor_name == f"coordinator{form.subject.site.code}"
        assert typed.role == "coordinator"
    approved = Event.objects.filter(table_name="cohorts_enrolment", new__status="approved", action="update")
    assert set(approved.values_list("actor_name", flat=True)) == {"datamanager"}
    opened = (
        Event.objects.filter(table_name="cohorts_cohort", action="update").order_by("id").values_list("new", flat=True)
    )
    assert len(opened) >= 7
    corrected = Event.objects.filter(table_name__startswith="assessments_", action="update").exclude(reason="")
    corrected = corrected.exclude(new__has_any_keys=["frozen_at", "locked_at"])
    assert set(corrected.values_list("role", flat=True)) <= {"coordinator", "system"}
    assert corrected.exists()
    assert Query.objects.filter(state="closed").exists()


def test_what_was_typed_derives_to_what_was_simulated(output: str) -> None:
    assert not Mark.objects.exists()
    for slot in slots(SEED, SUBJECTS):
        subject = Subject.objects.get(source_id__endswith=f" {slot.number}")
        expected, derived = row_of(outcome(simulate(SEED, slot))), Outcome.objects.get(subject=subject).row
        for name in ("measurable", "bor", "cbor", "benefit"):
            assert derived[name] == getattr(expected, name), (subject, name)
        for name in ("pfs", "os", "dor", "ttr"):
            assert (derived[name] and tuple(derived[name])) == expected.times.get(name), (subject, name)
    assert Estimate.objects.get(population="P2", analysis_set="all_treated").subjects == 5


def test_the_whole_casebook_is_filled(output: str) -> None:
    planned = current().forms()
    filled = set(CaseForm.objects.values_list("code", flat=True))
    assert planned - filled <= {"deviation", "dlt_evaluation", "reconsent"}
    assert ReferenceRange.objects.values("site").distinct().count() == 6
    assert LaboratoryResult.objects.filter(grade__gte=2).exists()
    assert not LaboratoryResult.objects.filter(case_form__state="complete", flag="", value__isnull=False).exists()
    assert not AdverseEvent.objects.filter(term_code="", dictionary="").exists()
    assert set(DoseLevelDecision.objects.values_list("cohort__code", flat=True)) == {"P1-10D", "P1-30W"}
