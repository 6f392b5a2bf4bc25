"""Who is in the trial, at which dose level, and when they are seen."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now

from accounts.models import Site
from protocol import in_force
from protocol.visits import UNSCHEDULED


class GoesOver(models.TextChoices):
    """How a subject who is in the trial comes under an amendment, once it is active at the site."""

    VISIT = "visit", "At the next visit"
    CONSENT = "consent", "Once the subject consents to it"
    NEVER = "never", "Not at all: it holds for subjects who consent from then on"


class ProtocolVersion(models.Model):
    """One version of the protocol file as it was read: every estimate names the one it used.

    `goes_over` is empty for a version that the installation was set up with, which holds everywhere; an amendment holds
    at the sites that approved it. It is only proposed as long as no in_force.InForce has its digest.
    """

    code = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64, unique=True)
    content = models.TextField()
    read_at = models.DateTimeField(auto_now_add=True)
    goes_over = models.CharField(max_length=10, choices=GoesOver, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.code} version {self.version}"


class Approval(models.Model):
    """That the ethics committee of a site approved an amendment, and from which day on it is active there."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="approvals")
    version = models.ForeignKey(ProtocolVersion, models.PROTECT, related_name="approvals")
    approved_on = models.DateField()
    active_from = models.DateField()
    # How far the visits of the site's subjects are planned by it: up to the subject of this key; when all were.
    planned_to = models.BigIntegerField(default=0)
    planned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "version"], name="approval_once_a_site"),
            models.CheckConstraint(condition=Q(active_from__gte=F("approved_on")), name="active_once_approved"),
        ]

    def __str__(self) -> str:
        return f"{self.version} at {self.site} from {self.active_from:%Y-%m-%d}"


class Basis(models.TextChoices):
    """By what the trial, or a site, went live."""

    SIGNED = "signed", "Signed"
    IMPORT = "import", "Opened by an import of data at the server's console"
    BEFORE = "before", "There were subjects here before go-live was signed"


