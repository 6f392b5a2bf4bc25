"""Haematology and chemistry: one sample a form, one typed row an analyte."""

from django.db import models
from django.db.models import Q

from assessments import codelists, items
from assessments.models.case_form import CaseForm, Record
from laboratory.analytes import ANALYTES

NUMBER_OF = {code: number for number, code in enumerate(ANALYTES, start=1)}


class LaboratorySample(Record):
    """When and by which laboratory. Everything else is in the results."""

    sample_date = items.date("Date of sample", cdash="LBDAT", sdtm="LB.LBDTC", critical=True)
    sample_time = items.clock_time("Time of sample, local", cdash="LBTIM", sdtm="LB.LBDTC", required=False)
    sample_at = items.instant_of("Sample taken")
    laboratory = items.text("Laboratory", 80, cdash="LBNAM", sdtm="LB.LBNAM", required=False, identifying=True)

    class Meta:
        abstract = True


class Haematology(LaboratorySample):
    class Meta:
        verbose_name = "haematology"
        verbose_name_plural = "haematology"


class Chemistry(LaboratorySample):
    fasting = items.choice("Fasting", codelists.YesNoUnknown, cdash="LBFAST", sdtm="LB.LBFAST")

    class Meta:
        verbose_name = "chemistry"
        verbose_name_plural = "chemistry"


class LaboratoryResult(models.Model):
    """One analyte of a sample: value and unit as they were reported, and what followed from them at the last save.

    `row` is the analyte's own number, so that it stays the same in every form. `standard_value` is in the analyte's SI
    unit; the limits are those that held on the day of the sample, in the unit of the report. `grade` is None where the
    criteria could not be applied; of a result that is a limit itself, `grade_bound` says what else the grade may be.
    """

    case_form = models.ForeignKey(CaseForm, models.PROTECT, related_name="laboratory_results")
    row = models.PositiveSmallIntegerField()
    analyte = items.choice("Analyte", codelists.LaboratoryTest, cdash="LBTEST", sdtm="LB.LBTESTCD", critical=True)
    value = items.result(
        "Result", "9999999", 4, cdash="LBORRES", sdtm="LB.LBORRES", critical=True, only_if=("not_done", ("",))
    )
    unit = items.choice(
        "Unit",
        codelists.LaboratoryUnit,
        cdash="LBORRESU",
        sdtm="LB.LBORRESU",
        critical=True,
        only_if=("not_done", ("",)),
        part_of="value",
    )
    not_done = items.choice(
        "Reason not done",
        codelists.NoResult,
        cdash="LBREASND",
        sdtm="LB.LBREASND",
        required=False,
        part_of="value",
    )
    clinically_significant = items.choice(
        "Clinically significant",
        codelists.YesNo,
        cdash="LBCLSIG",
        sdtm="LB.LBCLSIG",
        required=False,
        part_of="value",
    )
    sampled_on = models.DateField("Date of sample", null=True, blank=True)
    standard_value = items.ResultField("In SI units", decimal_places=6)
    lower_limit = models.DecimalField("Lower limit of normal", max_digits=18, decimal_places=6, null=True, blank=True)
    upper_limit = models.DecimalField("Upper limit of normal", max_digits=18, decimal_places=6, null=True, blank=True)
    flag = models.CharField("Flag", max_length=6, choices=codelists.RangeFlag, blank=True, default="")
    grade = models.PositiveSmallIntegerField("CTCAE grade", null=True, blank=True)
    grade_bound = models.CharField(
        "How far the grade is known", max_length=8, choices=codelists.GradeBound, blank=True, default=""
    )
    toxicity = models.CharField("CTCAE term", max_length=40, blank=True, default="")
    struck_out = models.BooleanField(default=False)

    class Meta:
        ordering = ["row"]
        constraints = [
            models.UniqueConstraint(fields=["case_form", "row"], name="laboratory_row_once"),
            models.UniqueConstraint(fields=["case_form", "analyte"], name="analyte_once_a_sample"),
            models.CheckConstraint(
                condition=Q(not_done="") | Q(value__isnull=True), name="a_result_not_done_has_no_value"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__regex=items.RESULT), name="a_result_is_a_number_or_a_limit"
            ),
            models.CheckConstraint(condition=Q(grade__isnull=True) | Q(grade__lte=4), name="grade_of_a_result"),
        ]

    def __str__(self) -> str:
        return f"{self.analyte} {self.value} {self.unit}".strip()
