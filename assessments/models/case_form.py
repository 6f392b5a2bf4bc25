"""The header that every case form has: whose it is, at which visit, in which state, who holds it shut."""

from typing import Any

from django.db import models
from django.db.models import Q

from cohorts.models import Subject, Visit
from protocol.forms import ONCE_A_SUBJECT


class FormState(models.TextChoices):
    DRAFT = "draft", "In progress"
    COMPLETE = "complete", "Complete"
    NOT_DONE = "not_done", "Not done"
    IN_ERROR = "in_error", "Entered in error"


# In these states a form says nothing of the subject.
SAYS_NOTHING = (FormState.NOT_DONE, FormState.IN_ERROR)


# Characters that say why a form was not done.
LONGEST_REASON = 200


class CountingForms(models.Manager["CaseForm"]):
    """The forms that count: without those that were entered in error."""

    def get_queryset(self) -> models.QuerySet["CaseForm"]:
        return super().get_queryset().exclude(state=FormState.IN_ERROR)


class CaseForm(models.Model):
    """The header of one filled form: whose, at which visit, in what state, at which version.

    `version` is claimed by each save (UPDATE ... WHERE version = seen): two people never overwrite each other.
    `first_completed_at` stays once set: from then on a change needs a reason. `untaken` counts the fields of a draft
    whose text could not be taken (UntakenText): a form is not complete while one stands. One that was entered in error
    keeps the state that it had (`withdrawn_state`), and says who withdrew it, when and why.

    `objects` are the forms that count, so that a new reader leaves out by itself what was entered in error; `every` is
    for the few that show or keep it (assessments.withdrawing).
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
    withdrawn_at = models.DateTimeField("Withdrawn at", null=True, blank=True)
    withdrawn_by = models.CharField("Withdrawn by", max_length=150, blank=True)
    withdrawn_reason = models.CharField("Why it was withdrawn", max_length=LONGEST_REASON, blank=True)
    withdrawn_state = models.CharField("State before", max_length=10, choices=FormState, blank=True)
    # Of a form that was just saved: what its checks asked and closed (review.of_a_save).
    queries_of_save: Any = None

    objects = CountingForms()
    every = models.Manager["CaseForm"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "code"], name="form_once_a_visit", condition=~Q(state="in_error")),
            models.UniqueConstraint(
                fields=["subject", "code"],
                name="form_once_a_subject",
                condition=Q(code__in=ONCE_A_SUBJECT) & ~Q(state="in_error"),
            ),
            models.CheckConstraint(
                condition=Q(~Q(withdrawn_by=""), ~Q(withdrawn_reason=""), state="in_error", withdrawn_at__isnull=False)
                | (
                    ~Q(state="in_error")
                    & Q(withdrawn_at__isnull=True, withdrawn_by="", withdrawn_reason="", withdrawn_state="")
                ),
                name="a_withdrawn_form_says_who_when_and_why",
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

    @property
    def is_shut(self) -> bool:
        """Takes no entries: frozen, locked or entered in error."""
        return bool(self.locked_at or self.frozen_at or self.withdrawn_at)


class Record(models.Model):
    """What every typed form has: it is one with its header."""

    case_form = models.OneToOneField(CaseForm, models.PROTECT, primary_key=True, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
