from django.db import migrations

from audit.operations import Shut, SiteIsolation, Trail


class Migration(migrations.Migration):
    dependencies = [
        ("sdv", "0001_verifications_and_visits"),
        ("audit", "0008_sites_that_are_shown"),
        ("signature", "0002_what_is_shut_takes_no_writes"),
        ("assessments", "0011_site_isolation"),
    ]
    operations = [
        Trail("sdv_verification"),
        Trail("sdv_formverification"),
        Trail("sdv_monitoringvisit"),
        Shut("sdv_verification", by="locked"),
        Shut("sdv_formverification", by="locked"),
        SiteIsolation("sdv_verification", by="subject_id"),
        SiteIsolation("sdv_formverification", by="subject_id"),
        SiteIsolation("sdv_monitoringvisit", by="site_id"),
    ]
