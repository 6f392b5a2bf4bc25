"""Code lists of the case forms: stored are CDISC submission values, shown are words."""

from django.db.models import TextChoices

from laboratory.analytes import ANALYTES


class YesNo(TextChoices):
    YES = "Y", "Yes"
    NO = "N", "No"


class YesNoUnknown(TextChoices):
    YES = "Y", "Yes"
    NO = "N", "No"
    UNKNOWN = "U", "Unknown"


class Sex(TextChoices):
    FEMALE = "F", "Female"
    MALE = "M", "Male"


class Race(TextChoices):
    WHITE = "WHITE", "White"
    BLACK = "BLACK OR AFRICAN AMERICAN", "Black or African American"
    ASIAN = "ASIAN", "Asian"
    NATIVE_AMERICAN = "AMERICAN INDIAN OR ALASKA NATIVE", "American Indian or Alaska Native"
    PACIFIC = "NATIVE HAWAIIAN OR OTHER PACIFIC ISLANDER", "Native Hawaiian or other Pacific Islander"
    OTHER = "OTHER", "Other"
    UNKNOWN = "UNKNOWN", "Unknown"
    NOT_REPORTED = "NOT REPORTED", "Not reported"


class Ethnicity(TextChoices):
    HISPANIC = "HISPANIC OR LATINO", "Hispanic or Latino"
    NOT_HISPANIC = "NOT HISPANIC OR LATINO", "Not Hispanic or Latino"
    UNKNOWN = "UNKNOWN", "Unknown"
    NOT_REPORTED = "NOT REPORTED", "Not reported"


class MenopausalStatus(TextChoices):
    PRE = "PREMENOPAUSE", "Premenopausal"
    POST = "POSTMENOPAUSE", "Postmenopausal"
    NOT_APPLICABLE = "NOT APPLICABLE", "Not applicable"


class Her2Ihc(TextChoices):
    ZERO = "0", "0"
    ONE = "1+", "1+"
    TWO = "2+", "2+"
    THREE = "3+", "3+"
    NOT_DONE = "NOT DONE", "Not done"


class TestResult(TextChoices):
    POSITIVE = "POSITIVE", "Positive"
    NEGATIVE = "NEGATIVE", "Negative"
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


class PriorOutcome(TextChoices):
    CR = "CR", "Complete response"
    PR = "PR", "Partial response"
    SD = "SD", "Stable disease"
    PD = "PD", "Progressed on or after it"
    NOT_EVALUABLE = "NE", "Not evaluable"
    NOT_APPLICABLE = "NA", "Not applicable"


class Frequency(TextChoices):
    DAILY = "QD", "Every day"
    EVERY_OTHER_DAY = "QOD", "Every other day"
    WEEKLY = "EVERY WEEK", "Every week"


class DoseChange(TextChoices):
    NONE = "DOSE NOT CHANGED", "As planned"
    DELAYED = "DOSE DELAYED", "Delayed"
    REDUCED = "DOSE REDUCED", "Reduced"
    INTERRUPTED = "DRUG INTERRUPTED", "Interrupted"
    OMITTED = "DOSE OMITTED", "Omitted"
    STOPPED = "DRUG WITHDRAWN", "Stopped for good"


class DoseReason(TextChoices):
    ADVERSE_EVENT = "ADVERSE EVENT", "Adverse event"
    LABORATORY = "LABORATORY VALUE", "Laboratory value"
    PATIENT = "PATIENT DECISION", "Patient's decision"
    ADMINISTRATIVE = "ADMINISTRATIVE", "Administrative"
    OTHER = "OTHER", "Other"


class LesionKind(TextChoices):
    TARGET = "TARGET", "Target"
    NON_TARGET = "NON-TARGET", "Non-target"
    NEW = "NEW", "New"


