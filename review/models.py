"""Whether the record can be trusted: queries that ask the site about a data point."""

from django.db import models
from django.db.models import Q, Value

from assessments.models import CaseForm
from cohorts.models import Subject


class Origin(models.TextChoices):
    SYSTEM = "system", "Check"
    MANUAL = "manual", "Monitor"


class QueryState(models.TextChoices):
    OPEN = "open", "Open"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


class Query(models.Model):
    """A question to the site. One that a check raised closes by itself once the value no longer gives cause."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="queries")
    case_form = models.ForeignKey(CaseForm, models.PROTECT, related_name="queries", null=True, blank=True)
    item = models.CharField(max_length=60, blank=True)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.MANUAL)
    check_id = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=QueryState, default=QueryState.OPEN)
    text = models.TextField()
    opened_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "queries"
        constraints = [
            models.CheckConstraint(
                condition=Q(origin="system", check_id__gt="") | Q(origin="manual", check_id=""),
                name="a_check_query_names_its_check",
            ),
            models.UniqueConstraint(
                fields=["case_form", "item", "check_id"],
                condition=Q(origin="system", state__in=["open", "answered"]),
                name="one_live_query_a_check_and_item",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="query_by_state"),
            models.Index(fields=["subject", "state"], name="query_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.text}"


class CheckRun(models.Model):
    """All checks run again over all records: who asked for it and why, and how far it is.

    `last_subject` is the key of the last subject that is done; the next batch begins after it.
    """

    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.CharField(max_length=150)
    reason = models.CharField(max_length=500)
    protocol_version = models.CharField(max_length=20)
    subjects = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    last_subject = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(Value(1), condition=Q(finished_at__isnull=True), name="one_run_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.done} of {self.subjects} subjects: {self.reason}"


class QueryStep(models.Model):
    """One step in a query's life: who did or said what, when."""

    query = models.ForeignKey(Query, models.PROTECT, related_name="steps")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    actor_name = models.CharField(max_length=150)
    role = models.CharField(max_length=30)
    state = models.CharField(max_length=10, choices=QueryState)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.state} by {self.actor_name}"
