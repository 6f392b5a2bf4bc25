"""Whether the record can be trusted: queries that ask the site about a data point."""

from django.db import models
from django.db.models import Q, Value

from accounts.models import User
from accounts.roles import ROLES, Permission, Role
from assessments.models import CaseForm
from cohorts.models import Subject

# The roles that a query can be assigned to: those that take steps at it.
ASSIGNABLE = tuple(role for role in Role if ROLES[role].permissions & {Permission.ANSWER_QUERY, Permission.CLOSE_QUERY})
NOT_BY_THE_SITE = ("closed", "cancelled")


class Origin(models.TextChoices):
    SYSTEM = "system", "Automatic check"
    MANUAL = "manual", "Manual"


class QueryState(models.TextChoices):
    OPEN = "open", "Open"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


class Query(models.Model):
    """A question to the site, at an item, a form or the subject as a whole.

    One that a check raised closes by itself once the value no longer gives cause. `changed_at` is the time of the last
    step. It may be one user's turn, or that of a role at the subject's site.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="queries")
    case_form = models.ForeignKey(CaseForm, models.PROTECT, related_name="queries", null=True, blank=True)
    item = models.CharField(max_length=60, blank=True)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.MANUAL)
    check_id = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=QueryState, default=QueryState.OPEN)
    reopened = models.BooleanField(default=False)
    assigned_to = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    assigned_role = models.CharField(
        max_length=20, choices=[(role.value, role.label) for role in ASSIGNABLE], blank=True
    )
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
            models.CheckConstraint(condition=Q(item="") | Q(case_form__isnull=False), name="an_item_is_of_a_form"),
            models.CheckConstraint(
                condition=Q(assigned_to__isnull=True) | Q(assigned_role=""), name="a_query_is_one_s_turn"
            ),
        ]
        indexes = [
            models.Index(
                fields=["opened_at", "id"], name="live_query_by_age", condition=Q(state__in=["open", "answered"])
            ),
            models.Index(
                fields=["changed_at", "id"], name="live_query_by_last_step", condition=Q(state__in=["open", "answered"])
            ),
            models.Index(fields=["state", "-id"], name="query_by_state"),
            models.Index(fields=["subject", "state"], name="query_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.text}"

    @property
    def is_live(self) -> bool:
        return self.state in (QueryState.OPEN, QueryState.ANSWERED)


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
    """One step in a query's life: who did or said what, when, and the state that followed.

    An assignment and a comment leave the state as it was. The database lets no one of a site close or cancel.
    """

    query = models.ForeignKey(Query, models.PROTECT, related_name="steps")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    actor_name = models.CharField(max_length=150)
    role = models.CharField(max_length=30)
    state = models.CharField(max_length=10, choices=QueryState)
    is_assignment = models.BooleanField(default=False)
    is_comment = models.BooleanField(default=False, db_default=False)
    # The run of all checks that took it.
    run = models.ForeignKey(CheckRun, models.PROTECT, related_name="steps", null=True, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=NOT_BY_THE_SITE, role__in=[Role.INVESTIGATOR.value, Role.COORDINATOR.value]),
                name="no_site_closes_a_query",
            )
        ]
        indexes = [models.Index(fields=["query", "at"], name="answers_of_queries", condition=Q(state="answered"))]

    def __str__(self) -> str:
        return f"{self.state} by {self.actor_name}"


class KeptFilter(models.Model):
    """A filter of the list of queries that a user comes back to: its own name, and the address that it stands for."""

    user = models.ForeignKey(User, models.PROTECT, related_name="query_filters")
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=1000)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="a_filter_once_by_its_name")]

    def __str__(self) -> str:
        return self.name
