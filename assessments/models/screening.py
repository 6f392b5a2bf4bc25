"""The forms by which a subject comes into the trial."""

from decimal import Decimal

from django.db import models

from assessments import codelists, items
from assessments.models.case_form import CaseForm, Record
from assessments.plan import items as planned


class Consent(Record):
    consent_given = items.choice(
        "Written informed consent given", codelists.YesNo, cdash="DSDECOD", sdtm="DS.DSDECOD", critical=True
    )
    consent_date = items.date("Date of consent", cdash="DSSTDAT", sdtm="DS.DSSTDTC", critical=True)
    consent_version = items.text(
        "Version of the consent form", 40, cdash="DSCONSVR", sdtm="SUPPDS.DSCONSVR", required=False
    )

    class Meta:
        verbose_name = "informed consent"


class Demography(Record):
    birth_date = items.partial_date("Date of birth", cdash="BRTHDAT", sdtm="DM.BRTHDTC", identifying=True)
    age = items.whole(
        "Age at consent", 0, 120, unit="years", cdash="AGE", sdtm="DM.AGE", expected=(18, 90), critical=True
    )
    sex = items.choice("Sex", codelists.Sex, cdash="SEX", sdtm="DM.SEX", critical=True)
    race = items.choice("Race", codelists.Race, cdash="RACE", sdtm="DM.RACE")
    race_detail = items.text(
        "Which",
        100,
        cdash="RACEOTH",
        sdtm="SUPPDM.RACEOTH",
        only_if=("race", ("OTHER",)),
        required=False,
        identifying=True,
    )
    ethnicity = items.choice("Ethnicity", codelists.Ethnicity, cdash="ETHNIC", sdtm="DM.ETHNIC", required=False)
    menopausal_status = items.choice(
        "Menopausal status",
        codelists.MenopausalStatus,
        cdash="MENOSTAT",
        sdtm="RP.RPORRES",
        required=False,
        only_if=("sex", ("F",)),
    )

    class Meta:
        verbose_name = "demography"


class BreastCancerHistory(Record):
    """The history of the cancer under study: the protocol file says which disease it is, and what of this is asked."""

    as_planned = staticmethod(planned.history)
    diagnosis_date = items.partial_date("First diagnosis", cdash="MHSTDAT", sdtm="MH.MHSTDTC")
    metastatic_date = items.partial_date("First metastasis", cdash="MHSTDAT_MET", sdtm="MH.MHSTDTC")
    histology = items.choice("Histology", codelists.Histology, length=60, cdash="MHTERM", sdtm="MH.MHTERM")
    histology_detail = items.text(
        "Which",
        100,
        cdash="MHTERM_OTH",
        sdtm="SUPPMH.MHTERMO",
        only_if=("histology", ("OTHER",)),
        required=False,
        identifying=True,
    )
    tumour_grade = items.choice(
        "Grade of the tumour", codelists.TumourGrade, cdash="HISTGRAD_MIORRES", sdtm="MI.MIORRES", required=False
    )
    stage_at_diagnosis = items.choice(
        "Stage at diagnosis", codelists.Stage, cdash="MHSTAGE", sdtm="SUPPMH.MHSTAGE", required=False
    )
    her2_ihc = items.choice("HER2 by IHC", codelists.Her2Ihc, cdash="HER2_MIORRES", sdtm="MI.MIORRES", critical=True)
    her2_fish = items.choice(
        "HER2 by FISH", codelists.TestResult, cdash="HER2FISH_MIORRES", sdtm="MI.MIORRES", critical=True
    )
    oestrogen_receptor = items.choice(
        "Oestrogen receptor", codelists.TestResult, cdash="ESTRCPT_MIORRES", sdtm="MI.MIORRES", required=False
    )
    progesterone_receptor = items.choice(
        "Progesterone receptor", codelists.TestResult, cdash="PROGRCPT_MIORRES", sdtm="MI.MIORRES", required=False
    )
    choice_1, choice_2, choice_3, choice_4, choice_5, choice_6, choice_7, choice_8 = (
        items.free_choice(cdash=f"MIORRES_{number}", sdtm="MI.MIORRES") for number in range(1, 9)
    )

    class Meta:
        verbose_name = "cancer history"
        verbose_name_plural = "cancer histories"


