"""Concomitant medication."""

from django.db.models import TextChoices


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
