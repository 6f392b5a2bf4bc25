"""Concomitant medication."""

from django.db.models import TextChoices


class MedicationKind(TextChoices):
    CONCOMITANT = "CONCOMITANT", "Concomitant"
    PREMEDICATION = "PREMEDICATION", "Premedication"
    FOR_EVENT = "TREATMENT OF ADVERSE EVENT", "Treatment of an adverse event"


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
    ORAL = "ORAL", "Oral"
    INTRAVENOUS = "INTRAVENOUS", "Intravenous"
    SUBCUTANEOUS = "SUBCUTANEOUS", "Subcutaneous"
    INTRAMUSCULAR = "INTRAMUSCULAR", "Intramuscular"
    INHALED = "RESPIRATORY (INHALATION)", "Inhalation"
    TOPICAL = "TOPICAL", "Topical"
    TRANSDERMAL = "TRANSDERMAL", "Transdermal"
    RECTAL = "RECTAL", "Rectal"
    SUBLINGUAL = "SUBLINGUAL", "Sublingual"
    NASAL = "NASAL", "Nasal"
    OPHTHALMIC = "OPHTHALMIC", "Ophthalmic"
    VAGINAL = "VAGINAL", "Vaginal"
    UNKNOWN = "UNKNOWN", "Unknown"
