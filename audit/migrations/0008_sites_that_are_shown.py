"""Row-level security: the trail shows a session the entries of its sites, and those of none."""

from django.db import migrations

from audit.operations import PLACE, WEIGHT, SiteIsolation


class Migration(migrations.Migration):
    dependencies = [("audit", "0007_keys_by_day")]
    operations = [
        migrations.RunSQL(WEIGHT, migrations.RunSQL.noop),
        # For a database made anew: the policy reads it from the start.
        migrations.RunSQL(PLACE, migrations.RunSQL.noop),
        SiteIsolation("audit_event", by="site_id", without=True),
    ]
