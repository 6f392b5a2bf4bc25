"""What harmed a subject: each adverse event on a form of its own, and the verdict on dose-limiting toxicity."""

from django.db import models

from assessments import codelists, items
from assessments.models.case_form import Record
from assessments.plan import items as planned
from assessments.plan.drugs import MOST_OTHERS

OTHERS = range(1, MOST_OTHERS + 1)
SERIOUS = ("serious", ("Y",))


def _relation(drug: str, cdash: str, sdtm: str) -> models.Field:
    return items.choice(f"Related to {drug}", codelists.YesNo, cdash=cdash, sdtm=sdtm, critical=True)


def _action(drug: str, cdash: str, sdtm: str) -> models.Field:
    return items.choice(f"Action taken with {drug}", codelists.ActionTaken, cdash=cdash, sdtm=sdtm)


def _serious(label: str, code: str) -> models.Field:
    return items.choice(label, codelists.YesNo, cdash=code, sdtm=f"AE.{code}", only_if=SERIOUS, critical=True)


class AdverseEvent(Record):
    """One event. A change of its grade is a change of this form: it carries the worst.

    Relation and action are asked of each drug of the regimen: see assessments.plan.drugs.
    """

    as_planned = staticmethod(planned.events)

    term = items.text("Adverse event", 200, cdash="AETERM", sdtm="AE.AETERM", critical=True, identifying=True)
    dictionary_term = items.text(
        "Dictionary term",
        200,
        cdash="AEDECOD",
        sdtm="AE.AEDECOD",
        required=False,
        # The sponsor reads no words of the site's own: without it a report of a serious event would not say of what.
        needed_if=SERIOUS,
        follows="term",
    )
    term_code = items.text("Code", 20, cdash="AEPTCD", sdtm="AE.AEPTCD", required=False, computed=True)
    dictionary = items.text(
        "Dictionary and version", 40, cdash="AEDICT", sdtm="SUPPAE.AEDICT", required=False, computed=True
    )
    grade = items.choice("CTCAE grade, the worst", codelists.Grade, cdash="AETOXGR", sdtm="AE.AETOXGR", critical=True)
    start_date = items.partial_date("Start", cdash="AESTDAT", sdtm="AE.AESTDTC", critical=True)
    ongoing = items.choice("Ongoing", codelists.YesNo, cdash="AEONGO", sdtm="AE.AEENRTPT")
    end_date = items.partial_date(
        "End", cdash="AEENDAT", sdtm="AE.AEENDTC", only_if=("ongoing", ("N",)), critical=True, may_lack=True
    )
    outcome = items.choice("Outcome", codelists.EventOutcome, cdash="AEOUT", sdtm="AE.AEOUT", critical=True)
    related_everolimus = _relation("everolimus", "AEREL", "AE.AEREL")
    related_trastuzumab = _relation("trastuzumab", "AERELTRA", "SUPPAE.AERELTRA")
    related_paclitaxel = _relation("paclitaxel", "AERELPAC", "SUPPAE.AERELPAC")
    related_drug_1, related_drug_2, related_drug_3, related_drug_4, related_drug_5, related_drug_6 = (
        _relation(f"drug {number}", f"AEREL{number}", f"SUPPAE.AEREL{number}") for number in OTHERS
    )
    action_everolimus = _action("everolimus", "AEACN", "AE.AEACN")
    action_trastuzumab = _action("trastuzumab", "AEACNTRA", "SUPPAE.AEACNTRA")
    action_paclitaxel = _action("paclitaxel", "AEACNPAC", "SUPPAE.AEACNPAC")
    action_drug_1, action_drug_2, action_drug_3, action_drug_4, action_drug_5, action_drug_6 = (
        _action(f"drug {number}", f"AEACN{number}", f"SUPPAE.AEACN{number}") for number in OTHERS
    )
    treatment_given = items.choice(
        "Treatment given for the event", codelists.YesNo, cdash="AECONTRT", sdtm="AE.AECONTRT"
    )
    dose_limiting = items.choice(
        "Dose-limiting toxicity", codelists.YesNoNotApplicable, cdash="AEDLT", sdtm="SUPPAE.AEDLT", critical=True
    )
    serious = items.choice("Serious", codelists.YesNo, cdash="AESER", sdtm="AE.AESER", critical=True)
    results_in_death = _serious("Results in death", "AESDTH")
    life_threatening = _serious("Is life-threatening", "AESLIFE")
    hospitalisation = _serious("Requires or prolongs hospitalisation", "AESHOSP")
    disability = _serious("Results in disability or incapacity", "AESDISAB")
    congenital_anomaly = _serious("Congenital anomaly or birth defect", "AESCONG")
    medically_important = _serious("Otherwise medically important", "AESMIE")
    aware_date = items.date(
        "Date site became aware",
        cdash="AESERDAT",
        sdtm="SUPPAE.AESERDAT",
        only_if=SERIOUS,
        may_lack=False,
    )
    aware_time = items.clock_time(
        "Time site became aware, local", cdash="AESERTIM", sdtm="SUPPAE.AESERDAT", only_if=SERIOUS, required=False
    )
    aware_at = items.instant_of("Site became aware")
    narrative = items.text(
        "Narrative", 2000, cdash="AENARR", sdtm="CO.COVAL", only_if=SERIOUS, may_lack=False, identifying=True
    )

    class Meta:
        verbose_name = "adverse event"


class DltEvaluation(Record):
    """At the end of cycle 1: whether the subject counts for the dose level, and whether toxicity limited the dose."""

    as_planned = staticmethod(planned.dose_limiting)
    evaluation_date = items.date("Date of evaluation", cdash="DLTDAT", sdtm="FA.FADTC", critical=True)
    cycle_completed = items.choice(
        "Whole cycle 1 observed", codelists.YesNo, cdash="DLTCYC_FAORRES", sdtm="FA.FAORRES", critical=True
    )
    everolimus_percent = items.number(
        "Everolimus taken of what was planned for cycle 1",
        "0",
        "150",
        1,
        unit="%",
        cdash="DLTDOSE_FAORRES",
        sdtm="FA.FAORRES",
        expected=(75, 100),
        critical=True,
    )
    dose_limiting_toxicity = items.choice(
        "Dose-limiting toxicity in cycle 1", codelists.YesNo, cdash="DLT_FAORRES", sdtm="FA.FAORRES", critical=True
    )
    criterion = items.choice(
        "By which criterion",
        codelists.DltCriterion,
        length=60,
        cdash="DLTCRIT_FAORRES",
        sdtm="FA.FAORRES",
        only_if=("dose_limiting_toxicity", ("Y",)),
        critical=True,
    )
    evaluable = items.choice(
        "Evaluable for dose-limiting toxicity",
        codelists.YesNo,
        cdash="DLTEVAL_FAORRES",
        sdtm="FA.FAORRES",
        critical=True,
    )
    explanation = items.text("Explanation", 500, cdash="DLTEXPL", sdtm="CO.COVAL", required=False, identifying=True)

    class Meta:
        verbose_name = "DLT evaluation"
