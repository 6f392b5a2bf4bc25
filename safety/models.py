"""What harms a subject, and who is told: serious events with their reports, notices, decisions on dose levels."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from assessments.models import CaseForm
from cohorts.models import Cohort, Subject
from values.dates import shown_date

# From when the site knew of the event until it is reported; from the report until the sponsor has confirmed it.
CLOCK = timedelta(hours=24)


class SeriousEvent(models.Model):
    """An adverse event that was serious once. What is known of it stands on its form; what was reported, in reports."""

    case_form = models.OneToOneField(CaseForm, models.PROTECT, related_name="serious_event")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="serious_events")

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("serious_event", args=[self.pk])

    @property
    def number(self) -> str:
        return f"SAE-{self.pk:04d}"


class ReportKind(models.TextChoices):
    INITIAL = "initial", "Initial report"
    FOLLOW_UP = "follow_up", "Follow-up report"
    NOT_SERIOUS = "not_serious", "No longer serious"
    WITHDRAWN = "withdrawn", "Withdrawn"


# What says that nothing serious is left: nobody has to confirm it, nor what was reported before.
ENDS = (ReportKind.NOT_SERIOUS, ReportKind.WITHDRAWN)


class SeriousReport(models.Model):
    """One version of the report of a serious event, made by the save that it reports, and never changed.

    `content` is a copy of what the form said, by item: a report is a document of its moment, and stays what was sent.
    """

    event = models.ForeignKey(SeriousEvent, models.PROTECT, related_name="reports")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=ReportKind)
    form_version = models.PositiveIntegerField()
    content = models.JSONField()
    aware_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    reported_by = models.CharField(max_length=150)
    role = models.CharField(max_length=30)
    # When everybody who is to know had a notice; empty while the alert is on its way.
    alerted_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=150, blank=True)
    # When a version said that the event is not serious; its own clock and those before it then end.
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["event", "version"]
        constraints = [
            models.UniqueConstraint(fields=["event", "version"], name="report_version_once_an_event"),
            models.CheckConstraint(condition=Q(aware_at__lte=F("reported_at")), name="reported_once_it_was_known"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by="")
                | (Q(confirmed_at__isnull=False) & ~Q(confirmed_by="")),
                name="a_confirmation_says_whose",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(alerted_at=None), name="report_without_alert")]

    def __str__(self) -> str:
        return f"{self.event}, version {self.version}"

    @property
    def due_at(self) -> datetime:
        """By when its receipt is to be confirmed."""
        return self.reported_at + CLOCK

    @property
    def took(self) -> timedelta:
        """From when the site knew until the system was told."""
        return self.reported_at - self.aware_at


class Notice(models.Model):
    """A report that one person was told of. What is confirmed is the report, not the notice.

    `undelivered` is the notice of somebody whom no e-mail reached: the data managers are told of that by a notice of
    their own.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    report = models.ForeignKey(SeriousReport, models.PROTECT, related_name="notices")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    emailed_at = models.DateTimeField(null=True, blank=True)
    # Of the e-mail: how often it failed, and when it is tried again; empty too once it is given up.
    email_failures = models.PositiveSmallIntegerField(default=0)
    email_again_at = models.DateTimeField(null=True, blank=True)
    undelivered = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="told_of")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "report"], condition=Q(undelivered=None), name="one_notice_a_person_and_report"
            ),
            models.UniqueConstraint(fields=["user", "undelivered"], name="told_once_of_an_email_that_failed"),
        ]
        indexes = [
            models.Index(fields=["user"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["email_failures", "id"], condition=Q(emailed_at=None), name="notice_without_email"),
        ]

    def __str__(self) -> str:
        return f"{self.report} for {self.user_id}"


class LevelDecision(models.TextChoices):
    OPEN = "open", "Open this level"
    EXPAND = "expand", "Expand this level: keep it open and treat more subjects"
    CLOSE = "close", "Close this level"
    DE_ESCALATE = "de_escalate", "De-escalate: close this level and all above it, continue at the next lower one"


class DoseLevelDecision(models.Model):
    """What the committee decided of a dose level, on which figures, signed. Never changed: a new one follows it.

    `considered` are the figures of all levels as they were shown; `digest` (SHA-256) binds the signature to them and
    to the decision.
    """

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="decisions")
    decision = models.CharField(max_length=12, choices=LevelDecision)
    decided_on = models.DateField()
    participants = models.CharField(max_length=500)
    rationale = models.TextField(max_length=2000)
    considered = models.JSONField()
    digest = models.CharField(max_length=64)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    printed_name = models.CharField(max_length=150)
    signed_at = models.DateTimeField()
    meaning = models.CharField(max_length=200)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.cohort}: {self.get_decision_display()}, {shown_date(self.decided_on)}"
