"""Row-level security as audit.operations has it now, where it was laid down before: lists looked up each row's site."""

from typing import Any

from django.db import migrations

from audit.operations import WEIGHT, shown

EARLIER = """
    SELECT tablename, CASE WHEN qual ~ 'cohorts_subject' THEN 'subject_id' ELSE 'case_form_id' END
    FROM pg_policies WHERE policyname = 'site_isolation' AND qual ~ 'OFFSET 0'
"""


def lay_down_anew(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(EARLIER)
        for table, by in cursor.fetchall():
            cursor.execute(f"ALTER POLICY site_isolation ON {table} USING ({shown(table, by)})")


class Migration(migrations.Migration):
    dependencies = [("audit", "0010_that_a_secret_changed")]
    operations = [
        migrations.RunSQL(WEIGHT, migrations.RunSQL.noop),
        migrations.RunPython(lay_down_anew, migrations.RunPython.noop),
    ]
