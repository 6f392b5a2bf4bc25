"""What was typed into a draft and not taken waits in a table of its own, under the trail, locks and sites as values are."""

import django.db.models.deletion
from django.db import migrations, models

from audit.operations import Shut, SiteIsolation, Trail

TABLE = "assessments_untakentext"


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0016_results_may_be_limits"),
        ("audit", "0008_sites_that_are_shown"),
        ("signature", "0002_what_is_shut_takes_no_writes"),
    ]

    operations = [
        migrations.CreateModel(
            name="UntakenText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case_form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="untaken_texts",
                        to="assessments.caseform",
                    ),
                ),
                ("item", models.CharField(max_length=80)),
                ("text", models.CharField(blank=True, default="", max_length=20000, verbose_name="Typed")),
                (
                    "why",
                    models.CharField(blank=True, default="", max_length=40000, verbose_name="Why it was not taken"),
                ),
            ],
            options={
                "verbose_name": "text that was not taken",
                "verbose_name_plural": "texts that were not taken",
                "constraints": [
                    models.UniqueConstraint(fields=["case_form", "item"], name="untaken_text_once_an_item"),
                    models.CheckConstraint(condition=~models.Q(text=""), name="an_untaken_text_says_something"),
                ],
            },
        ),
        migrations.AddField(
            model_name="caseform",
            name="untaken",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="Texts that were not taken"),
        ),
        migrations.AddConstraint(
            model_name="caseform",
            constraint=models.CheckConstraint(
                condition=~models.Q(state="complete") | models.Q(untaken=0), name="a_complete_form_has_no_untaken_text"
            ),
        ),
        Trail(TABLE),
        Shut(TABLE),
        SiteIsolation(TABLE, by="case_form_id"),
    ]
