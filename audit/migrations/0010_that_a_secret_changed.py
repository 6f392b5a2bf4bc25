"""That a password's hash, a second factor's secret or a token was changed is recorded, though not what it is.

Left out as a whole, an UPDATE of the hash alone left nothing in the trail: who had the application's password for the
database could sign in, and sign, as somebody else, and put the hash back.
"""

from django.db import migrations

RECORD = """
CREATE OR REPLACE FUNCTION audit_record() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    who text := current_setting('edc.actor_name', true);
    unrecorded text[] := coalesce(TG_ARGV::text[], '{}');
    hidden text[];
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
        IF unrecorded <> '{}' THEN
            SELECT array_agg(name) INTO hidden FROM unnest(unrecorded) AS name
                WHERE name = ANY ('{password,data,digest}')
                    AND to_jsonb(OLD) -> name IS DISTINCT FROM to_jsonb(NEW) -> name;
            IF hidden IS NOT NULL THEN
                before := coalesce(before, '{}')
                    || (SELECT jsonb_object_agg(name, 'not recorded') FROM unnest(hidden) AS name);
                after := coalesce(after, '{}')
                    || (SELECT jsonb_object_agg(name, 'changed, not recorded') FROM unnest(hidden) AS name);
            END IF;
        END IF;
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
BEFORE = """
CREATE OR REPLACE FUNCTION audit_record() RETURNS trigger
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
    dependencies = [("audit", "0009_people_trail")]
    operations = [migrations.RunSQL(RECORD, BEFORE)]
