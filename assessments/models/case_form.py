from typing import Any

from django.db import models
from django.db.models import Q

from cohorts.models import Subject, Visit


class FormState(models.TextChoices):
    DRAFT = "draft", "In progress"
    COMPLETE = "complete", "Complete"
    NOT_DONE = "not_done", "Not done"


# Filled once a subject; every other form is filled once a visit.
ONCE_A_SUBJECT = (
    "consent",
    "demography",
    "eligibility",
    "history",
    "medical_history",
    "dispensing",
    "dlt_evaluation",
    "tumour_baseline",
    "everolimus",
    "exposure",
    "end_of_treatment",
    "death",
)
# Characters that say why a form was not done.
LONGEST_REASON = 200


class CaseForm(models.Model):
    """The header of one filled form: whose, at which visit, in what state, at which version.

    `version` is claimed by each save (UPDATE ... WHERE version = seen): two people never overwrite each other.
    `first_completed_at` stays once set: from then on a change needs a reason. `untaken` counts the fields of a draft
    whose text could not be taken (UntakenText): a form is not complete while one stands.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="forms")
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="forms", null=True, blank=True)
    code = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=FormState, default=FormState.DRAFT)
    not_done_reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    version = models.PositiveIntegerField(default=1)
    first_completed_at = models.DateTimeField(null=True, blank=True)
    untaken = models.PositiveSmallIntegerField("Texts that were not taken", default=0)
    frozen_at = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    locked_by = models.CharField(max_length=150, blank=True)
    # Of a form that was just saved: what its checks asked and closed (review.of_a_save).
    queries_of_save: Any = None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "code"], name="form_once_a_visit"),
            models.UniqueConstraint(
                fields=["subject", "code"], name="form_once_a_subject", condition=Q(code__in=ONCE_A_SUBJECT)
            ),
            models.CheckConstraint(
                condition=~Q(state="not_done") | ~Q(not_done_reason=""), name="a_form_not_done_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state="complete") | Q(untaken=0), name="a_complete_form_has_no_untaken_text"
            ),
            models.CheckConstraint(
                condition=Q(locked_at__isnull=True, locked_by="") | (Q(locked_at__isnull=False) & ~Q(locked_by="")),
                name="a_lock_says_whose",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.subject_id}"


class Record(models.Model):
    """What every typed form has: it is one with its header."""

    case_form = models.OneToOneField(CaseForm, models.PROTECT, primary_key=True, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
