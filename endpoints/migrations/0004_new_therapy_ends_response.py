"""Everyone is derived afresh: new anticancer therapy ends the response, disease after a complete response is progression,
a response begins where it was confirmed, and every sign of life counts for survival. What was stored before goes: it says
the old, in another shape."""

from django.db import migrations

AFRESH = """
    INSERT INTO endpoints_mark (subject_id, at) SELECT id, now() FROM cohorts_subject;
    DELETE FROM endpoints_estimate;
    DELETE FROM endpoints_outcome;
"""


class Migration(migrations.Migration):
    dependencies = [("endpoints", "0003_figures_of_more_kinds")]
    operations = [migrations.RunSQL(AFRESH, migrations.RunSQL.noop)]
