"""What else a subject has or had before the trial."""

from django.db import models

from assessments import codelists, items
from assessments.models.case_form import CaseForm, Record


class MedicalHistory(Record):
    any_condition = items.choice(
        "Any condition to report", codelists.YesNo, cdash="MHYN", sdtm="MH.MHOCCUR", may_lack=False
    )
    history_date = items.date("Date of history", cdash="MHDAT", sdtm="MH.MHDTC", may_lack=False)

    class Meta:
        verbose_name = "medical history"
        verbose_name_plural = "medical histories"


class MedicalHistoryRow(models.Model):
    """One condition, past or ongoing."""

    case_form = models.ForeignKey(CaseForm, models.PROTECT, related_name="medical_conditions")
    row = models.PositiveSmallIntegerField()
    term = items.text("Condition or operation", 200, cdash="MHTERM", sdtm="MH.MHTERM", identifying=True)
    body_system = items.choice("Body system", codelists.BodySystem, cdash="MHBODSYS", sdtm="MH.MHBODSYS")
    start_date = items.partial_date("Start", cdash="MHSTDAT", sdtm="MH.MHSTDTC", required=False)
    ongoing = items.choice("Ongoing", codelists.YesNoUnknown, cdash="MHONGO", sdtm="MH.MHENRTPT")
    end_date = items.partial_date(
        "End", cdash="MHENDAT", sdtm="MH.MHENDTC", required=False, only_if=("ongoing", ("N",))
    )
    grade = items.choice(
        "Current grade",
        codelists.Grade,
        cdash="MHTOXGR",
        sdtm="SUPPMH.MHTOXGR",
        only_if=("ongoing", ("Y",)),
        required=False,
    )
    struck_out = models.BooleanField(default=False)

    class Meta:
        ordering = ["row"]
        constraints = [models.UniqueConstraint(fields=["case_form", "row"], name="condition_row_once")]

    def __str__(self) -> str:
        return f"condition {self.row}"
