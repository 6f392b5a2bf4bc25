from django.db import migrations

from audit.operations import Trail


class Migration(migrations.Migration):
    dependencies = [("safety", "0001_serious_events_and_decisions"), ("audit", "0002_record")]
    operations = [
        Trail(f"safety_{name}") for name in ("seriousevent", "seriousreport", "notice", "doseleveldecision")
    ]