class Location(TextChoices):
    LIVER = "LIVER", "Liver"
    LUNG = "LUNG", "Lung"
    AXILLARY_NODE = "AXILLARY LYMPH NODE", "Axillary lymph node"
    SUPRACLAVICULAR_NODE = "SUPRACLAVICULAR LYMPH NODE", "Supraclavicular lymph node"
    MEDIASTINAL_NODE = "MEDIASTINAL LYMPH NODE", "Mediastinal lymph node"
    LYMPH_NODE = "LYMPH NODE", "Other lymph node"
    BREAST = "BREAST", "Breast"
    CHEST_WALL = "CHEST WALL", "Chest wall"
    SKIN = "SKIN", "Skin"
    SOFT_TISSUE = "SOFT TISSUE", "Soft tissue"
    BONE = "BONE", "Bone"
    BRAIN = "BRAIN", "Brain"
    PLEURA = "PLEURA", "Pleura"
    PLEURAL_FLUID = "PLEURAL FLUID", "Pleural fluid"
    PERITONEUM = "PERITONEUM", "Peritoneum"
    ADRENAL = "ADRENAL GLAND", "Adrenal gland"
    ABDOMINAL_CAVITY = "ABDOMINAL CAVITY", "Abdominal cavity"
    BLADDER = "BLADDER", "Bladder"
    BODY = "BODY", "Body, no closer said"
    CHEST = "CHEST", "Chest"
    KIDNEY = "KIDNEY", "Kidney"
    OVARY = "OVARY", "Ovary"
    PANCREAS = "PANCREAS", "Pancreas"
    SPLEEN = "SPLEEN", "Spleen"
    OTHER = "OTHER", "Other"
    UNKNOWN = "UNKNOWN", "Not recorded"

    @property
    def is_node(self) -> bool:
        return "LYMPH NODE" in self.value


class Method(TextChoices):
    CT = "CT SCAN", "CT"
    SPIRAL_CT = "SPIRAL CT SCAN", "Spiral CT"
    CONTRAST_CT = "CONTRAST ENHANCED CT SCAN", "CT with contrast"
    MRI = "MRI", "MRI"
    PET_CT = "PET/CT SCAN", "PET/CT"
    X_RAY = "X-RAY", "X-ray"
    ULTRASOUND = "ULTRASOUND", "Ultrasound"
    EXAMINATION = "PHYSICAL EXAMINATION", "Physical examination"
    CALLIPER = "CALIPER MEASUREMENT METHOD", "Calliper"
    PHOTOGRAPHY = "PHOTOGRAPHY", "Photography"
    BONE_SCAN = "SCINTIGRAPHY", "Bone scan"
    UNKNOWN = "UNKNOWN", "Unknown"


class LesionState(TextChoices):
    """How a lesion was found. A measured target lesion carries diameters beside it."""

    MEASURED = "MEASURED", "Measured"
    TOO_SMALL = "TOO SMALL", "Too small to measure"
    PRESENT = "PRESENT", "Present"
    ABSENT = "ABSENT", "Gone"
    PROGRESSED = "UNEQUIVOCAL PROGRESSION", "Unequivocal progression"
    UNEQUIVOCAL = "UNEQUIVOCAL", "New, unequivocal"
    EQUIVOCAL = "EQUIVOCAL", "New, equivocal"
    NOT_ASSESSED = "NOT ASSESSED", "Not assessed"


class NonTargetResponse(TextChoices):
    CR = "CR", "CR: all gone"
    NON_CR = "NON-CR/NON-PD", "Non-CR/Non-PD"
    PD = "PD", "PD: unequivocal progression"
    NE = "NE", "NE: not evaluable"
    NONE = "NA", "None at baseline"


class NewLesions(TextChoices):
    NO = "N", "None"
    YES = "Y", "Yes, unequivocal"
    EQUIVOCAL = "EQUIVOCAL", "Equivocal"


