from django.db import migrations

from audit.operations import Trail

TABLES = (
    "caseform",
    "consent",
    "demography",
    "breastcancerhistory",
    "priortherapy",
    "eligibility",
    "everolimusrecord",
    "everolimusinterval",
    "infusionvisit",
    "tumourbaseline",
    "tumourassessment",
    "lesion",
    "lesionresult",
    "endoftreatment",
    "followup",
    "death",
)


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial"), ("audit", "0002_record")]
    operations = [Trail(f"assessments_{name}") for name in TABLES]
