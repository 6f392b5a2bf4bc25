"""A consent that is given anew, to an amendment: a form of its own, under the trail, locks and site isolation."""

import django.db.models.deletion
from django.db import migrations, models

from audit.operations import Shut, SiteIsolation, Trail

TABLE = "assessments_reconsent"


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0022_instants_of_a_site"),
        ("audit", "0020_no_temporary_table_before_what_waits"),
        ("signature", "0005_signed_by_who_is_here"),
    ]
    operations = [
        migrations.CreateModel(
            name="Reconsent",
            fields=[
                (
                    "case_form",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="assessments.caseform",
                    ),
                ),
                (
                    "consent_given",
                    models.CharField(
                        blank=True,
                        choices=[("Y", "Yes"), ("N", "No")],
                        default="",
                        max_length=1,
                        verbose_name="Consent given",
                    ),
                ),
                ("consent_date", models.DateField(blank=True, null=True, verbose_name="Date")),
                (
                    "protocol_version",
                    models.CharField(blank=True, default="", max_length=20, verbose_name="Version of the protocol"),
                ),
                (
                    "consent_version",
                    models.CharField(blank=True, default="", max_length=40, verbose_name="Version of the consent form"),
                ),
            ],
            options={"verbose_name": "re-consent"},
        ),
        Trail(TABLE),
        Shut(TABLE),
        SiteIsolation(TABLE, by="case_form_id"),
    ]
