"""What was derived of each subject under a version of the protocol stays, once the next one takes force."""

import django.db.models.deletion
from django.db import migrations, models

from audit.operations import SiteIsolation


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0009_groups_that_a_list_gives"),
        ("endpoints", "0006_a_version_s_own_estimates"),
    ]

    operations = [
        migrations.CreateModel(
            name="EarlierOutcome",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cohort_code", models.CharField(db_index=True, max_length=30)),
                ("treated", models.BooleanField()),
                ("measurable", models.BooleanField()),
                ("row", models.JSONField()),
                ("derivation", models.JSONField()),
                ("basis", models.CharField(max_length=64, verbose_name="SHA-256 of what it rests on")),
                ("derived_at", models.DateTimeField(auto_now=True)),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cohorts.protocolversion"
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="earlier_outcomes",
                        to="cohorts.subject",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="earlieroutcome",
            constraint=models.UniqueConstraint(fields=("subject", "protocol"), name="earlier_outcome_once_a_version"),
        ),
        SiteIsolation("endpoints_earlieroutcome", by="subject_id"),
    ]
