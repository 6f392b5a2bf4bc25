"""What a site is told each morning."""

from django.db import models

from accounts.models import Site
from values.dates import shown_date


class Digest(models.Model):
    """What waited at a site on a day, in numbers. One a site and day, however often the night's work is done."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="digests")
    day = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)
    emailed_at = models.DateTimeField(null=True, blank=True)
    due = models.PositiveIntegerField("due this week")
    overdue = models.PositiveIntegerField("overdue")
    missing = models.PositiveIntegerField("missing forms")
    drafts = models.PositiveIntegerField("drafts")
    silent = models.PositiveIntegerField("without contact")
    queries = models.PositiveIntegerField("open queries")

    class Meta:
        ordering = ["-day", "site__code"]
        constraints = [models.UniqueConstraint(fields=["site", "day"], name="digest_once_a_site_and_day")]

    def __str__(self) -> str:
        return f"{self.site.code} on {shown_date(self.day)}"

    @property
    def has_work(self) -> bool:
        return any((self.due, self.overdue, self.missing, self.drafts, self.silent, self.queries))
