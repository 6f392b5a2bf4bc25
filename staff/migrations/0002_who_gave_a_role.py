"""Who gave and ended a role and why, and when a user was last at work, for who sees no site's entries of the trail.

For whoever has a role here; of the rows behind it nothing else is told (docs/decisions/0038).
"""

from django.db import migrations

FACTS = """
CREATE FUNCTION edc.entries_of_roles(roles bigint[]) RETURNS TABLE (
        row_id bigint, action text, actor_name text, reason text, ends boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT e.row_id, e.action, e.actor_name, e.reason, e.new ->> 'ended_at' IS NOT NULL FROM audit_event e
    WHERE e.table_name = 'accounts_membership' AND e.row_id = ANY (roles) AND currval('edc.roles') <> 0 ORDER BY e.id
$$;
CREATE FUNCTION edc.last_entry_of(name text) RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT e.at FROM audit_event e WHERE e.actor_name = name AND currval('edc.roles') <> 0 ORDER BY e.id DESC LIMIT 1
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_reviews_of_access"), ("audit", "0018_who_is_here")]
    operations = [migrations.RunSQL(FACTS, "DROP FUNCTION edc.entries_of_roles(bigint[]), edc.last_entry_of(text)")]
