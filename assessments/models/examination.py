"""What was measured or examined of the subject at a visit, beside the tumour and the laboratory."""

from django.db.models import F, Q
from django.db.models.constraints import CheckConstraint

from assessments import codelists, items
from assessments.models.case_form import Record


class VitalSigns(Record):
    vital_signs_date = items.date("Date", cdash="VSDAT", sdtm="VS.VSDTC", critical=True)
    weight_kg = items.number(
        "Weight", "20", "300", 1, unit="kg", cdash="WEIGHT_VSORRES", sdtm="VS.VSORRES", expected=(35, 150)
    )
    height_cm = items.number(
        "Height",
        "100",
        "230",
        1,
        unit="cm",
        cdash="HEIGHT_VSORRES",
        sdtm="VS.VSORRES",
        expected=(140, 200),
        required=False,
    )
    temperature_c = items.number(
        "Body temperature", "30", "45", 1, unit="°C", cdash="TEMP_VSORRES", sdtm="VS.VSORRES", expected=(35, 38)
    )
    position = items.choice("Position", codelists.Position, cdash="SYSBP_VSPOS", sdtm="VS.VSPOS", required=False)
    systolic_mmhg = items.whole(
        "Systolic blood pressure",
        40,
        300,
        unit="mmHg",
        cdash="SYSBP_VSORRES",
        sdtm="VS.VSORRES",
        expected=(90, 160),
    )
    diastolic_mmhg = items.whole(
        "Diastolic blood pressure",
        20,
        200,
        unit="mmHg",
        cdash="DIABP_VSORRES",
        sdtm="VS.VSORRES",
        expected=(50, 100),
    )
    pulse_per_min = items.whole(
        "Pulse", 20, 250, unit="beats/min", cdash="PULSE_VSORRES", sdtm="VS.VSORRES", expected=(45, 110)
    )
    who_status = items.choice(
        "WHO performance status",
        codelists.WhoStatus,
        cdash="ECOG101_RSORRES",
        sdtm="RS.RSORRES",
        critical=True,
        may_lack=True,
    )

    class Meta:
        verbose_name = "vital signs"
        verbose_name_plural = "vital signs"
        constraints = [
            CheckConstraint(
                condition=Q(systolic_mmhg__isnull=True)
                | Q(diastolic_mmhg__isnull=True)
                | Q(diastolic_mmhg__lt=F("systolic_mmhg")),
                name="diastolic_below_systolic",
            )
        ]


class Ecg(Record):
    ecg_date = items.date("Date", cdash="EGDAT", sdtm="EG.EGDTC", may_lack=False)
    heart_rate_per_min = items.whole(
        "Heart rate", 20, 250, unit="beats/min", cdash="EGHRMN_EGORRES", sdtm="EG.EGORRES", expected=(45, 110)
    )
    pr_ms = items.whole(
        "PR interval", 50, 500, unit="ms", cdash="PRAG_EGORRES", sdtm="EG.EGORRES", expected=(110, 220), required=False
    )
    qrs_ms = items.whole(
        "QRS duration", 30, 300, unit="ms", cdash="QRSAG_EGORRES", sdtm="EG.EGORRES", expected=(60, 120), required=False
    )
    qtcf_ms = items.whole(
        "QTc by Fridericia",
        200,
        700,
        unit="ms",
        cdash="QTCFAG_EGORRES",
        sdtm="EG.EGORRES",
        expected=(330, 470),
        required=False,
    )
    interpretation = items.choice("Reading", codelists.Reading, cdash="INTP_EGORRES", sdtm="EG.EGORRES", critical=True)
    significant = items.choice(
        "Clinically significant",
        codelists.YesNo,
        cdash="EGCLSIG",
        sdtm="SUPPEG.EGCLSIG",
        only_if=("interpretation", ("ABNORMAL",)),
    )
    findings = items.text(
        "Finding",
        300,
        cdash="EGDESC",
        sdtm="CO.COVAL",
        only_if=("interpretation", ("ABNORMAL",)),
        identifying=True,
    )

    class Meta:
        verbose_name = "ECG"
        verbose_name_plural = "ECGs"


class Lvef(Record):
    lvef_date = items.date("Date", cdash="CVDAT", sdtm="CV.CVDTC", critical=True)
    method = items.choice("Method", codelists.HeartMethod, cdash="CVMETHOD", sdtm="CV.CVMETHOD", may_lack=False)
    lvef_percent = items.number(
        "Left ventricular ejection fraction",
        "5",
        "90",
        1,
        unit="%",
        cdash="LVEF_CVORRES",
        sdtm="CV.CVORRES",
        expected=(50, 80),
        critical=True,
    )
    lower_limit_percent = items.number(
        "Lower limit of normal of the institution",
        "30",
        "70",
        1,
        unit="%",
        cdash="LVEF_CVORNRLO",
        sdtm="CV.CVORNRLO",
        expected=(45, 60),
        required=False,
    )

    class Meta:
        verbose_name = "LVEF"
        verbose_name_plural = "LVEFs"


class PregnancyTest(Record):
    childbearing = items.choice(
        "Of childbearing potential", codelists.YesNo, cdash="CHILDPOT_RPORRES", sdtm="RP.RPORRES", critical=True
    )
    why_not = items.choice(
        "Why not",
        codelists.NoChildbearing,
        cdash="RCHILDP_RPORRES",
        sdtm="RP.RPORRES",
        only_if=("childbearing", ("N",)),
    )
    test_date = items.date(
        "Date of the test", cdash="LBDAT", sdtm="LB.LBDTC", only_if=("childbearing", ("Y",)), may_lack=False
    )
    specimen = items.choice(
        "Specimen", codelists.Specimen, cdash="LBSPEC", sdtm="LB.LBSPEC", only_if=("childbearing", ("Y",))
    )
    result = items.choice(
        "Result",
        codelists.PositiveNegative,
        cdash="HCG_LBORRES",
        sdtm="LB.LBORRES",
        only_if=("childbearing", ("Y",)),
        critical=True,
    )

    class Meta:
        verbose_name = "pregnancy test"
