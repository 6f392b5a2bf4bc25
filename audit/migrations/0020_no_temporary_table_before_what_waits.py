"""A count by the owner's rights looks for tables in the session's temporary schema last, as each such function does.

Where `pg_temp` is not named, PostgreSQL looks there first: a session could count a table of its own.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0019_site_of_a_row")]
    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION audit_unsealed() SET search_path = pg_catalog, public, pg_temp",
            "ALTER FUNCTION audit_unsealed() SET search_path = pg_catalog, public",
        )
    ]
