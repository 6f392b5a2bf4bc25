"""Tablets of the drugs by mouth handed out and brought back."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from assessments import codelists, items
from assessments.models.case_form import CaseForm, Record
from assessments.plan import items as planned
from values.dates import shown_date


class DrugDispensing(Record):
    """The header of the hand-outs. Compliance is computed from them and the forms of doses when it is read."""

    any_dispensed = items.choice("Tablets dispensed", codelists.YesNo, cdash="DAYN", sdtm="DA.DAPERF", critical=True)

    class Meta:
        verbose_name = "drug dispensing"
        verbose_name_plural = "drug dispensings"


class DrugDispensingRow(models.Model):
    """Tablets of one strength, from the day they were handed out to the day on which the rest came back."""

    as_planned = staticmethod(planned.tablets)
    case_form = models.ForeignKey(CaseForm, models.PROTECT, related_name="dispensings")
    row = models.PositiveSmallIntegerField()
    treatment = items.text("Drug", 40, cdash="DATRT", sdtm="DA.DATRT", critical=True)
    dispensed_on = items.date("Dispensed on", cdash="DISPAMT_DADAT", sdtm="DA.DADTC", critical=True)
    strength_mg = items.choice(
        "Strength", codelists.Strength, length=8, unit="mg", cdash="DASTRNG", sdtm="SUPPDA.DASTRNG"
    )
    tablets_dispensed = items.whole(
        "Dispensed", 1, 999, unit="tablets", cdash="DISPAMT_DAORRES", sdtm="DA.DAORRES", critical=True
    )
    lot_number = items.text("Lot", 40, cdash="DALOT", sdtm="SUPPDA.DALOT", required=False)
    returned_on = items.date("Returned on", cdash="RETAMT_DADAT", sdtm="DA.DADTC", required=False)
    tablets_returned = items.whole(
        "Returned", 0, 999, unit="tablets", cdash="RETAMT_DAORRES", sdtm="DA.DAORRES", required=False
    )
    tablets_lost = items.whole(
        "Lost", 0, 999, unit="tablets", cdash="LOSTAMT_DAORRES", sdtm="DA.DAORRES", required=False
    )
    struck_out = models.BooleanField(default=False)

    class Meta:
        ordering = ["row"]
        constraints = [
            models.UniqueConstraint(fields=["case_form", "row"], name="dispensing_row_once"),
            models.CheckConstraint(
                condition=Q(returned_on__isnull=True) | Q(dispensed_on__lte=F("returned_on")),
                name="dispensed_before_returned",
            ),
            models.CheckConstraint(
                condition=Q(tablets_dispensed__isnull=True)
                | Q(tablets_dispensed__gte=Coalesce(F("tablets_returned"), 0) + Coalesce(F("tablets_lost"), 0)),
                name="no_more_back_than_dispensed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tablets_dispensed} tablets of {self.strength_mg} mg on {shown_date(self.dispensed_on)}"
