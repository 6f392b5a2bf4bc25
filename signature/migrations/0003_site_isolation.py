"""Freezes, locks and signatures are shown to their site; what is said of the whole trial is shown to everybody."""

from django.db import migrations

from audit.operations import SiteIsolation


class Migration(migrations.Migration):
    dependencies = [
        ("signature", "0002_what_is_shut_takes_no_writes"),
        ("audit", "0008_sites_that_are_shown"),
        ("cohorts", "0004_site_isolation"),
    ]
    operations = [
        SiteIsolation("signature_closure", by="site_id", without=True),
        SiteIsolation("signature_signature", by="subject_id"),
    ]
