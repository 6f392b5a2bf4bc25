"""What was given: everolimus by interval, trastuzumab and paclitaxel by infusion visit, any other drug by interval."""

from django.db import models
from django.db.models import F, Q

from assessments import codelists, items
from assessments.models.case_form import CaseForm, Record
from assessments.plan import items as planned
from values.dates import shown_date
from values.numbers import written


class EverolimusRecord(Record):
    """The header of the dosing intervals of everolimus. Its tablets are counted where they are handed out."""

    any_taken = items.choice("Everolimus taken", codelists.YesNo, cdash="ECYN", sdtm="EC.ECOCCUR", critical=True)
    not_taken_reason = items.choice(
        "Why not",
        codelists.DoseReason,
        cdash="ECREASOC",
        sdtm="SUPPEC.ECREASOC",
        only_if=("any_taken", ("N",)),
        may_lack=False,
    )

    class Meta:
        verbose_name = "everolimus"


class EverolimusInterval(models.Model):
    """A time of one constant dose. Dose 0 is an interruption and has a reason."""

    case_form = models.ForeignKey(CaseForm, models.PROTECT, related_name="everolimus_intervals")
    row = models.PositiveSmallIntegerField()
    start_date = items.date("From", cdash="ECSTDAT", sdtm="EC.ECSTDTC", critical=True)
    end_date = items.date("To", cdash="ECENDAT", sdtm="EC.ECENDTC", required=False, critical=True)
    dose_mg = items.number("Dose", "0", "100", 2, unit="mg", cdash="ECDSTXT", sdtm="EC.ECDOSE", critical=True)
    frequency = items.choice("Frequency", codelists.Frequency, cdash="ECDOSFRQ", sdtm="EC.ECDOSFRQ")
    missed_days = items.whole(
        "Days missed", 0, 366, unit="days", cdash="ECMISSDY", sdtm="SUPPEC.ECMISSDY", required=False
    )
    change = items.choice("Change", codelists.DoseChange, cdash="ECDOSADJ", sdtm="SUPPEC.ECDOSADJ", required=False)
    reason = items.choice("Reason", codelists.DoseReason, cdash="ECADJ", sdtm="EC.ECADJ", required=False)
    struck_out = models.BooleanField(default=False)

    class Meta:
        ordering = ["row"]
        constraints = [
            models.UniqueConstraint(fields=["case_form", "row"], name="everolimus_row_once"),
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(start_date__lte=F("end_date")), name="everolimus_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return (
            f"everolimus {'–' if self.dose_mg is None else written(self.dose_mg)} mg from {shown_date(self.start_date)}"
        )


class ExposureRecord(Record):
    """Whatever the protocol's study drugs are, where they have no form of their own: the header of their intervals."""

    any_given = items.choice("Any study drug given", codelists.YesNo, cdash="EXYN", sdtm="EX.EXOCCUR", critical=True)

    class Meta:
        verbose_name = "study drug"


