"""Row-level security: these tables show a session the rows of its sites."""

from django.db import migrations

from audit.operations import SiteIsolation


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0008_sites_that_are_shown"),
        ("review", "0004_queries_assigned_and_kept_filters"),
        ("cohorts", "0004_site_isolation"),
    ]
    operations = [
        SiteIsolation("review_query", by="subject_id"),
        SiteIsolation("review_querystep", by="subject_id"),
    ]
