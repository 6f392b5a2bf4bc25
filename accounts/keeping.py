"""What is kept of a user's way in: training, the statement that was accepted, where one is signed in."""

from typing import Any

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Now

from values.dates import shown_date
from values.times import shown_moment


class Training(models.Model):
    """A course that a user took before working here, or later."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="trainings")
    course = models.CharField(max_length=200)
    held_on = models.DateField("held on")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    recorded_by = models.CharField(max_length=80, editable=False)

    class Meta:
        ordering = ("held_on", "id")

    def __str__(self) -> str:
        return f"{self.course}, {shown_date(self.held_on)}"


class Acceptance(models.Model):
    """The statement as it read when a user accepted it: entries under the user name are that person's own."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="acceptances")
    version = models.CharField(max_length=64)
    text = models.TextField()
    printed_name = models.CharField(max_length=300)
    accepted_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("accepted_at",)
        verbose_name = "acceptance of the statement"

    def __str__(self) -> str:
        return f"{self.printed_name}, {shown_date(self.accepted_at)}"


class Session(AbstractBaseSession):
    """Django's, whose key is kept as its SHA-256. `proof` shows the database that the site itself said whose it is."""

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", null=True)
    proof = models.CharField(max_length=64, blank=True)

    @classmethod
    def get_session_store_class(cls) -> Any:
        from accounts.sessions import SessionStore

        return SessionStore


class SignIn(models.Model):
    """Where a user is signed in. The key is the session's, as it is kept; when that ends the row tells nothing more."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="sign_ins")
    session_key = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(db_default=Now(), editable=False)
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{shown_moment(self.at)} from {self.address}"