class SignedGoLive(models.Model):
    """What a go-live says of its signature; all of it is empty where it was not signed."""

    basis = models.CharField(max_length=10, choices=Basis)
    at = models.DateTimeField(db_default=Now(), editable=False)
    meaning = models.CharField(max_length=500, blank=True)
    signed_by = models.CharField(max_length=150, blank=True)
    signed_name = models.CharField("printed name", max_length=300, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField("SHA-256 of the signature", max_length=64, blank=True)

    class Meta:
        abstract = True


SIGNED_AS_A_WHOLE = Q(basis=Basis.SIGNED, signed_at__isnull=False) & ~Q(signed_by="") & ~Q(digest="") | (
    ~Q(basis=Basis.SIGNED) & Q(signed_at=None, signed_by="", signed_name="", digest="")
)


class TrialGoLive(SignedGoLive):
    """That an acceptance run was signed off: with the first one the trial went live. None is ever changed.

    `sha256` is the digest of the run's file, `program` the digest of the program's own files that it was run on, and
    `protocol_sha256` that of the protocol file; empty where the trial went live without a run.
    """

    file_name = models.CharField("file", max_length=200, blank=True)
    sha256 = models.CharField("SHA-256 of the file", max_length=64, blank=True)
    program = models.CharField("program", max_length=64, blank=True)
    protocol_version = models.CharField(max_length=20, blank=True)
    protocol_sha256 = models.CharField(max_length=64, blank=True)
    run_at = models.DateTimeField(null=True, blank=True)
    says = models.CharField("what the run says", max_length=300, blank=True)
    conclusion = models.TextField(blank=True)

    class Meta:
        verbose_name = "go-live of the trial"
        verbose_name_plural = "go-lives of the trial"
        get_latest_by = "pk"
        constraints = [
            models.CheckConstraint(
                condition=SIGNED_AS_A_WHOLE & (~Q(basis=Basis.SIGNED) | ~Q(sha256="")),
                name="trial_go_live_signed_as_a_whole",
            )
        ]

    def __str__(self) -> str:
        return f"go-live of the trial: {self.get_basis_display().lower()}"


class SiteGoLive(SignedGoLive):
    """That a site went live: from then on it takes subjects. Never changed.

    `checklist` is what held when it was signed, as JSON: a list of [what, in words]. `live_from` is None where nobody
    said from which day on.
    """

    site = models.OneToOneField(Site, models.PROTECT, related_name="go_live")
    live_from = models.DateField(null=True, blank=True)
    protocol_version = models.CharField(max_length=20, blank=True)
    checklist = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = "go-live of a site"
        verbose_name_plural = "go-lives of sites"
        constraints = [
            models.CheckConstraint(
                condition=SIGNED_AS_A_WHOLE & (~Q(basis=Basis.SIGNED) | Q(live_from__isnull=False)),
                name="site_go_live_signed_as_a_whole",
            )
        ]

    def __str__(self) -> str:
        return f"go-live of site {self.site}"


class Cohort(models.Model):
    """The state of a cohort that the protocol file describes: open to enrolment or closed."""

    code = models.CharField(max_length=30, unique=True)
    is_open = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.plan.label

    @property
    def plan(self) -> Any:
        """The cohort as the protocol file describes it: phase, dose level, slots."""
        return in_force().cohort(self.code)


class SubjectStatus(models.TextChoices):
    SCREENING = "screening", "In screening"
    SCREEN_FAILURE = "screen_failure", "Screen failure"
    ENROLLED = "enrolled", "Enrolled"
    ON_TREATMENT = "on_treatment", "On treatment"
    FOLLOW_UP = "follow_up", "In follow-up"
    WITHDRAWN = "withdrawn", "Withdrawn"
    DIED = "died", "Died"


class Subject(models.Model):
    """A person in the trial, known by site and number only."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="subjects")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=40, unique=True)
    source_id = models.CharField(max_length=80, unique=True, null=True, blank=True)
    status = models.CharField(max_length=20, choices=SubjectStatus, default=SubjectStatus.SCREENING)
    first_dose_date = models.DateField(null=True, blank=True)
    # The version that holds for what is recorded at no visit, as of the last planning; None as in Visit.protocol.
    protocol = models.ForeignKey(ProtocolVersion, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["label"]
        constraints = [models.UniqueConstraint(fields=["site", "number"], name="subject_number_once_a_site")]

    def __str__(self) -> str:
        return self.label


# What is asked for where a list gives the cohort.
RANDOMISED = "the randomised groups"


class EnrolmentStatus(models.TextChoices):
    REQUESTED = "requested", "Slot requested"
    APPROVED = "approved", "Enrolled"
    REFUSED = "refused", "Refused"


class Enrolment(models.Model):
    """A subject's slot in a cohort: asked for by the investigator, approved by the data manager.

    Without a cohort the subject waits to be randomised: a list gives the cohort, with the approval.
    """

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="enrolment")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="enrolments", null=True)
    status = models.CharField(max_length=10, choices=EnrolmentStatus, default=EnrolmentStatus.REQUESTED)
    enrolled_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(enrolled_on__isnull=False) | ~Q(status="approved"), name="an_enrolled_subject_has_a_date"
            ),
            models.CheckConstraint(
                condition=Q(cohort__isnull=False) | ~Q(status="approved"), name="an_enrolled_subject_has_a_cohort"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} in {self.place}: {self.get_status_display()}"

    @property
    def plan(self) -> Any:
        """The cohort as the protocol file describes it; None before the subject is randomised."""
        return self.cohort and self.cohort.plan

    @property
    def place(self) -> str:
        """What was asked for or given, in words."""
        return str(self.cohort) if self.cohort else RANDOMISED

    @property
    def phase(self) -> str:
        """The code of the phase whose criteria hold: the groups of a randomisation are of one."""
        given = in_force().randomisation
        return str(self.plan.phase if self.plan else in_force().cohort(given.cohorts[0]).phase if given else "")


class CountingVisits(models.Manager["Visit"]):
    """The visits that count: without those at which everything was entered in error."""

    def get_queryset(self) -> models.QuerySet["Visit"]:
        return super().get_queryset().filter(in_error=False)


class Visit(models.Model):
    """A planned or unscheduled contact. Its state (due, overdue) is a matter of the day and is not stored.

    `in_error`: an unscheduled visit of which every form was withdrawn as entered in error. `objects` are the visits
    that count, `every` those too. `protocol` is the version that it is planned under and, once it took place, that it
    was held under; None where the installation knows one version alone.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="visits")
    code = models.CharField(max_length=20)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    cycle = models.PositiveSmallIntegerField(null=True, blank=True)
    target_date = models.DateField(null=True, blank=True)
    window_from = models.DateField(null=True, blank=True)
    window_to = models.DateField(null=True, blank=True)
    visit_date = models.DateField(null=True, blank=True)
    in_error = models.BooleanField("Entered in error", default=False)
    protocol = models.ForeignKey(ProtocolVersion, models.PROTECT, null=True, blank=True, related_name="+")

    objects = CountingVisits()
    every = models.Manager["Visit"]()

    class Meta:
        # As they took place, and where they will: an unscheduled visit stands among the others by its day.
        ordering = [Coalesce("visit_date", "target_date"), "id"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "code"], name="visit_code_once_a_subject"),
            models.CheckConstraint(
                condition=Q(window_from__isnull=True) | Q(window_from__lte=F("window_to")), name="visit_window_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_by_hand(self) -> bool:
        """Of a visit without a form: whether somebody added or began it. The schedule neither dates a visit, nor plans
        a cycle before the first dose."""
        begun = self.kind == "cycle" and self.subject.first_dose_date is None
        return begun or self.visit_date is not None or self.code.startswith(UNSCHEDULED)
