"""How treatment and survival went on."""

from assessments import codelists, items
from assessments.models.case_form import Record
from assessments.plan import items as planned
from assessments.plan.drugs import MOST_OTHERS


class EndOfTreatment(Record):
    as_planned = staticmethod(planned.of_the_drugs)
    end_date = items.date("End of treatment", cdash="DSSTDAT", sdtm="DS.DSSTDTC", critical=True)
    reason = items.choice("Main reason", codelists.EndReason, cdash="DSDECOD", sdtm="DS.DSDECOD", critical=True)
    last_everolimus_date = items.date("Last dose of everolimus", cdash="ECENDAT_EVE", sdtm="EC.ECENDTC", required=False)
    last_paclitaxel_date = items.date("Last dose of paclitaxel", cdash="ECENDAT_PAC", sdtm="EC.ECENDTC", required=False)
    last_trastuzumab_date = items.date(
        "Last dose of trastuzumab", cdash="ECENDAT_TRA", sdtm="EC.ECENDTC", required=False
    )
    last_drug_1_date, last_drug_2_date, last_drug_3_date, last_drug_4_date, last_drug_5_date, last_drug_6_date = (
        items.date(f"Last dose of drug {number}", cdash=f"ECENDAT_{number}", sdtm="EC.ECENDTC", required=False)
        for number in range(1, MOST_OTHERS + 1)
    )
    follow_up_agreed = items.choice(
        "Survival follow-up agreed",
        codelists.YesNo,
        cdash="DSFUAGR",
        sdtm="SUPPDS.DSFUAGR",
        only_if=("reason", ("WITHDRAWAL OF CONSENT", "WITHDRAWAL BY SUBJECT")),
        required=False,
    )
    clinical_progression_date = items.partial_date(
        "Progression by symptoms only, on", cdash="SYMPTDTR_RSDAT", sdtm="RS.RSDTC", required=False
    )
    explanation = items.text("Explanation", 300, cdash="DSTERM", sdtm="DS.DSTERM", required=False, identifying=True)

    class Meta:
        verbose_name = "end of treatment"
        verbose_name_plural = "ends of treatment"


class FollowUp(Record):
    contact_date = items.partial_date("Date of contact", cdash="SSDAT", sdtm="SS.SSDTC", critical=True)
    contact_mode = items.choice(
        "Type of contact", codelists.ContactMode, cdash="SVCNTMOD", sdtm="SV.SVCNTMOD", required=False
    )
    vital_status = items.choice(
        "Status", codelists.VitalStatus, cdash="SURVSTAT_SSORRES", sdtm="SS.SSORRES", critical=True
    )
    new_therapy_given = items.choice("New anticancer therapy", codelists.YesNoUnknown, cdash="CMYN", sdtm="CM.CMOCCUR")
    new_therapy_name = items.text(
        "New therapy",
        100,
        cdash="CMTRT",
        sdtm="CM.CMTRT",
        only_if=("new_therapy_given", ("Y",)),
        identifying=True,
    )
    new_therapy_date = items.partial_date(
        "Started on", cdash="CMSTDAT", sdtm="CM.CMSTDTC", only_if=("new_therapy_given", ("Y",)), may_lack=False
    )

    class Meta:
        verbose_name = "survival follow-up"
        verbose_name_plural = "survival follow-ups"


class Death(Record):
    death_date = items.partial_date("Date of death", cdash="DTHDAT", sdtm="DM.DTHDTC", critical=True)
    cause = items.choice("Cause", codelists.CauseOfDeath, cdash="PRCDTH_DDORRES", sdtm="DD.DDORRES", critical=True)
    cause_detail = items.text(
        "Which",
        200,
        cdash="DDTERM",
        sdtm="SUPPDD.DDTERM",
        only_if=("cause", ("OTHER", "STUDY TREATMENT")),
        identifying=True,
    )

    autopsy = items.choice("Autopsy", codelists.YesNoUnknown, cdash="AUTOPIND", sdtm="DD.DDORRES", required=False)

    class Meta:
        verbose_name = "death"
