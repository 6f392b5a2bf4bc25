"""Row-level security: these tables show a session the rows of its sites."""

from django.db import migrations

from audit.operations import SiteIsolation


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0008_sites_that_are_shown"),
        ("endpoints", "0001_initial"),
        ("cohorts", "0004_site_isolation"),
    ]
    operations = [
        SiteIsolation("endpoints_outcome", by="subject_id"),
    ]
