"""Reviews of the trail: what is to be looked through by whom until when, what was found, who signed it off."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Site, User
from review.models import Query


class TrailReview(models.Model):
    """A planned look through the part of the trail that `filter` finds: the query of the trail's address.

    `of_site` is the site that the filter is limited to; None is all of them, for reviewers who see all. It is no
    `site`, by which the trail would show a site what is written about it here.
    """

    title = models.CharField(max_length=200)
    of_site = models.ForeignKey(Site, models.PROTECT, related_name="+", null=True, blank=True)
    filter = models.TextField(blank=True)
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="trail_reviews")
    due_on = models.DateField("due on")
    planned_at = models.DateTimeField(auto_now_add=True)
    planned_by = models.CharField(max_length=150)
    conclusion = models.TextField(blank=True)
    seen_to = models.BigIntegerField("signed off up to entry", null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.CharField(max_length=150, blank=True)
    signed_name = models.CharField("printed name", max_length=300, blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("due_on", "id")
        verbose_name = "review of the trail"
        verbose_name_plural = "reviews of the trail"
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by="", signed_name="", conclusion="", digest="", seen_to=None)
                | (Q(signed_at__isnull=False, seen_to__isnull=False) & ~Q(signed_by="") & ~Q(conclusion="")),
                name="trail_review_signed_as_a_whole",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("trail_review", args=[self.pk])

    @property
    def state(self) -> str:
        """signed, overdue or planned."""
        if self.signed_at:
            return "signed"
        today: date = timezone.localdate()
        return "overdue" if self.due_on < today else "planned"


class Finding(models.Model):
    """Something that a review came upon, at one entry of the trail; `query` is the question that it led to."""

    review = models.ForeignKey(TrailReview, models.PROTECT, related_name="findings")
    event = models.BigIntegerField("entry of the trail")
    text = models.TextField("what was found")
    noted_at = models.DateTimeField(auto_now_add=True)
    noted_by = models.CharField(max_length=150)
    query = models.OneToOneField(Query, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ("id",)
        verbose_name = "finding in the trail"
        verbose_name_plural = "findings in the trail"
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="finding_says_something")]

    def __str__(self) -> str:
        return f"entry {self.event}: {self.text}"
