"""The report of a closed visit, written once: nobody changes or deletes it, and its digest is that of its content."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now

from audit.operations import SiteIsolation, Trail

STANDS = """
ALTER TABLE sdv_visitreport ADD CONSTRAINT digest_of_its_content
    CHECK (digest = encode(sha256(convert_to(content, 'UTF8')), 'hex'));
CREATE FUNCTION sdv_report_stands() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'reports of visits are never changed or deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER stands BEFORE UPDATE OR DELETE OR TRUNCATE ON sdv_visitreport
    FOR EACH STATEMENT EXECUTE FUNCTION sdv_report_stands();
ALTER TABLE sdv_visitreport ENABLE ALWAYS TRIGGER stands;
"""
REVERSE = "DROP TRIGGER stands ON sdv_visitreport; DROP FUNCTION sdv_report_stands();"
PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [("sdv", "0002_trail_locks_and_sites")]
    operations = [
        migrations.CreateModel(
            name="VisitReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.TextField()),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("kept_at", models.DateTimeField(db_default=Now(), editable=False)),
                ("site", models.ForeignKey(on_delete=PROTECT, related_name="+", to="accounts.site")),
                (
                    "visit",
                    models.OneToOneField(on_delete=PROTECT, related_name="report", to="sdv.monitoringvisit"),
                ),
            ],
            options={
                "verbose_name": "report of a monitoring visit",
                "verbose_name_plural": "reports of monitoring visits",
            },
        ),
        migrations.RunSQL(STANDS, REVERSE),
        Trail("sdv_visitreport"),
        SiteIsolation("sdv_visitreport", by="site_id"),
    ]
