"""The times of day of a site, and what instants they are, for the administrator who puts its time zone right.

For whoever has a role here; of the rows behind it nothing else is told (docs/decisions/0038).
"""

from django.db import migrations

FACTS = r"""
CREATE FUNCTION edc.holds(asked text) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT EXISTS (SELECT FROM edc.role WHERE name = asked AND bit & currval('edc.roles') <> 0)
        OR currval('edc.actor') = -1
$$;
CREATE FUNCTION edc.times_of(at text, item text, site bigint) RETURNS TABLE (form bigint, day date, clock text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT edc.holds('administrator') OR at NOT LIKE 'assessments\_%' THEN RETURN; END IF;
    RETURN QUERY EXECUTE format(
        'SELECT t.case_form_id, t.%I, t.%I::text FROM %I t JOIN assessments_caseform f ON f.id = t.case_form_id'
        ' JOIN cohorts_subject s ON s.id = f.subject_id WHERE s.site_id = $1 AND t.%I <> $2',
        item || '_date', item || '_time', at, item || '_time') USING site, '';
END $$;
CREATE FUNCTION edc.put_instant(at text, item text, asked bigint, moment timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT edc.holds('administrator') OR at NOT LIKE 'assessments\_%' THEN
        RAISE EXCEPTION 'a site''s clock is put right by an administrator' USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('UPDATE %I SET %I = $1 WHERE case_form_id = $2 AND %I IS DISTINCT FROM $1 AND %I <> $3',
        at, item || '_at', item || '_at', item || '_time') USING moment, asked, '';
END $$;
REVOKE EXECUTE ON FUNCTION edc.holds(text) FROM PUBLIC;
"""
UNDO = """DROP FUNCTION edc.times_of(text, text, bigint), edc.put_instant(text, text, bigint, timestamptz),
    edc.holds(text)"""


class Migration(migrations.Migration):
    dependencies = [("assessments", "0021_words_of_the_trade"), ("audit", "0018_who_is_here")]
    operations = [migrations.RunSQL(FACTS, UNDO)]
