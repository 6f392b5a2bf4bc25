"""Outcomes and estimates say what they rest on. Those that were stored before do not: everyone is derived afresh."""

from django.db import migrations, models

AFRESH = "INSERT INTO endpoints_mark (subject_id, at) SELECT id, now() FROM cohorts_subject"


class Migration(migrations.Migration):
    dependencies = [("endpoints", "0004_new_therapy_ends_response")]

    operations = [
        migrations.AddField(
            model_name="outcome",
            name="basis",
            field=models.CharField("SHA-256 of what it rests on", max_length=64, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="estimate",
            name="code",
            field=models.CharField("SHA-256 of the code", max_length=64, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="estimate",
            name="basis",
            field=models.CharField("SHA-256 of what it rests on", max_length=64, default=""),
            preserve_default=False,
        ),
        migrations.RunSQL(AFRESH, migrations.RunSQL.noop),
    ]
