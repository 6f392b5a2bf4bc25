import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("safety", "0002_trail")]
    operations = [
        migrations.AddField(
            model_name="seriousreport", name="ended_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AlterField(
            model_name="doseleveldecision",
            name="decision",
            field=models.CharField(
                choices=[
                    ("open", "Open this level"),
                    ("expand", "Keep this level open and treat more subjects"),
                    ("close", "Close this level"),
                    ("de_escalate", "Close this level and all above it, go on at the next lower one"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="notice", name="email_failures", field=models.PositiveSmallIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="notice", name="email_again_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="notice",
            name="undelivered",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="told_of",
                to="safety.notice",
            ),
        ),
        migrations.RemoveIndex(model_name="notice", name="notice_without_email"),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=Q(("emailed_at", None)), fields=["email_failures", "id"], name="notice_without_email"
            ),
        ),
        migrations.RemoveConstraint(model_name="notice", name="one_notice_a_person_and_report"),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=Q(("undelivered", None)), fields=("user", "report"), name="one_notice_a_person_and_report"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                fields=("user", "undelivered"), name="told_once_of_an_email_that_failed"
            ),
        ),
    ]
