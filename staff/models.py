"""Reviews of access: who could do what when a review was opened, what was decided of each line, who signed it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from accounts.models import Membership, User
from values.dates import shown_date


class Decision(models.TextChoices):
    KEPT = "kept", "Confirmed"
    ENDED = "ended", "Role ended"
    SUSPENDED = "suspended", "Account suspended"


class AccessReview(models.Model):
    """All access as it stood at `opened_at`, gone through line by line; one at a time, and as it is once signed."""

    opened_at = models.DateTimeField(db_default=Now(), editable=False)
    opened_by = models.CharField(max_length=150)
    conclusion = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.CharField(max_length=150, blank=True)
    signed_name = models.CharField("printed name", max_length=300, blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = "review of access"
        verbose_name_plural = "reviews of access"
        constraints = [
            models.UniqueConstraint(
                fields=["signed_at"],
                condition=Q(signed_at=None),
                nulls_distinct=False,
                name="one_review_of_access_open",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by="", signed_name="", conclusion="", digest="")
                | (Q(signed_at__isnull=False) & ~Q(signed_by="") & ~Q(conclusion="") & ~Q(digest="")),
                name="access_review_signed_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Review of access of {shown_date(self.opened_at)}"

    def get_absolute_url(self) -> str:
        return reverse("access_review", args=[self.pk])

    @property
    def state(self) -> str:
        return "signed" if self.signed_at else "in-progress"


class AccessLine(models.Model):
    """One role of one user at one site, or a user without a role, as it was when the review was opened.

    Times are UTC. `active_at` is the last sign-in, entry of the trail or line of the log of access, whichever came
    last; `token` says in words what the user's API token may do.
    """

    review = models.ForeignKey(AccessReview, models.PROTECT, related_name="lines")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+", null=True, blank=True)
    username = models.CharField("user name", max_length=80)
    name = models.CharField(max_length=300)
    role = models.CharField(max_length=40, blank=True)
    site_code = models.CharField("site", max_length=10, blank=True)
    granted_at = models.DateTimeField("since", null=True, blank=True)
    is_active = models.BooleanField("may sign in")
    last_login = models.DateTimeField("last sign-in", null=True, blank=True)
    active_at = models.DateTimeField("last active", null=True, blank=True)
    has_factor = models.BooleanField("second factor")
    trained_on = models.DateField("last training", null=True, blank=True)
    accepted_at = models.DateTimeField("statement signed", null=True, blank=True)
    token = models.CharField("API token", max_length=200, blank=True)
    decision = models.CharField(max_length=10, blank=True, choices=Decision.choices)
    reason = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("username", "role", "site_code", "id")
        verbose_name = "line of a review of access"
        verbose_name_plural = "lines of reviews of access"
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None, decided_by="", reason="")
                | Q(decision=Decision.KEPT, decided_at__isnull=False)
                | (Q(decision__in=[Decision.ENDED, Decision.SUSPENDED], decided_at__isnull=False) & ~Q(reason="")),
                name="access_line_decided_as_a_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.username}: {self.what}"

    @property
    def what(self) -> str:
        if not self.role:
            return "no role"
        return f"{self.role} at {f'site {self.site_code}' if self.site_code else 'all sites'}"


class ReviewReminder(models.Model):
    """That the administrators were reminded by mail of the review that was due on this day."""

    due_on = models.DateField("due on", unique=True)
    sent_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "reminder of a review of access"
        verbose_name_plural = "reminders of reviews of access"

    def __str__(self) -> str:
        return f"due on {shown_date(self.due_on)}"
