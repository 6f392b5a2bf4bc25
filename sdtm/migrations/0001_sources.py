import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("cohorts", "0002_trail")]
    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("domain", models.CharField(max_length=2)),
                ("reader", models.CharField(max_length=80)),
                (
                    "digests",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None),
                ),
                ("imported_at", models.DateTimeField(auto_now_add=True)),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cohorts.subject"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("subject", "domain"), name="source_once_a_domain")],
            },
        ),
    ]