class OverallResponse(TextChoices):
    CR = "CR", "CR: complete response"
    PR = "PR", "PR: partial response"
    SD = "SD", "SD: stable disease"
    NON_CR = "NON-CR/NON-PD", "Non-CR/Non-PD"
    PD = "PD", "PD: progression"
    NE = "NE", "NE: not evaluable"


class EndReason(TextChoices):
    PROGRESSION = "PROGRESSIVE DISEASE", "Progressive disease"
    ADVERSE_EVENT = "ADVERSE EVENT", "Adverse event"
    DEATH = "DEATH", "Death"
    SUBJECT = "WITHDRAWAL BY SUBJECT", "Subject's decision"
    CONSENT = "WITHDRAWAL OF CONSENT", "Consent withdrawn"
    PHYSICIAN = "PHYSICIAN DECISION", "Physician's decision"
    LOST = "LOST TO FOLLOW-UP", "Lost to follow-up"
    DEVIATION = "PROTOCOL DEVIATION", "Protocol deviation"
    SPONSOR = "STUDY TERMINATED BY SPONSOR", "Study ended by sponsor"
    COMPLETED = "COMPLETED", "Completed"
    NO_EFFICACY = "LACK OF EFFICACY", "Lack of efficacy"
    VIOLATION = "PROTOCOL VIOLATION", "Protocol violation"
    SCREEN_FAILURE = "SCREEN FAILURE", "Screen failure: never treated"
    OTHER = "OTHER", "Other"


class ContactMode(TextChoices):
    IN_PERSON = "IN PERSON", "In person"
    TELEPHONE = "TELEPHONE CALL", "Telephone"
    RECORDS = "MEDICAL RECORDS", "Medical records"
    FAMILY = "CONTACT WITH FAMILY", "Family or other doctor"


class VitalStatus(TextChoices):
    ALIVE = "ALIVE", "Alive"
    DEAD = "DEAD", "Dead"
    UNKNOWN = "UNKNOWN", "Not known"


class CauseOfDeath(TextChoices):
    CANCER = "DISEASE UNDER STUDY", "Breast cancer"
    TREATMENT = "STUDY TREATMENT", "Study treatment"
    OTHER = "OTHER", "Other"
    UNKNOWN = "UNKNOWN", "Unknown"


class YesNoNotApplicable(TextChoices):
    YES = "Y", "Yes"
    NO = "N", "No"
    NOT_APPLICABLE = "NA", "Not applicable"


class AbsenceReason(TextChoices):
    """Why a needed item has no value: completion status and reason, parted by a colon."""

    REFUSED = "NOT DONE: SUBJECT REFUSED", "Not done: subject refused"
    UNABLE = "NOT DONE: SUBJECT UNABLE", "Not done: subject was not able to"
    TECHNICAL = "NOT DONE: TECHNICAL PROBLEM", "Not done: technical problem"
    FORGOTTEN = "NOT DONE: OVERSIGHT", "Not done: forgotten"
    NOT_INDICATED = "NOT DONE: NOT INDICATED", "Not done: not indicated for this subject"
    NOT_IN_SOURCE = "UNKNOWN: NOT IN SOURCE", "Unknown: not in the source"
    NOT_REMEMBERED = "UNKNOWN: NOT KNOWN TO SUBJECT", "Unknown: subject does not know"
    ELSEWHERE = "UNKNOWN: RECORD NOT OBTAINED", "Unknown: record could not be obtained"


class Grade(TextChoices):
    """Grades of the Common Terminology Criteria for Adverse Events."""

    MILD = "1", "1 Mild"
    MODERATE = "2", "2 Moderate"
    SEVERE = "3", "3 Severe"
    LIFE_THREATENING = "4", "4 Life-threatening"
    DEATH = "5", "5 Death"


class WhoStatus(TextChoices):
    ZERO = "0", "0 Fully active"
    ONE = "1", "1 Restricted in strenuous activity"
    TWO = "2", "2 Up more than half of the day, cannot work"
    THREE = "3", "3 In bed or chair more than half of the day"
    FOUR = "4", "4 Fully confined to bed or chair"
    FIVE = "5", "5 Dead"


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


