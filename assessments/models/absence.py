"""Why an item that is needed has no value."""

from django.db import models

from assessments.codelists import AbsenceReason
from assessments.models.case_form import CaseForm


class ItemAbsence(models.Model):
    """Why a needed item of a form's record has no value. In SDTM: the completion status and its reason."""

    case_form = models.ForeignKey(CaseForm, models.PROTECT, related_name="absences")
    item = models.CharField(max_length=60)
    reason = models.CharField("Why there is none", max_length=40, choices=AbsenceReason)

    class Meta:
        verbose_name = "item without a value"
        verbose_name_plural = "items without a value"
        constraints = [models.UniqueConstraint(fields=["case_form", "item"], name="absence_once_an_item")]

    def __str__(self) -> str:
        return f"{self.item}: {self.get_reason_display()}"
