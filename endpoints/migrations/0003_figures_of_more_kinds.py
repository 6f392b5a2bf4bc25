"""Everyone is derived afresh: the figures show days that the stored outcomes and estimates do not hold."""

from django.db import migrations

AFRESH = """
    INSERT INTO endpoints_mark (subject_id, at) SELECT id, now() FROM cohorts_subject;
    DELETE FROM endpoints_estimate;
"""


class Migration(migrations.Migration):
    dependencies = [("endpoints", "0002_site_isolation")]
    operations = [migrations.RunSQL(AFRESH, migrations.RunSQL.noop)]
