"""Row-level security: these tables show a session the rows of its sites."""

from django.db import migrations

from audit.operations import SiteIsolation


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0008_sites_that_are_shown"),
        ("worklists", "0001_digests"),
    ]
    operations = [
        SiteIsolation("worklists_digest", by="site_id"),
    ]
