"""What is shut, from the single form to the whole trial, and who signed what."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.models import Site, User
from assessments.models import CaseForm
from cohorts.models import Subject, Visit
from values.dates import shown_date


class Scope(models.TextChoices):
    FORM = "form", "Form"
    VISIT = "visit", "Visit"
    SUBJECT = "subject", "Subject"
    SITE = "site", "Site"
    TRIAL = "trial", "Trial"


class ClosureState(models.TextChoices):
    FROZEN = "frozen", "Frozen"
    LOCKED = "locked", "Locked"


class Closure(models.Model):
    """That a form, a visit, a subject, a site or the trial is frozen or locked, from when to when, by whom and why.

    The keys name the place and what it is part of. The database derives `place` from them, stamps the forms within
    (CaseForm.frozen_at, locked_at, locked_by), and refuses writes to what is shut.
    """

    scope = models.CharField(max_length=10, choices=Scope)
    state = models.CharField(max_length=10, choices=ClosureState)
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", null=True, blank=True)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", null=True, blank=True)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="+", null=True, blank=True)
    case_form = models.ForeignKey(CaseForm, models.PROTECT, related_name="closures", null=True, blank=True)
    place = models.CharField(max_length=30, blank=True, editable=False)
    closed_at = models.DateTimeField()
    closed_by = models.CharField(max_length=150)
    reason = models.CharField(max_length=500)
    overridden = models.CharField("open at the lock, and locked all the same", max_length=500, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.CharField(max_length=150, blank=True)
    reopened_for = models.CharField("reason of the opening", max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "freeze or lock"
        verbose_name_plural = "freezes and locks"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "state"], condition=Q(reopened_at__isnull=True), name="shut_once_a_place"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_closure_says_why"),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True, reopened_by="", reopened_for="")
                | (Q(reopened_at__isnull=False) & ~Q(reopened_by="") & ~Q(reopened_for="")),
                name="an_opening_says_whose_and_why",
            ),
            models.CheckConstraint(
                condition=Q(scope="trial", site=None, subject=None, visit=None, case_form=None)
                | Q(scope="site", site__isnull=False, subject=None, visit=None, case_form=None)
                | Q(scope="subject", site__isnull=False, subject__isnull=False, visit=None, case_form=None)
                | Q(scope="visit", site__isnull=False, subject__isnull=False, visit__isnull=False, case_form=None)
                | Q(scope="form", site__isnull=False, subject__isnull=False, case_form__isnull=False),
                name="a_closure_names_its_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()} {self.get_state_display().lower()} by {self.closed_by}"

    @property
    def address(self) -> str:
        """Of the page that says what the place is shut by."""
        key = {"form": self.case_form_id, "visit": self.visit_id, "subject": self.subject_id, "site": self.site_id}
        return reverse(f"{self.scope}_closure", args=[key[self.scope]] if self.scope in key else [])


class Signature(models.Model):
    """One form signed by one person, in one act that may take several forms (`act`).

    `content` is the SHA-256 of what the form said at its `version` (signature.content), `digest` that of the content
    with form, signer, meaning and time (signature.signing): a copy of the row at another form does not verify.
    """

    case_form = models.ForeignKey(CaseForm, models.PROTECT, related_name="signatures")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    act = models.UUIDField(db_index=True)
    version = models.PositiveIntegerField()
    signer = models.ForeignKey(User, models.PROTECT, related_name="+")
    username = models.CharField("user name", max_length=150)
    printed_name = models.CharField(max_length=300)
    role = models.CharField(max_length=30)
    meaning = models.CharField(max_length=500)
    signed_at = models.DateTimeField()
    content = models.CharField("SHA-256 of the content", max_length=64)
    digest = models.CharField("SHA-256 of the signature", max_length=64)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["case_form", "version"], name="signatures_of_versions")]

    def __str__(self) -> str:
        return f"{self.printed_name}, {shown_date(self.signed_at)}: {self.meaning}"


class Doubt(models.Model):
    """A signature that a check (signature.doubts) found altered: lists, which do not work hashes out, call its form
    signed no more. It can only take away: without one, the version that stands there must still be what was signed."""

    signature = models.OneToOneField(Signature, models.PROTECT, related_name="doubt")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    case_form = models.ForeignKey(CaseForm, models.PROTECT, related_name="+")
    found_at = models.DateTimeField()

    class Meta:
        verbose_name = "signature that does not verify"
        verbose_name_plural = "signatures that do not verify"

    def __str__(self) -> str:
        return f"signature {self.signature_id} does not verify"


def signed_as_it_stands() -> Exists:
    """Of a form, as lists ask: its version that stands there is signed (a save makes a signature lapse), and no check
    found the signature altered."""
    return Exists(Signature.objects.filter(case_form=OuterRef("pk"), version=OuterRef("version"), doubt=None))
