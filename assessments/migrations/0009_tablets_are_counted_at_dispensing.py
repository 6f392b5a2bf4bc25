from django.db import migrations, models

# What the form asks now follows from the doses of forms that were filled before; without any it stays open. By SQL: the
# trail is told who writes on the connection that migrates, which is not the one that the application writes on.
SAY_WHETHER_TAKEN = """
    SELECT set_config('edc.actor_name', 'system', true), set_config('edc.role', 'system', true),
           set_config('edc.channel', 'system', true), set_config('edc.reason', 'Everolimus taken: there are doses', true);
    UPDATE assessments_everolimusrecord SET any_taken = 'Y' WHERE case_form_id IN
        (SELECT case_form_id FROM assessments_everolimusinterval WHERE dose_mg > 0 AND NOT struck_out);
"""


class Migration(migrations.Migration):
    """How many tablets were dispensed and returned stood on two forms; the trail keeps what this one held."""

    dependencies = [
        ("assessments", "0008_details_of_existing_forms"),
    ]

    operations = [
        migrations.AddField(
            model_name="everolimusrecord",
            name="any_taken",
            field=models.CharField(
                blank=True,
                choices=[("Y", "Yes"), ("N", "No")],
                default="",
                max_length=1,
                verbose_name="Everolimus taken",
            ),
        ),
        migrations.AddField(
            model_name="everolimusrecord",
            name="not_taken_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ADVERSE EVENT", "Adverse event"),
                    ("LABORATORY VALUE", "Laboratory value"),
                    ("PATIENT DECISION", "Patient's decision"),
                    ("ADMINISTRATIVE", "Administrative"),
                    ("OTHER", "Other"),
                ],
                default="",
                max_length=16,
                verbose_name="Why not",
            ),
        ),
        migrations.RemoveField(model_name="everolimusrecord", name="tablets_dispensed"),
        migrations.RemoveField(model_name="everolimusrecord", name="tablets_returned"),
        migrations.RunSQL(SAY_WHETHER_TAKEN, migrations.RunSQL.noop),
    ]
