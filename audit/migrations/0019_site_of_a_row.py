"""At which site a row is that was not shown: whom a refusal is to be told of depends on it.

For whoever has a role here; of the rows behind it nothing else is told (docs/decisions/0038).
"""

from django.db import migrations

FACTS = """
CREATE FUNCTION edc.site_of(asked text, key bigint) RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    at regclass := (SELECT polrelid FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        WHERE polname = 'site_isolation' AND c.relname = asked AND c.relnamespace = 'public'::regnamespace);
    own name := (SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = at AND i.indisprimary);
    found jsonb;
    subject bigint;
BEGIN
    IF at IS NULL OR currval('edc.roles') = 0 THEN RETURN NULL; END IF;
    EXECUTE format('SELECT to_jsonb(t) FROM %s t WHERE %I = $1', at, own) INTO found USING key;
    IF found ? 'site_id' THEN RETURN found ->> 'site_id'; END IF;
    subject := coalesce((found ->> 'subject_id')::bigint,
        (SELECT subject_id FROM assessments_caseform WHERE id = (found ->> 'case_form_id')::bigint));
    RETURN (SELECT site_id FROM cohorts_subject WHERE id = subject);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0018_who_is_here")]
    operations = [migrations.RunSQL(FACTS, "DROP FUNCTION edc.site_of(text, bigint)")]
