"""Times of day are those of the site; each has its instant beside it. Until now they were typed as UTC."""

from django.db import migrations, models

import assessments.items

# Every site's zone is UTC when this runs, so that the instant is what was typed. It follows from the record, like a grade:
# a form that is locked has it too, and what guards locked forms stands aside for the length of this statement.
FILL = """
    SELECT set_config('edc.actor_name', 'system', true), set_config('edc.role', 'system', true),
           set_config('edc.channel', 'system', true), set_config('edc.reason', 'Instant of a time of day', true);
    DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = '{table}'::regclass AND tgname = 'shut') THEN
            ALTER TABLE {table} DISABLE TRIGGER shut;
        END IF;
        UPDATE {table} SET {name}_at = ({name}_date + {name}_time::time) AT TIME ZONE 'UTC'
            WHERE {name}_date IS NOT NULL AND {name}_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$';
        IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = '{table}'::regclass AND tgname = 'shut') THEN
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER shut;
        END IF;
    END $$;
"""
TIMES = (
    ("assessments_adverseevent", "aware"),
    ("assessments_haematology", "sample"),
    ("assessments_chemistry", "sample"),
)


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0014_unknown_in_rows'),
    ]

    operations = [
        migrations.AddField(
            model_name='adverseevent',
            name='aware_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='The site knew of it being serious, UTC'),
        ),
        migrations.AddField(
            model_name='chemistry',
            name='sample_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='Sample taken, UTC'),
        ),
        migrations.AddField(
            model_name='haematology',
            name='sample_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='Sample taken, UTC'),
        ),
        migrations.AlterField(
            model_name='adverseevent',
            name='aware_time',
            field=assessments.items.ClockTimeField(blank=True, default='', max_length=5, verbose_name='At what time, local'),
        ),
        migrations.AlterField(
            model_name='chemistry',
            name='sample_time',
            field=assessments.items.ClockTimeField(blank=True, default='', max_length=5, verbose_name='Time of sample, local'),
        ),
        migrations.AlterField(
            model_name='haematology',
            name='sample_time',
            field=assessments.items.ClockTimeField(blank=True, default='', max_length=5, verbose_name='Time of sample, local'),
        ),
        *(
            migrations.RunSQL(FILL.format(table=table, name=name), migrations.RunSQL.noop)
            for table, name in TIMES
        ),
    ]