class ExposureInterval(models.Model):
    """A time of one constant dose of one study drug. Given and dose 0 is a placebo; not given is an interruption."""

    as_planned = staticmethod(planned.doses)
    case_form = models.ForeignKey(CaseForm, models.PROTECT, related_name="exposure_intervals")
    row = models.PositiveSmallIntegerField()
    treatment = items.text("Drug", 100, cdash="EXTRT", sdtm="EX.EXTRT", critical=True)
    given = items.choice("Given", codelists.YesNo, cdash="EXOCCUR", sdtm="EX.EXOCCUR", critical=True)
    start_date = items.date("From", cdash="EXSTDAT", sdtm="EX.EXSTDTC", critical=True)
    end_date = items.date("To", cdash="EXENDAT", sdtm="EX.EXENDTC", required=False, critical=True)
    dose = items.number("Dose", "0", "99999", 3, cdash="EXDSTXT", sdtm="EX.EXDOSE", required=False, critical=True)
    dose_unit = items.text("Unit", 40, cdash="EXDOSU", sdtm="EX.EXDOSU", required=False)
    dose_form = items.text("Form", 40, cdash="EXDOSFRM", sdtm="EX.EXDOSFRM", required=False)
    frequency = items.text("Frequency", 40, cdash="EXDOSFRQ", sdtm="EX.EXDOSFRQ", required=False)
    route = items.text("Route", 40, cdash="EXROUTE", sdtm="EX.EXROUTE", required=False)
    missed_days = items.whole(
        "Days missed", 0, 366, unit="days", cdash="EXMISSDY", sdtm="SUPPEX.EXMISSDY", required=False
    )
    change = items.choice("Change", codelists.DoseChange, cdash="EXDOSADJ", sdtm="SUPPEX.EXDOSADJ", required=False)
    reason = items.choice("Reason", codelists.DoseReason, cdash="EXADJ", sdtm="EX.EXADJ", required=False)
    weight_kg = items.number(
        "Weight", "20", "300", 1, unit="kg", cdash="WEIGHT_VSORRES", sdtm="VS.VSORRES", required=False
    )
    height_cm = items.number(
        "Height", "100", "230", 1, unit="cm", cdash="HEIGHT_VSORRES", sdtm="VS.VSORRES", required=False
    )
    creatinine_umol_l = items.number(
        "Creatinine", "10", "2000", 1, unit="µmol/L", cdash="CREAT_LBORRES", sdtm="LB.LBORRES", required=False
    )
    gfr_ml_min = items.number(
        "GFR, where measured", "5", "300", 1, unit="mL/min", cdash="GFR_LBORRES", sdtm="LB.LBORRES", required=False
    )
    planned_mg = items.number(
        "Planned dose",
        "0",
        "99999",
        1,
        unit="mg",
        cdash="EXPDOSE",
        sdtm="SUPPEX.EXPDOSE",
        required=False,
        computed=True,
    )
    struck_out = models.BooleanField(default=False)

    class Meta:
        ordering = ["row"]
        constraints = [
            models.UniqueConstraint(fields=["case_form", "row"], name="exposure_row_once"),
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(start_date__lte=F("end_date")), name="exposure_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.treatment} {self.dose} {self.dose_unit} from {shown_date(self.start_date)}"


class InfusionVisit(Record):
    """Paclitaxel and trastuzumab of one day. Planned doses are computed from weight and body surface at each save."""

    infusion_date = items.date("Date", cdash="ECSTDAT", sdtm="EC.ECSTDTC", critical=True)
    weight_kg = items.number(
        "Weight", "20", "300", 1, unit="kg", cdash="WEIGHT_VSORRES", sdtm="VS.VSORRES", expected=(35, 150)
    )
    height_cm = items.number(
        "Height", "100", "230", 1, unit="cm", cdash="HEIGHT_VSORRES", sdtm="VS.VSORRES", expected=(140, 200)
    )
    body_surface_m2 = models.DecimalField("Body surface", max_digits=4, decimal_places=2, null=True, blank=True)

    paclitaxel_given = items.choice(
        "Paclitaxel given", codelists.YesNo, cdash="ECOCCUR_PAC", sdtm="EC.ECOCCUR", critical=True
    )
    paclitaxel_level_mg_m2 = items.number(
        "Paclitaxel dose level",
        "0",
        "200",
        1,
        unit="mg/m²",
        cdash="ECDOSLVL_PAC",
        sdtm="SUPPEC.ECDOSLVL",
        only_if=("paclitaxel_given", ("Y",)),
        may_lack=False,
    )
    paclitaxel_planned_mg = models.DecimalField(
        "Paclitaxel planned", max_digits=6, decimal_places=1, null=True, blank=True
    )
    paclitaxel_dose_mg = items.number(
        "Paclitaxel dose given",
        "0",
        "999",
        1,
        unit="mg",
        cdash="ECDSTXT_PAC",
        sdtm="EC.ECDOSE",
        critical=True,
        only_if=("paclitaxel_given", ("Y",)),
    )
    paclitaxel_change = items.choice(
        "Paclitaxel change", codelists.DoseChange, cdash="ECDOSADJ_PAC", sdtm="SUPPEC.ECDOSADJ", required=False
    )
    paclitaxel_reason = items.choice(
        "Reason for the paclitaxel change",
        codelists.DoseReason,
        cdash="ECADJ_PAC",
        sdtm="EC.ECADJ",
        only_if=(
            "paclitaxel_change",
            ("DOSE DELAYED", "DOSE REDUCED", "DRUG INTERRUPTED", "DOSE OMITTED", "DRUG WITHDRAWN"),
        ),
    )
    paclitaxel_reason_detail = items.text(
        "Which reason for the paclitaxel change",
        200,
        cdash="ECADJO_PAC",
        sdtm="SUPPEC.ECADJO",
        only_if=("paclitaxel_reason", ("OTHER",)),
        required=False,
        identifying=True,
    )
    paclitaxel_delay_days = items.whole(
        "Paclitaxel delayed by",
        1,
        90,
        unit="days",
        cdash="ECDELAY_PAC",
        sdtm="SUPPEC.ECDELAY",
        only_if=("paclitaxel_change", ("DOSE DELAYED",)),
        required=False,
    )

    trastuzumab_given = items.choice(
        "Trastuzumab given", codelists.YesNo, cdash="ECOCCUR_TRA", sdtm="EC.ECOCCUR", critical=True
    )
    trastuzumab_loading = items.choice(
        "Loading dose",
        codelists.YesNo,
        cdash="ECLOAD_TRA",
        sdtm="SUPPEC.ECLOAD",
        only_if=("trastuzumab_given", ("Y",)),
        may_lack=False,
    )
    trastuzumab_planned_mg = models.DecimalField(
        "Trastuzumab planned", max_digits=6, decimal_places=1, null=True, blank=True
    )
    trastuzumab_dose_mg = items.number(
        "Trastuzumab dose given",
        "0",
        "1999",
        1,
        unit="mg",
        cdash="ECDSTXT_TRA",
        sdtm="EC.ECDOSE",
        critical=True,
        only_if=("trastuzumab_given", ("Y",)),
    )
    trastuzumab_change = items.choice(
        "Trastuzumab change", codelists.DoseChange, cdash="ECDOSADJ_TRA", sdtm="SUPPEC.ECDOSADJ", required=False
    )
    trastuzumab_reason = items.choice(
        "Reason for the trastuzumab change",
        codelists.DoseReason,
        cdash="ECADJ_TRA",
        sdtm="EC.ECADJ",
        only_if=(
            "trastuzumab_change",
            ("DOSE DELAYED", "DOSE REDUCED", "DRUG INTERRUPTED", "DOSE OMITTED", "DRUG WITHDRAWN"),
        ),
    )
    trastuzumab_reason_detail = items.text(
        "Which reason for the trastuzumab change",
        200,
        cdash="ECADJO_TRA",
        sdtm="SUPPEC.ECADJO",
        only_if=("trastuzumab_reason", ("OTHER",)),
        required=False,
        identifying=True,
    )
    trastuzumab_delay_days = items.whole(
        "Trastuzumab delayed by",
        1,
        90,
        unit="days",
        cdash="ECDELAY_TRA",
        sdtm="SUPPEC.ECDELAY",
        only_if=("trastuzumab_change", ("DOSE DELAYED",)),
        required=False,
    )

    class Meta:
        verbose_name = "infusions"
        verbose_name_plural = "infusions"
