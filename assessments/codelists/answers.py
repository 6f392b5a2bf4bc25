"""Answers that any form may give."""

from django.db.models import TextChoices


class YesNo(TextChoices):
    YES = "Y", "Yes"
    NO = "N", "No"


class YesNoUnknown(TextChoices):
    YES = "Y", "Yes"
    NO = "N", "No"
    UNKNOWN = "U", "Unknown"


class YesNoNotApplicable(TextChoices):
    YES = "Y", "Yes"
    NO = "N", "No"
    NOT_APPLICABLE = "NA", "Not applicable"


class TestResult(TextChoices):
    POSITIVE = "POSITIVE", "Positive"
    NEGATIVE = "NEGATIVE", "Negative"
    NOT_DONE = "NOT DONE", "Not done"


class PositiveNegative(TextChoices):
    NEGATIVE = "NEGATIVE", "Negative"
    POSITIVE = "POSITIVE", "Positive"


class Reading(TextChoices):
    NORMAL = "NORMAL", "Normal"
    ABNORMAL = "ABNORMAL", "Abnormal"


class AbsenceReason(TextChoices):
    """Why a needed item has no value: completion status and reason, parted by a colon."""

    REFUSED = "NOT DONE: SUBJECT REFUSED", "Not done: subject refused"
    UNABLE = "NOT DONE: SUBJECT UNABLE", "Not done: subject unable"
    TECHNICAL = "NOT DONE: TECHNICAL PROBLEM", "Not done: technical problem"
    FORGOTTEN = "NOT DONE: OVERSIGHT", "Not done: oversight"
    NOT_INDICATED = "NOT DONE: NOT INDICATED", "Not done: not indicated for this subject"
    NOT_IN_SOURCE = "UNKNOWN: NOT IN SOURCE", "Unknown: not in the source"
    NOT_REMEMBERED = "UNKNOWN: NOT KNOWN TO SUBJECT", "Unknown: subject does not know"
    ELSEWHERE = "UNKNOWN: RECORD NOT OBTAINED", "Unknown: record could not be obtained"
