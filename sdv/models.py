"""Source data verification: which item of which version a monitor has compared with the source, and when."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from accounts.models import Site
from assessments.models import CaseForm
from cohorts.models import Subject
from values.dates import shown_date


class Verification(models.Model):
    """One item that was found to say what the source says. Never changed, only ended.

    It ends by itself (`lapsed`) with a change of the item's value, or is taken back with a reason. `item` is an item of
    the form, `rows[T01]-state` one of a row. `digest` is SHA-256 over form, item and value, `version` the form's.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    case_form = models.ForeignKey(CaseForm, models.PROTECT, related_name="verifications")
    item = models.CharField(max_length=100)
    version = models.PositiveIntegerField("form's version")
    digest = models.CharField(max_length=64)
    verified_at = models.DateTimeField(auto_now_add=True)
    verified_by = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)
    lapsed = models.BooleanField(default=False)
    end_reason = models.CharField("why it ended", max_length=500, blank=True)

    class Meta:
        ordering = ("id",)
        verbose_name = "source verification of an item"
        verbose_name_plural = "source verifications of items"
        constraints = [
            models.UniqueConstraint(
                fields=["case_form", "item"], condition=Q(ended_at__isnull=True), name="an_item_is_verified_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="", lapsed=False, end_reason="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="") & ~Q(end_reason="")),
                name="a_verification_ends_with_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["verified_by", "verified_at"], name="verified_by_whom_when")]

    def __str__(self) -> str:
        return f"{self.item} of form {self.case_form_id}"


class FormVerification(models.Model):
    """What the verifications of a form come to, for lists. Good for `version` alone: of a newer form nothing is known
    to hold, so that a change that did not come by here shows as lapsed and never as verified.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    case_form = models.OneToOneField(CaseForm, models.PROTECT, related_name="verification")
    version = models.PositiveIntegerField("form's version")
    verified = models.PositiveIntegerField("items verified", default=0)
    lapsed = models.PositiveIntegerField("items lapsed", default=0)
    outstanding = models.PositiveIntegerField("items outstanding", default=0)
    outstanding_critical = models.PositiveIntegerField("critical items outstanding", default=0)

    class Meta:
        verbose_name = "source verification of a form"
        verbose_name_plural = "source verifications of forms"

    def __str__(self) -> str:
        return f"{self.verified} items of form {self.case_form_id}"


class MonitoringVisit(models.Model):
    """A monitor's visit to a site: what its report lists was done between opening and closing, by the monitor."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="monitoring_visits")
    monitor = models.CharField(max_length=150)
    printed_name = models.CharField(max_length=300)
    purpose = models.CharField(max_length=200)
    starts_on = models.DateField("first day")
    ends_on = models.DateField("last day", null=True, blank=True)
    present = models.CharField("who was there", max_length=500)
    remarks = models.TextField(blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-opened_at", "-id")
        verbose_name = "monitoring visit"
        constraints = [
            models.UniqueConstraint(
                fields=["site", "monitor"],
                condition=Q(closed_at__isnull=True),
                name="one_open_visit_of_a_monitor_there",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, ends_on__isnull=True)
                | Q(closed_at__isnull=False, ends_on__isnull=False, ends_on__gte=F("starts_on")),
                name="a_closed_visit_has_its_last_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}, {shown_date(self.starts_on)}"

    def get_absolute_url(self) -> str:
        return reverse("monitoring_visit", args=[self.pk])


class VisitReport(models.Model):
    """What the report of a visit said when the visit was closed: JSON, and SHA-256 over its UTF-8. Written once; the
    database lets nobody change or delete it."""

    visit = models.OneToOneField(MonitoringVisit, models.PROTECT, related_name="report")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    content = models.TextField()
    digest = models.CharField("SHA-256", max_length=64)
    kept_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "report of a monitoring visit"
        verbose_name_plural = "reports of monitoring visits"

    def __str__(self) -> str:
        return f"{self.visit}: {self.digest}"
