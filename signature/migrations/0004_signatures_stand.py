"""What was signed is never changed or deleted, whoever asks; and which signatures a check found not to verify."""

import django.db.models.deletion
from django.db import migrations, models

from audit.operations import SiteIsolation, Trail

STANDS = """
CREATE FUNCTION signature_stands() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'signatures are never changed or deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER stands BEFORE UPDATE OR DELETE OR TRUNCATE ON signature_signature
    FOR EACH STATEMENT EXECUTE FUNCTION signature_stands();
ALTER TABLE signature_signature ENABLE ALWAYS TRIGGER stands;
"""
REVERSE = "DROP TRIGGER stands ON signature_signature; DROP FUNCTION signature_stands();"
PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [("signature", "0003_site_isolation")]
    operations = [
        migrations.RunSQL(STANDS, REVERSE),
        migrations.CreateModel(
            name="Doubt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("found_at", models.DateTimeField()),
                (
                    "case_form",
                    models.ForeignKey(on_delete=PROTECT, related_name="+", to="assessments.caseform"),
                ),
                (
                    "signature",
                    models.OneToOneField(on_delete=PROTECT, related_name="doubt", to="signature.signature"),
                ),
                ("subject", models.ForeignKey(on_delete=PROTECT, related_name="+", to="cohorts.subject")),
            ],
            options={
                "verbose_name": "signature that does not verify",
                "verbose_name_plural": "signatures that do not verify",
            },
        ),
        Trail("signature_doubt"),
        SiteIsolation("signature_doubt", by="subject_id"),
    ]
