"""Which group a subject was randomised to, and by which list.

What a list gives next is in no model: it stands in edc.place, a table of the owner's that no role of the application
may read (docs/decisions/0043).
"""

from django.db import models
from django.db.models.functions import Now

from cohorts.models import Cohort, Subject
from randomisation.wording import in_words


class AllocationList(models.Model):
    """A list that was imported: which file, and how many numbers it has. The list itself is concealed.

    `sha256` is the digest of the file's bytes. Of a short list it tells the list, as all that it may be can be tried:
    the database shows these rows to whoever imports lists and to auditors, and the trail leaves the digest out.
    """

    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64, unique=True)
    numbers = models.PositiveIntegerField()
    imported_at = models.DateTimeField(db_default=Now(), editable=False)
    imported_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name}, imported {self.imported_at:%Y-%m-%d}"


class Allocation(models.Model):
    """The number of a list that was given to a subject, and the group that it stands for. The database alone writes it,
    with edc.give_next; it is never changed, so that a number is given once, whatever becomes of the subject.

    `place` is the number's line, `stratum` what the subject was when the number was given.
    """

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="allocation")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="+")
    place = models.BigIntegerField(unique=True)
    number = models.CharField(max_length=20)
    stratum = models.CharField(max_length=300, blank=True)
    given_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"{self.subject}: number {self.number}, {self.cohort}"

    @property
    def words(self) -> str:
        """The stratum as people read it."""
        return in_words(self.stratum)