class Position(TextChoices):
    SITTING = "SITTING", "Sitting"
    SUPINE = "SUPINE", "Lying"
    STANDING = "STANDING", "Standing"


class Reading(TextChoices):
    NORMAL = "NORMAL", "Normal"
    ABNORMAL = "ABNORMAL", "Abnormal"


class HeartMethod(TextChoices):
    ECHO = "ECHOCARDIOGRAPHY", "Echocardiography"
    MUGA = "MUGA", "MUGA scan"


class NoChildbearing(TextChoices):
    POSTMENOPAUSAL = "POSTMENOPAUSAL", "After menopause"
    STERILE = "SURGICALLY STERILE", "Surgically sterile"
    MALE = "MALE", "Man"
    OTHER = "OTHER", "Other"


class Specimen(TextChoices):
    SERUM = "SERUM", "Serum"
    URINE = "URINE", "Urine"


class PositiveNegative(TextChoices):
    NEGATIVE = "NEGATIVE", "Negative"
    POSITIVE = "POSITIVE", "Positive"


class Strength(TextChoices):
    """Of one everolimus tablet, in milligrams."""

    TWO_AND_A_HALF = "2.5", "2.5 mg"
    FIVE = "5", "5 mg"
    TEN = "10", "10 mg"


class ActionTaken(TextChoices):
    NOT_CHANGED = "DOSE NOT CHANGED", "None"
    REDUCED = "DOSE REDUCED", "Dose reduced"
    INTERRUPTED = "DRUG INTERRUPTED", "Interrupted or delayed"
    WITHDRAWN = "DRUG WITHDRAWN", "Stopped for good"
    NOT_APPLICABLE = "NOT APPLICABLE", "Not applicable"
    UNKNOWN = "UNKNOWN", "Unknown"


class EventOutcome(TextChoices):
    RECOVERED = "RECOVERED/RESOLVED", "Recovered"
    SEQUELAE = "RECOVERED/RESOLVED WITH SEQUELAE", "Recovered with sequelae"
    RECOVERING = "RECOVERING/RESOLVING", "Recovering"
    NOT_RECOVERED = "NOT RECOVERED/NOT RESOLVED", "Not recovered"
    FATAL = "FATAL", "Fatal"
    UNKNOWN = "UNKNOWN", "Unknown"


class DltCriterion(TextChoices):
    """The criteria of the protocol file's rule for dose-limiting toxicity."""

    NEUTROPENIA = "neutropenia_4", "Grade 4 neutropenia for more than 7 days"
    FEBRILE_NEUTROPENIA = "febrile_neutropenia", "Febrile neutropenia of grade 3 or more"
    THROMBOCYTOPENIA = "thrombocytopenia_4", "Grade 4 thrombocytopenia"
    OTHER_TOXICITY = "non_haematological_3", "Other toxicity of grade 3 or more despite best care"
    DOSE_NOT_RECEIVED = "dose_not_received", "Planned dose not received because of toxicity"


class MedicationKind(TextChoices):
    CONCOMITANT = "CONCOMITANT", "Concomitant"
    PREMEDICATION = "PREMEDICATION", "Premedication of an infusion"
    FOR_EVENT = "TREATMENT OF ADVERSE EVENT", "For an adverse event"


class DoseUnit(TextChoices):
    MG = "mg", "mg"
    GRAM = "g", "g"
    MICROGRAM = "ug", "µg"
    MILLILITRE = "mL", "mL"
    IU = "IU", "IU"
    TABLET = "TABLET", "tablets"
    CAPSULE = "CAPSULE", "capsules"
    DROP = "DROP", "drops"
    PUFF = "PUFF", "puffs"
    AMPOULE = "AMPULE", "ampoules"
    PATCH = "PATCH", "patches"


