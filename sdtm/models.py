"""What subjects were imported from, so that a later run can say what has changed in the files since."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cohorts.models import Subject
from values.counts import counted


class Source(models.Model):
    """The rows of one domain that a subject was imported from: a digest of each, none of their values."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    domain = models.CharField(max_length=2)
    # Whose assessments of tumours they are; rows of other readers were left out.
    reader = models.CharField(max_length=80)
    digests = ArrayField(models.CharField(max_length=16))
    imported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "domain"], name="source_once_a_domain")]

    def __str__(self) -> str:
        return f"{counted(len(self.digests), 'row')} of {self.domain} for subject {self.subject_id}"
