"""How treatment ended and what came after it; what departed from the protocol."""

from django.db.models import TextChoices
from django.utils.functional import lazy

from protocol import known


def _disease() -> str:
    version = known()
    return version.disease if version else "Disease under study"


class EndReason(TextChoices):
    PROGRESSION = "PROGRESSIVE DISEASE", "Progressive disease"
    ADVERSE_EVENT = "ADVERSE EVENT", "Adverse event"
    DEATH = "DEATH", "Death"
    SUBJECT = "WITHDRAWAL BY SUBJECT", "Subject's decision"
    CONSENT = "WITHDRAWAL OF CONSENT", "Consent withdrawn"
    PHYSICIAN = "PHYSICIAN DECISION", "Physician's decision"
    LOST = "LOST TO FOLLOW-UP", "Lost to follow-up"
    DEVIATION = "PROTOCOL DEVIATION", "Protocol deviation"
    SPONSOR = "STUDY TERMINATED BY SPONSOR", "Study terminated by sponsor"
    COMPLETED = "COMPLETED", "Completed"
    NO_EFFICACY = "LACK OF EFFICACY", "Lack of efficacy"
    VIOLATION = "PROTOCOL VIOLATION", "Protocol violation"
    SCREEN_FAILURE = "SCREEN FAILURE", "Screen failure: never treated"
    OTHER = "OTHER", "Other"


class ContactMode(TextChoices):
    IN_PERSON = "IN PERSON", "In person"
    TELEPHONE = "TELEPHONE CALL", "Telephone"
    RECORDS = "MEDICAL RECORDS", "Medical records"
    FAMILY = "CONTACT WITH FAMILY", "Family or other physician"


class VitalStatus(TextChoices):
    ALIVE = "ALIVE", "Alive"
    DEAD = "DEAD", "Dead"
    UNKNOWN = "UNKNOWN", "Unknown"


class CauseOfDeath(TextChoices):
    CANCER = "DISEASE UNDER STUDY", lazy(_disease, str)()
    TREATMENT = "STUDY TREATMENT", "Study treatment"
    OTHER = "OTHER", "Other"
    UNKNOWN = "UNKNOWN", "Unknown"


class TherapyReason(TextChoices):
    PROGRESSION = "PROGRESSIVE DISEASE", "Progressive disease"
    TOXICITY = "ADVERSE EVENT", "Toxicity"
    WISH = "SUBJECT DECISION", "Subject's decision"
    OTHER = "OTHER", "Other"
    UNKNOWN = "UNKNOWN", "Unknown"


class DeviationKind(TextChoices):
    CONSENT = "INFORMED CONSENT", "Informed consent"
    ELIGIBILITY = "ELIGIBILITY", "Eligibility criterion not met"
    VISIT_WINDOW = "VISIT WINDOW", "Visit outside window"
    VISIT_MISSED = "VISIT MISSED", "Visit missed"
    ASSESSMENT_MISSED = "ASSESSMENT MISSED", "Assessment or test missed"
    DOSING = "STUDY TREATMENT", "Study treatment: dose or timing"
    MEDICATION = "PROHIBITED MEDICATION", "Prohibited medication"
    SAFETY_REPORTING = "SAFETY REPORTING", "Serious event reported late"
    OTHER = "OTHER", "Other"


class Importance(TextChoices):
    IMPORTANT = "MAJOR", "Important"
    MINOR = "MINOR", "Minor"
