"""The trail: one append-only table that the database's own triggers write; its seal; what was verified of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Event(models.Model):
    """One changed row of one table, written by the trigger in the transaction of the change.

    `old` and `new` hold the whole row on insert and delete and only the columns that changed on update.
    """

    at = models.DateTimeField(db_default=Now())
    transaction = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    role = models.CharField(max_length=30)
    reason = models.TextField(blank=True)
    channel = models.CharField(max_length=10)
    action = models.CharField(max_length=6)
    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    site_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField(null=True)
    case_form_id = models.BigIntegerField(null=True)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["case_form_id", "id"], name="event_by_form"),
            models.Index(fields=["subject_id", "id"], name="event_by_subject"),
            models.Index(fields=["site_id", "id"], name="event_by_site"),
            models.Index(fields=["actor_name", "id"], name="event_by_name"),
            models.Index(fields=["table_name", "id"], name="event_by_table"),
            models.Index(fields=["role", "id"], name="event_by_role"),
            models.Index(fields=["channel", "id"], name="event_by_channel"),
            models.Index(fields=["at", "id"], name="event_by_day"),
            models.Index(
                fields=["transaction"],
                name="form_change_by_act",
                condition=Q(table_name="assessments_caseform", action="update"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.table_name} {self.row_id} by {self.actor_name}"


class AccessEvent(models.Model):
    """A log-in, a failure, a refusal or a file taken: what happened at the door rather than to a row.

    Of a file there are its name, the SHA-256 of its bytes in hexadecimal and its size in bytes; the last two once they
    are known, which of a file that is sent while it is read is at its end.
    """

    at = models.DateTimeField(db_default=Now())
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    kind = models.CharField(max_length=30)
    path = models.CharField(max_length=500, blank=True)
    detail = models.TextField(blank=True)
    address = models.GenericIPAddressField(null=True)
    file_name = models.CharField(max_length=255, blank=True, db_default="")
    sha256 = models.CharField(max_length=64, blank=True, db_default="")
    size = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["actor_name", "id"], name="access_by_name"),
            models.Index(fields=["kind", "id"], name="access_by_kind"),
            models.Index(fields=["sha256", "id"], name="access_by_file", condition=~Q(sha256="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.path} by {self.actor_name}"


class Stranger(models.Model):
    """How often strangers tried a kind of thing from one address in one minute, until that is a line of the log.

    `names` counts those that have no line of their own, by the user whom they were aimed at (audit.strangers).
    """

    minute = models.DateTimeField()
    kind = models.CharField(max_length=30)
    address = models.GenericIPAddressField()
    tries = models.PositiveBigIntegerField()
    names = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["minute", "kind", "address"], name="stranger_counted_once")]

    def __str__(self) -> str:
        return f"{self.tries} {self.kind} from {self.address}"


class Seal(models.Model):
    """One block of the seal: rows of one table by key, with the SHA-256 of each, chained to the block before.

    What each number is for, and what the hash is over, is told in audit.sealing.
    """

    number = models.BigIntegerField(primary_key=True)
    table_name = models.CharField(max_length=63)
    scheme = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    ids = ArrayField(models.BigIntegerField())
    digests = models.BinaryField()
    settled = models.BigIntegerField()
    reach = models.BigIntegerField()
    reach_transaction = models.BigIntegerField()
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    key_id = models.CharField(max_length=8)
    mac = models.BinaryField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["table_name", "number"], name="seal_by_table")]

    def __str__(self) -> str:
        return f"block {self.number}, {self.rows} rows of {self.table_name}"


class Whole(models.TextChoices):
    """What is verified as a whole."""

    TRAIL = "trail", "Trail and log of access"
    SIGNATURES = "signatures", "Signatures"
    FIGURES = "figures", "Outcomes and estimates"


class WholeVerified(models.Model):
    """One verification of a whole by the worker: who asked for it, how far it came, and what it found.

    `faults` are sentences, the first of them where there are many; `fault_count` counts all. One that was `begun_at`
    and never ended is taken up again by the clock.
    """

    of = models.CharField(max_length=20, choices=Whole)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.CharField(max_length=150)
    begun_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    entries = models.PositiveBigIntegerField(default=0)
    says = models.CharField(max_length=500, blank=True)
    faults = models.JSONField(default=list)
    fault_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        verbose_name = "verification of the whole"
        verbose_name_plural = "verifications of the whole"
        constraints = [
            models.UniqueConstraint(fields=["of"], condition=Q(ended_at__isnull=True), name="verified_one_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.get_of_display()}: {self.says or 'under way'}"
