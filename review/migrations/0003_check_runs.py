from django.db import migrations, models

from audit.operations import Trail


class Migration(migrations.Migration):
    dependencies = [("review", "0002_trail")]

    operations = [
        migrations.CreateModel(
            name="CheckRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("asked_by", models.CharField(max_length=150)),
                ("reason", models.CharField(max_length=500)),
                ("protocol_version", models.CharField(max_length=20)),
                ("subjects", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("found", models.PositiveIntegerField(default=0)),
                ("last_subject", models.BigIntegerField(default=0)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={"ordering": ["-id"]},
        ),
        migrations.AddConstraint(
            model_name="checkrun",
            constraint=models.UniqueConstraint(
                models.expressions.Value(1), condition=models.Q(finished_at__isnull=True), name="one_run_at_a_time"
            ),
        ),
        Trail("review_checkrun"),
    ]
