from django.db import migrations

from audit.operations import Trail


class Migration(migrations.Migration):
    dependencies = [("cohorts", "0001_initial"), ("audit", "0002_record")]
    operations = [Trail(f"cohorts_{name}") for name in ("cohort", "subject", "enrolment", "visit", "protocolversion")]
