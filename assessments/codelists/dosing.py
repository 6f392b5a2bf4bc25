"""Doses of the three drugs, and why they changed."""

from django.db.models import TextChoices


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


class Strength(TextChoices):
    """Of one everolimus tablet, in milligrams."""

    TWO_AND_A_HALF = "2.5", "2.5 mg"
    FIVE = "5", "5 mg"
    TEN = "10", "10 mg"
