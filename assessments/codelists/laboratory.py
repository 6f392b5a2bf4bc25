"""Results of the laboratory."""

from django.db.models import TextChoices

from laboratory.analytes import ANALYTES

# Made of the analytes themselves, so that a code and its unit are written once.
LaboratoryTest = TextChoices(
    "LaboratoryTest", [(analyte.code, (analyte.code, analyte.label)) for analyte in ANALYTES.values()]
)
LaboratoryUnit = TextChoices(
    "LaboratoryUnit",
    sorted({(unit.code, (unit.code, unit.label)) for analyte in ANALYTES.values() for unit in analyte.units}),
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


class GradeBound(TextChoices):
    """Of a result that is the limit of its method, `<0.1`: which grades what was measured may have beside that of the
    limit. Empty where there are no others."""

    AT_LEAST = "AT LEAST", "At least"
    AT_MOST = "AT MOST", "At most"
