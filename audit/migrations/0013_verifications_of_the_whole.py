from django.db import migrations, models
from django.db.models import Q

from audit.operations import Trail


class Migration(migrations.Migration):
    dependencies = [("audit", "0012_a_block_is_bounded")]

    operations = [
        migrations.CreateModel(
            name="WholeVerified",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "of",
                    models.CharField(
                        choices=[
                            ("trail", "Trail and log of access"),
                            ("signatures", "Signatures"),
                            ("figures", "Outcomes and estimates"),
                        ],
                        max_length=20,
                    ),
                ),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("asked_by", models.CharField(max_length=150)),
                ("begun_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("entries", models.PositiveBigIntegerField(default=0)),
                ("says", models.CharField(blank=True, max_length=500)),
                ("faults", models.JSONField(default=list)),
                ("fault_count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "verification of the whole",
                "verbose_name_plural": "verifications of the whole",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(ended_at__isnull=True), fields=("of",), name="verified_one_at_a_time"
                    )
                ],
            },
        ),
        Trail("audit_wholeverified"),
    ]