class PriorTherapy(models.Model):
    """One earlier treatment of the cancer, with its outcome."""

    as_planned = staticmethod(planned.therapies)
    case_form = models.ForeignKey(CaseForm, models.PROTECT, related_name="prior_therapies")
    row = models.PositiveSmallIntegerField()
    kind = items.choice("Therapy", codelists.TherapyKind, length=60, cdash="CMCAT", sdtm="CM.CMCAT")
    name = items.text("Drugs or procedure", 100, cdash="CMTRT", sdtm="CM.CMTRT", required=False, identifying=True)
    setting = items.choice("Setting", codelists.TherapySetting, cdash="CMSCAT", sdtm="CM.CMSCAT")
    start_date = items.partial_date("Start", cdash="CMSTDAT", sdtm="CM.CMSTDTC", required=False)
    end_date = items.partial_date("End", cdash="CMENDAT", sdtm="CM.CMENDTC", required=False)
    outcome = items.choice("Outcome", codelists.PriorOutcome, cdash="CMRSP", sdtm="SUPPCM.CMRSP", required=False)
    struck_out = models.BooleanField(default=False)

    class Meta:
        ordering = ["row"]
        constraints = [models.UniqueConstraint(fields=["case_form", "row"], name="prior_therapy_row_once")]

    def __str__(self) -> str:
        return f"{self.kind} (row {self.row})"


def _limit(label: str, unit: str, high: str, cdash: str, expected: tuple[int, int]) -> models.Field:
    return items.number(
        label, "0", high, 2, unit=unit, cdash=cdash, sdtm="LB.LBORNRHI", critical=True, expected=expected
    )


def _result(label: str, unit: str, high: str, cdash: str, expected: tuple[str, str] | None = None) -> models.Field:
    usual = (Decimal(expected[0]), Decimal(expected[1])) if expected else None
    return items.result(label, high, 2, unit=unit, cdash=cdash, sdtm="LB.LBORRES", critical=True, expected=usual)


def _asked(label: str, code: str) -> models.Field:
    return items.choice(label, codelists.YesNo, cdash=code, sdtm="IE.IEORRES", critical=True)


def _last_day(label: str, code: str, given: str) -> models.Field:
    return items.date(label, cdash=code, sdtm="CM.CMENDTC", only_if=(given, ("Y",)), may_lack=False)


