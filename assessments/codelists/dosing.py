"""Doses, and why they changed."""

from django.db.models import TextChoices


class Frequency(TextChoices):
    DAILY = "QD", "Once a day"
    EVERY_OTHER_DAY = "QOD", "Every other day"
    WEEKLY = "EVERY WEEK", "Every week"


class DoseFrequency(TextChoices):
    """Of a dose of any regimen."""

    ONCE = "ONCE", "Once: an infusion or a single dose"
    DAILY = "QD", "Once a day"
    TWICE = "BID", "Twice a day"
    THREE = "TID", "Three times a day"
    FOUR = "QID", "Four times a day"
    EVERY_OTHER_DAY = "QOD", "Every other day"
    WEEKLY = "EVERY WEEK", "Every week"
    TWO_WEEKS = "EVERY 2 WEEKS", "Every 2 weeks"
    THREE_WEEKS = "EVERY 3 WEEKS", "Every 3 weeks"
    FOUR_WEEKS = "EVERY 4 WEEKS", "Every 4 weeks"


class DoseChange(TextChoices):
    NONE = "DOSE NOT CHANGED", "As planned"
    DELAYED = "DOSE DELAYED", "Delayed"
    REDUCED = "DOSE REDUCED", "Reduced"
    INTERRUPTED = "DRUG INTERRUPTED", "Interrupted"
    OMITTED = "DOSE OMITTED", "Omitted"
    STOPPED = "DRUG WITHDRAWN", "Permanently discontinued"


class DoseReason(TextChoices):
    ADVERSE_EVENT = "ADVERSE EVENT", "Adverse event"
    LABORATORY = "LABORATORY VALUE", "Laboratory value"
    PATIENT = "PATIENT DECISION", "Subject's decision"
    ADMINISTRATIVE = "ADMINISTRATIVE", "Administrative"
    OTHER = "OTHER", "Other"


class Strength(TextChoices):
    """Of one everolimus tablet, in milligrams."""

    TWO_AND_A_HALF = "2.5", "2.5 mg"
    FIVE = "5", "5 mg"
    TEN = "10", "10 mg"
