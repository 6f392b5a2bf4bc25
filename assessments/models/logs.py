"""What happens beside the visits, each on a form of its own: medication, deviations, a new therapy, a re-consent."""

from assessments import codelists, items
from assessments.models.case_form import Record
from assessments.plan import items as planned


class ConcomitantMedication(Record):
    medication = items.text("Medication", 200, cdash="CMTRT", sdtm="CM.CMTRT", identifying=True, may_lack=False)
    kind = items.choice("Kind", codelists.MedicationKind, cdash="CMCAT", sdtm="CM.CMCAT", may_lack=False)
    indication = items.text("Indication", 200, cdash="CMINDC", sdtm="CM.CMINDC", identifying=True)
    dose = items.number("Single dose", "0", "99999", 3, cdash="CMDSTXT", sdtm="CM.CMDOSE", required=False)
    dose_unit = items.choice("Unit", codelists.DoseUnit, cdash="CMDOSU", sdtm="CM.CMDOSU", required=False)
    frequency = items.choice(
        "Frequency", codelists.MedicationFrequency, cdash="CMDOSFRQ", sdtm="CM.CMDOSFRQ", required=False
    )
    route = items.choice("Route", codelists.Route, cdash="CMROUTE", sdtm="CM.CMROUTE", required=False)
    before_trial = items.choice("Begun before the first dose", codelists.YesNo, cdash="CMPRIOR", sdtm="CM.CMSTRTPT")
    start_date = items.partial_date("Start", cdash="CMSTDAT", sdtm="CM.CMSTDTC", only_if=("before_trial", ("N",)))
    ongoing = items.choice("Ongoing", codelists.YesNo, cdash="CMONGO", sdtm="CM.CMENRTPT")
    end_date = items.partial_date("End", cdash="CMENDAT", sdtm="CM.CMENDTC", only_if=("ongoing", ("N",)))

    class Meta:
        verbose_name = "concomitant medication"


class ProtocolDeviation(Record):
    deviation_date = items.date("Date", cdash="DVSTDAT", sdtm="DV.DVSTDTC", critical=True)
    kind = items.choice("Kind", codelists.DeviationKind, cdash="DVDECOD", sdtm="DV.DVDECOD", critical=True)
    importance = items.choice("Importance", codelists.Importance, cdash="DVCAT", sdtm="DV.DVCAT", critical=True)
    description = items.text("Description", 500, cdash="DVTERM", sdtm="DV.DVTERM", critical=True, identifying=True)
    action = items.text("Action taken", 300, cdash="DVACN", sdtm="SUPPDV.DVACN", required=False, identifying=True)

    class Meta:
        verbose_name = "protocol deviation"


class Reconsent(Record):
    """A consent that was given anew, to an amendment of the protocol."""

    consent_given = items.choice(
        "Consent given", codelists.YesNo, cdash="DSDECOD", sdtm="DS.DSDECOD", critical=True, may_lack=False
    )
    consent_date = items.date("Date", cdash="DSSTDAT", sdtm="DS.DSSTDTC", critical=True)
    protocol_version = items.text(
        "Version of the protocol", 20, cdash="DSPROTVR", sdtm="SUPPDS.DSPROTVR", critical=True, may_lack=False
    )
    consent_version = items.text(
        "Version of the consent form", 40, cdash="DSCONSVR", sdtm="SUPPDS.DSCONSVR", required=False
    )

    class Meta:
        verbose_name = "re-consent"


class NewAnticancerTherapy(Record):
    """A therapy of the cancer that began after the trial's own treatment."""

    as_planned = staticmethod(planned.therapies)
    kind = items.choice("Kind", codelists.TherapyKind, length=60, cdash="CMSCAT", sdtm="CM.CMSCAT", critical=True)
    name = items.text("Drugs or procedure", 200, cdash="CMTRT", sdtm="CM.CMTRT", identifying=True)
    start_date = items.partial_date("Start", cdash="CMSTDAT", sdtm="CM.CMSTDTC", critical=True)
    ongoing = items.choice("Ongoing", codelists.YesNoUnknown, cdash="CMONGO", sdtm="CM.CMENRTPT")
    end_date = items.partial_date("End", cdash="CMENDAT", sdtm="CM.CMENDTC", only_if=("ongoing", ("N",)))
    reason = items.choice(
        "Reason for starting", codelists.TherapyReason, cdash="CMINDC", sdtm="CM.CMINDC", required=False
    )

    class Meta:
        verbose_name = "new anticancer therapy"
        verbose_name_plural = "new anticancer therapies"