class MedicationFrequency(TextChoices):
    ONCE = "ONCE", "Once"
    DAILY = "QD", "Once a day"
    TWICE = "BID", "Twice a day"
    THREE = "TID", "Three times a day"
    FOUR = "QID", "Four times a day"
    EVERY_OTHER_DAY = "QOD", "Every other day"
    WEEKLY = "EVERY WEEK", "Every week"
    THREE_WEEKS = "EVERY 3 WEEKS", "Every 3 weeks"
    MONTHLY = "QM", "Every month"
    AS_NEEDED = "PRN", "As needed"
    CONTINUOUS = "CONTINUOUS", "Continuously"
    UNKNOWN = "UNKNOWN", "Unknown"


class Route(TextChoices):
    ORAL = "ORAL", "By mouth"
    INTRAVENOUS = "INTRAVENOUS", "Intravenous"
    SUBCUTANEOUS = "SUBCUTANEOUS", "Subcutaneous"
    INTRAMUSCULAR = "INTRAMUSCULAR", "Intramuscular"
    INHALED = "RESPIRATORY (INHALATION)", "Inhaled"
    TOPICAL = "TOPICAL", "On the skin"
    TRANSDERMAL = "TRANSDERMAL", "Patch"
    RECTAL = "RECTAL", "Rectal"
    SUBLINGUAL = "SUBLINGUAL", "Under the tongue"
    NASAL = "NASAL", "Nasal"
    OPHTHALMIC = "OPHTHALMIC", "Eye"
    VAGINAL = "VAGINAL", "Vaginal"
    UNKNOWN = "UNKNOWN", "Unknown"


class DeviationKind(TextChoices):
    CONSENT = "INFORMED CONSENT", "Informed consent"
    ELIGIBILITY = "ELIGIBILITY", "Eligibility criterion not met"
    VISIT_WINDOW = "VISIT WINDOW", "Visit outside its window"
    VISIT_MISSED = "VISIT MISSED", "Visit missed"
    ASSESSMENT_MISSED = "ASSESSMENT MISSED", "Assessment or test missed"
    DOSING = "STUDY TREATMENT", "Study treatment: dose or timing"
    MEDICATION = "PROHIBITED MEDICATION", "Medication that is not allowed"
    SAFETY_REPORTING = "SAFETY REPORTING", "Serious event reported late"
    OTHER = "OTHER", "Other"


class Importance(TextChoices):
    IMPORTANT = "MAJOR", "Important"
    MINOR = "MINOR", "Minor"


class TherapyReason(TextChoices):
    PROGRESSION = "PROGRESSIVE DISEASE", "Progression"
    TOXICITY = "ADVERSE EVENT", "Toxicity"
    WISH = "SUBJECT DECISION", "Subject's wish"
    OTHER = "OTHER", "Other"
    UNKNOWN = "UNKNOWN", "Unknown"


# Made of the analytes themselves, so that a code and its unit are written once.
LaboratoryTest = TextChoices("LaboratoryTest", [(one.code, (one.code, one.label)) for one in ANALYTES.values()])
LaboratoryUnit = TextChoices(
    "LaboratoryUnit",
    sorted({(unit.code, (unit.code, unit.label)) for one in ANALYTES.values() for unit in one.units}),
)


class NoResult(TextChoices):
    NOT_TAKEN = "SAMPLE NOT TAKEN", "No sample taken"
    NOT_USABLE = "SAMPLE NOT USABLE", "Sample not usable"
    NOT_ASKED = "NOT REQUESTED", "Not requested"
    NOT_REPORTED = "NOT REPORTED", "Not reported"
    OTHER = "OTHER", "Other"


class RangeFlag(TextChoices):
    LOW = "LOW", "Low"
    NORMAL = "NORMAL", "Normal"
    HIGH = "HIGH", "High"
