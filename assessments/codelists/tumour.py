"""Lesions and responses."""

from django.db.models import TextChoices


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
    BODY = "BODY", "Body, site not specified"
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
    CR = "CR", "CR: complete response"
    NON_CR = "NON-CR/NON-PD", "Non-CR/Non-PD"
    PD = "PD", "PD: unequivocal progression"
    NE = "NE", "NE: not evaluable"
    NONE = "NA", "None at baseline"


class NewLesions(TextChoices):
    NO = "N", "None"
    YES = "Y", "Yes, unequivocal"
    EQUIVOCAL = "EQUIVOCAL", "Equivocal"
    UNKNOWN = "UNKNOWN", "Unknown"


class OverallResponse(TextChoices):
    CR = "CR", "CR: complete response"
    PR = "PR", "PR: partial response"
    SD = "SD", "SD: stable disease"
    NON_CR = "NON-CR/NON-PD", "Non-CR/Non-PD"
    PD = "PD", "PD: progressive disease"
    NE = "NE", "NE: not evaluable"
