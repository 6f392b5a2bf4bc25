"""Who a subject is, and how examinations find them."""

from django.db.models import TextChoices


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


class NoChildbearing(TextChoices):
    POSTMENOPAUSAL = "POSTMENOPAUSAL", "Postmenopausal"
    STERILE = "SURGICALLY STERILE", "Surgically sterile"
    MALE = "MALE", "Male"
    OTHER = "OTHER", "Other"


class WhoStatus(TextChoices):
    ZERO = "0", "0 Fully active"
    ONE = "1", "1 Restricted in strenuous activity"
    TWO = "2", "2 Up more than half of the day, cannot work"
    THREE = "3", "3 In bed or chair more than half of the day"
    FOUR = "4", "4 Fully confined to bed or chair"
    FIVE = "5", "5 Dead"


class Position(TextChoices):
    SITTING = "SITTING", "Sitting"
    SUPINE = "SUPINE", "Supine"
    STANDING = "STANDING", "Standing"


class HeartMethod(TextChoices):
    ECHO = "ECHOCARDIOGRAPHY", "Echocardiography"
    MUGA = "MUGA", "MUGA scan"


class Specimen(TextChoices):
    SERUM = "SERUM", "Serum"
    URINE = "URINE", "Urine"