class Eligibility(Record):
    """The values that the criteria of the protocol file are decided on; the verdicts follow from them.

    The file names those that are asked. Criteria of its own stand in the free columns, under the file's words.
    """

    as_planned = staticmethod(planned.eligibility)
    sex = items.choice("Sex", codelists.Sex, cdash="SEX", sdtm="DM.SEX", critical=True)
    age_at_consent = items.whole("Age at consent", 0, 120, unit="years", cdash="AGE", sdtm="DM.AGE", critical=True)
    who_status = items.whole("WHO performance status", 0, 5, cdash="ECOG101_RSORRES", sdtm="RS.RSORRES", critical=True)
    her2_ihc = items.choice("HER2 by IHC", codelists.Her2Ihc, cdash="HER2_MIORRES", sdtm="MI.MIORRES", critical=True)
    her2_fish = items.choice(
        "HER2 by FISH", codelists.TestResult, cdash="HER2FISH_MIORRES", sdtm="MI.MIORRES", critical=True
    )
    histology_confirmed = _asked("Metastatic breast cancer confirmed by histology", "IEHIST")
    progressed_on_trastuzumab = _asked("Progressed on or after trastuzumab", "IEPROGTR")
    resistant_to_trastuzumab = _asked("Resistant to trastuzumab", "IERESTR")
    resistant_to_taxanes = _asked("Resistant to taxanes", "IERESTX")
    measurable_disease = _asked("Measurable disease", "IEMEAS")
    neurologically_stable = _asked("Neurologically stable", "IENEURO")
    neutrophils = _result("Neutrophils", "10⁹/L", "99", "NEUT_LBORRES", ("1.5", "10"))
    platelets = _result("Platelets", "10⁹/L", "2999", "PLAT_LBORRES", ("100", "600"))
    haemoglobin = _result("Haemoglobin", "g/dL", "25", "HGB_LBORRES", ("9", "17"))
    bilirubin = _result("Bilirubin", "µmol/L", "999", "BILI_LBORRES")
    bilirubin_uln = _limit("Bilirubin, upper limit of normal", "µmol/L", "99", "BILI_LBORNRHI", (10, 40))
    ast = _result("AST", "U/L", "9999", "AST_LBORRES")
    ast_uln = _limit("AST, upper limit of normal", "U/L", "199", "AST_LBORNRHI", (15, 80))
    alt = _result("ALT", "U/L", "9999", "ALT_LBORRES")
    alt_uln = _limit("ALT, upper limit of normal", "U/L", "199", "ALT_LBORNRHI", (15, 90))
    liver_metastases = _asked("Liver metastases", "IELIVER")
    creatinine = _result("Creatinine", "µmol/L", "1999", "CREAT_LBORRES")
    creatinine_uln = _limit("Creatinine, upper limit of normal", "µmol/L", "299", "CREAT_LBORNRHI", (50, 150))
    consent_date = items.date("Date of informed consent", cdash="DSSTDAT", sdtm="DS.DSSTDTC", critical=True)
    planned_first_dose_date = items.date("Planned first dose", cdash="IEDAT", sdtm="IE.IEDTC", may_lack=False)
    prior_endocrine_therapy = _asked("Earlier endocrine therapy", "CMYN_END")
    last_endocrine_therapy_date = _last_day("Last day of endocrine therapy", "CMENDAT_END", "prior_endocrine_therapy")
    prior_chemotherapy = _asked("Earlier chemotherapy", "CMYN_CHE")
    last_chemotherapy_date = _last_day("Last day of chemotherapy", "CMENDAT_CHE", "prior_chemotherapy")
    prior_immunotherapy = _asked("Earlier immunotherapy", "CMYN_IMM")
    last_immunotherapy_date = _last_day("Last day of immunotherapy", "CMENDAT_IMM", "prior_immunotherapy")
    prior_radiotherapy = _asked("Earlier radiotherapy", "PRYN_RAD")
    last_radiotherapy_date = _last_day("Last day of radiotherapy", "PRENDAT_RAD", "prior_radiotherapy")
    prior_lapatinib = _asked("Earlier lapatinib", "CMYN_LAP")
    last_lapatinib_date = _last_day("Last day of lapatinib", "CMENDAT_LAP", "prior_lapatinib")
    prior_mtor_inhibitor = _asked("Earlier treatment with an mTOR inhibitor", "CMYN_MTOR")
    answer_1, answer_2, answer_3, answer_4, answer_5, answer_6, answer_7, answer_8, answer_9, answer_10 = (
        items.choice(
            items.FREE, codelists.YesNo, cdash=f"IEORRES_A{number}", sdtm="IE.IEORRES", critical=True, free=True
        )
        for number in range(1, 11)
    )
    choice_1, choice_2, choice_3, choice_4, choice_5, choice_6, choice_7, choice_8 = (
        items.free_choice(cdash=f"IEORRES_C{number}", sdtm="IE.IEORRES", critical=True) for number in range(1, 9)
    )
    number_1, number_2, number_3, number_4, number_5, number_6, number_7, number_8 = (
        items.number(
            items.FREE, "0", "999999", 3, cdash=f"IEORRES_N{number}", sdtm="IE.IEORRES", critical=True, free=True
        )
        for number in range(1, 9)
    )
    date_1, date_2, date_3, date_4, date_5, date_6, date_7, date_8 = (
        items.date(items.FREE, cdash=f"IEDAT_{number}", sdtm="IE.IEDTC", critical=True, free=True)
        for number in range(1, 9)
    )

    class Meta:
        verbose_name = "eligibility"
        verbose_name_plural = "eligibility"
