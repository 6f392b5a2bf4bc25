"""The trigger's function: who, why and by which channel come from the transaction's settings (accounts.actor.acting).

SECURITY DEFINER with a fixed search_path: the application's role may run the trigger without any right on the trail's
table. pg_temp stands last in it: not named, it would come first, and a temporary table could catch the entries. A write
with nobody behind it is refused here, whatever program makes it.
"""

from django.db import migrations

RECORD = """
CREATE FUNCTION audit_changed(before jsonb, after jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT jsonb_object_agg(key, value) FROM jsonb_each(after) WHERE before -> key IS DISTINCT FROM value
$$;

CREATE FUNCTION audit_record() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    who text := current_setting('edc.actor_name', true);
    unrecorded text[] := coalesce(TG_ARGV::text[], '{}');
    before jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) - unrecorded END;
    after jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) - unrecorded END;
    image jsonb := coalesce(after, before);
    own text := image ->> 'id';
    form bigint := coalesce(image ->> 'case_form_id', CASE TG_TABLE_NAME WHEN 'assessments_caseform' THEN own END);
    subject bigint := coalesce(image ->> 'subject_id', CASE TG_TABLE_NAME WHEN 'cohorts_subject' THEN own END);
    site bigint := coalesce(image ->> 'site_id', CASE TG_TABLE_NAME WHEN 'accounts_site' THEN own END);
BEGIN
    IF coalesce(who, '') = '' THEN
        RAISE EXCEPTION 'a write to % needs an actor', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        SELECT audit_changed(after, before), audit_changed(before, after) INTO before, after;
        IF after IS NULL THEN RETURN NULL; END IF;
    END IF;
    IF subject IS NULL AND form IS NOT NULL THEN
        SELECT subject_id INTO subject FROM assessments_caseform WHERE id = form;
    END IF;
    IF site IS NULL AND subject IS NOT NULL THEN
        SELECT site_id INTO site FROM cohorts_subject WHERE id = subject;
    END IF;
    INSERT INTO audit_event (at, transaction, actor_id, actor_name, role, reason, channel, action, table_name, row_id,
                             site_id, subject_id, case_form_id, old, new)
    VALUES (clock_timestamp(), txid_current(), nullif(current_setting('edc.actor_id', true), '')::bigint, who,
            coalesce(current_setting('edc.role', true), ''), coalesce(current_setting('edc.reason', true), ''),
            coalesce(current_setting('edc.channel', true), ''), lower(TG_OP), TG_TABLE_NAME,
            coalesce(image ->> 'id', image ->> 'case_form_id')::bigint, site, subject, form, before, after);
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(RECORD, "DROP FUNCTION audit_record(); DROP FUNCTION audit_changed(jsonb, jsonb);")]
