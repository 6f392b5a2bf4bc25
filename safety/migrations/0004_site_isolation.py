"""Row-level security: these tables show a session the rows of its sites."""

from django.db import migrations

from audit.operations import SiteIsolation


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0008_sites_that_are_shown"),
        ("safety", "0003_clocks_that_end_and_mail_that_fails"),
        ("cohorts", "0004_site_isolation"),
    ]
    operations = [
        SiteIsolation("safety_seriousevent", by="subject_id"),
        SiteIsolation("safety_seriousreport", by="subject_id"),
        SiteIsolation("safety_notice", by="subject_id"),
    ]
