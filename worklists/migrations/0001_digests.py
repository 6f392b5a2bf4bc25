import django.db.models.deletion
from django.db import migrations, models

from audit.operations import Trail


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_users_sites_memberships"),
        ("audit", "0002_record"),
    ]

    operations = [
        migrations.CreateModel(
            name="Digest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("emailed_at", models.DateTimeField(blank=True, null=True)),
                ("due", models.PositiveIntegerField(verbose_name="due this week")),
                ("overdue", models.PositiveIntegerField(verbose_name="overdue")),
                ("missing", models.PositiveIntegerField(verbose_name="missing forms")),
                ("drafts", models.PositiveIntegerField(verbose_name="drafts")),
                ("silent", models.PositiveIntegerField(verbose_name="without contact")),
                ("queries", models.PositiveIntegerField(verbose_name="open queries")),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="digests", to="accounts.site"
                    ),
                ),
            ],
            options={"ordering": ["-day", "site__code"]},
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.UniqueConstraint(fields=("site", "day"), name="digest_once_a_site_and_day"),
        ),
        Trail("worklists_digest"),
    ]
