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
    PD = "PD", "Progressive disease, on or after it"
    NOT_EVALUABLE = "NE", "Not evaluable"
    NOT_APPLICABLE = "NA", "Not applicable"


class BodySystem(TextChoices):
    CARDIAC = "CARDIAC", "Cardiac"
    VASCULAR = "VASCULAR", "Vascular"
    RESPIRATORY = "RESPIRATORY", "Respiratory"
    DIGESTIVE = "GASTROINTESTINAL", "Gastrointestinal"
    LIVER = "HEPATOBILIARY", "Hepatobiliary"
    RENAL = "RENAL AND URINARY", "Renal and urinary"
    ENDOCRINE = "ENDOCRINE AND METABOLIC", "Endocrine and metabolic"
    BLOOD = "BLOOD AND LYMPHATIC", "Blood and lymphatic"
    NERVOUS = "NERVOUS SYSTEM", "Nervous system"
    PSYCHIATRIC = "PSYCHIATRIC", "Psychiatric"
    MUSCULOSKELETAL = "MUSCULOSKELETAL", "Musculoskeletal"
    SKIN = "SKIN", "Skin"
    REPRODUCTIVE = "REPRODUCTIVE SYSTEM AND BREAST", "Reproductive system and breast"
    IMMUNE = "IMMUNE SYSTEM", "Immune system"
    INFECTION = "INFECTIONS", "Infections"
    NEOPLASM = "NEOPLASMS", "Neoplasms other than the disease under study"
    SURGERY = "SURGICAL AND MEDICAL PROCEDURES", "Surgical and medical procedures"
    OTHER = "OTHER", "Other"
