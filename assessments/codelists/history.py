"""What was there before the trial."""

from django.db.models import TextChoices


class Her2Ihc(TextChoices):
    ZERO = "0", "0"
    ONE = "1+", "1+"
    TWO = "2+", "2+"
    THREE = "3+", "3+"
    NOT_DONE = "NOT DONE", "Not done"


class Histology(TextChoices):
    DUCTAL = "INVASIVE DUCTAL CARCINOMA", "Invasive ductal"
    LOBULAR = "INVASIVE LOBULAR CARCINOMA", "Invasive lobular"
    INFLAMMATORY = "INFLAMMATORY CARCINOMA", "Inflammatory"
    OTHER = "OTHER", "Other"


class Stage(TextChoices):
    I = "STAGE I", "I"  # noqa: E741
    II = "STAGE II", "II"
    III = "STAGE III", "III"
    IV = "STAGE IV", "IV"
    UNKNOWN = "UNKNOWN", "Unknown"


class TumourGrade(TextChoices):
    G1 = "G1", "Well differentiated"
    G2 = "G2", "Moderately differentiated"
    G3 = "G3", "Poorly differentiated"
    GX = "GX", "Cannot be assessed"


class TherapyKind(TextChoices):
    TRASTUZUMAB = "TRASTUZUMAB", "Trastuzumab"
    TAXANE = "TAXANE", "Taxane"
    CHEMOTHERAPY = "CHEMOTHERAPY", "Other chemotherapy"
    LAPATINIB = "LAPATINIB", "Lapatinib"
    ENDOCRINE = "ENDOCRINE", "Endocrine therapy"
    IMMUNOTHERAPY = "IMMUNOTHERAPY", "Immunotherapy"
    RADIOTHERAPY = "RADIOTHERAPY", "Radiotherapy"
    SURGERY = "SURGERY", "Surgery"
    OTHER = "OTHER", "Other"


class TherapySetting(TextChoices):
    NEOADJUVANT = "NEOADJUVANT", "Neoadjuvant"
    ADJUVANT = "ADJUVANT", "Adjuvant"
    METASTATIC = "METASTATIC", "Metastatic"
    UNKNOWN = "UNKNOWN", "Unknown"


class PriorOutcome(TextChoices):
    CR = "CR", "Complete response"
    PR = "PR", "Partial response"
    SD = "SD", "Stable disease"
    PD = "PD", "Progressed on or after it"
    NOT_EVALUABLE = "NE", "Not evaluable"
    NOT_APPLICABLE = "NA", "Not applicable"


class BodySystem(TextChoices):
    CARDIAC = "CARDIAC", "Heart"
    VASCULAR = "VASCULAR", "Vessels, blood pressure"
    RESPIRATORY = "RESPIRATORY", "Lungs and airways"
    DIGESTIVE = "GASTROINTESTINAL", "Stomach and bowel"
    LIVER = "HEPATOBILIARY", "Liver and bile"
    RENAL = "RENAL AND URINARY", "Kidneys and urinary tract"
    ENDOCRINE = "ENDOCRINE AND METABOLIC", "Hormones and metabolism"
    BLOOD = "BLOOD AND LYMPHATIC", "Blood and lymph"
    NERVOUS = "NERVOUS SYSTEM", "Nerves and brain"
    PSYCHIATRIC = "PSYCHIATRIC", "Psyche"
    MUSCULOSKELETAL = "MUSCULOSKELETAL", "Muscles, bones, joints"
    SKIN = "SKIN", "Skin"
    REPRODUCTIVE = "REPRODUCTIVE SYSTEM AND BREAST", "Reproductive organs and breast"
    IMMUNE = "IMMUNE SYSTEM", "Allergy, immune system"
    INFECTION = "INFECTIONS", "Infection"
    NEOPLASM = "NEOPLASMS", "Another tumour"
    SURGERY = "SURGICAL AND MEDICAL PROCEDURES", "Operation or procedure"
    OTHER = "OTHER", "Other"
