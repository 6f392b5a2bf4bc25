"""Row-level security: these tables show a session the rows of its sites."""

from django.db import migrations

from audit.operations import SiteIsolation


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0008_sites_that_are_shown"),
        ("laboratory", "0002_versions_of_ranges"),
    ]
    operations = [
        SiteIsolation("laboratory_referencerange", by="site_id"),
    ]
