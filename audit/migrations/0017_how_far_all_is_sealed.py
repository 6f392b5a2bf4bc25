"""How many entries are not sealed yet and since when, for whoever asks: a count and a time, of all sites' entries.

By the owner: row-level security shows a session the entries of its own sites, and to one that nobody signed in to none.
"""

from django.db import migrations

WAITING = """
CREATE FUNCTION audit_unsealed() RETURNS TABLE (entries bigint, since timestamptz) LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
    SELECT count(*), min(at) FROM (
        (SELECT at FROM audit_event
            WHERE id > (SELECT coalesce(max(reach), 0) FROM audit_seal WHERE table_name = 'audit_event')
            ORDER BY id LIMIT 100000)
        UNION ALL
        (SELECT at FROM audit_accessevent
            WHERE id > (SELECT coalesce(max(reach), 0) FROM audit_seal WHERE table_name = 'audit_accessevent')
            ORDER BY id LIMIT 100000)
    ) newer
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0016_strangers_are_counted")]
    operations = [migrations.RunSQL(WAITING, "DROP FUNCTION audit_unsealed()")]
