"""Row-level security: these tables show a session the rows of its sites."""

from django.db import migrations

from audit.operations import SiteIsolation


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0008_sites_that_are_shown"),
        ("cohorts", "0003_visits_by_their_day"),
    ]
    operations = [
        SiteIsolation("cohorts_subject", by="site_id"),
        SiteIsolation("cohorts_enrolment", by="subject_id"),
        SiteIsolation("cohorts_visit", by="subject_id"),
    ]
