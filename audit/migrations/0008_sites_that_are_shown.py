"""What row-level security asks of a session: which sites it is shown (accounts.scope says it), none where nobody did."""

from django.db import migrations

from audit.operations import SiteIsolation

ASKED = """
CREATE FUNCTION edc_everywhere() RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT coalesce(current_setting('edc.sites', true), '') = 'all'
$$;

CREATE FUNCTION edc_sites() RETURNS bigint[] LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT CASE WHEN coalesce(current_setting('edc.sites', true), '') IN ('', 'all') THEN '{}'::bigint[]
                ELSE string_to_array(current_setting('edc.sites', true), ',')::bigint[] END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0007_keys_by_day")]
    operations = [
        migrations.RunSQL(ASKED, "DROP FUNCTION edc_everywhere(); DROP FUNCTION edc_sites();"),
        SiteIsolation("audit_event", by="site_id", without=True),
    ]
