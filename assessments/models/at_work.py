"""Who has a form open, and which saves have arrived: kept for hours, no part of the record."""

from django.db import models

from accounts.models import User
from assessments.models.case_form import CaseForm
from cohorts.models import Subject


class OpenForm(models.Model):
    """That somebody had a form open at that moment. `key` names a form also before its first save."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    since = models.DateTimeField()
    seen = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "key", "user"], name="open_form_once_a_user")]

    def __str__(self) -> str:
        return f"{self.key} is open at {self.user_id}"


class SaveReceipt(models.Model):
    """That a save with this key is in the record: one whose answer was lost is sent again, and must not count twice."""

    key = models.UUIDField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    case_form = models.ForeignKey(CaseForm, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.key}: form {self.case_form_id}"
