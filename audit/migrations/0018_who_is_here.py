"""Who works in a session of the database, kept where the application's role cannot write it (docs/decisions/0038).

Until now the role said by settings of its session which actor it was and which sites it was to be shown.
"""

from importlib import import_module
from typing import Any

from django.db import migrations

from audit.operations import PLACE, shown

RECORD_BEFORE = import_module("audit.migrations.0010_that_a_secret_changed").RECORD
FUNCTIONS = """
-- What the application says with a proof, the web process alone can have said: HMAC-SHA-256 under one of its keys.
CREATE FUNCTION edc.proved(said text, proof text) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT EXISTS (SELECT FROM edc.key
        WHERE encode(sha256(outward || sha256(inward || convert_to(said, 'UTF8'))), 'hex') = proof)
$$;

CREATE FUNCTION edc.stand(actor bigint, roles bigint, scope bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    PERFORM setval('edc.actor', actor), setval('edc.roles', roles), setval('edc.scope', scope);
END $$;

CREATE FUNCTION edc.scope_of(sites bigint[], everywhere boolean) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    known bigint := CASE WHEN everywhere THEN 1 WHEN sites IS NULL THEN 0 END;
BEGIN
    IF known IS NULL THEN
        SELECT id INTO known FROM edc.scopes s WHERE s.sites = scope_of.sites;
    END IF;
    IF known IS NULL THEN
        INSERT INTO edc.scopes (sites) VALUES (scope_of.sites)
            ON CONFLICT ON CONSTRAINT scopes_sites_key DO UPDATE SET sites = excluded.sites RETURNING id INTO known;
    END IF;
    RETURN known;
END $$;

-- As this user, with the roles that are held now; of a token, those that it carries.
CREATE FUNCTION edc.stand_as(who bigint, only_role text, only_site bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    bits bigint;
    everywhere boolean;
    sites bigint[];
BEGIN
    SELECT coalesce(bit_or(r.bit), 0), coalesce(bool_or(r.shows AND m.site_id IS NULL), false),
            array_agg(DISTINCT m.site_id ORDER BY m.site_id) FILTER (WHERE r.shows AND m.site_id IS NOT NULL)
        INTO bits, everywhere, sites
        FROM public.accounts_membership m JOIN edc.role r ON r.name = m.role
        WHERE m.user_id = who AND m.ended_at IS NULL AND only_role IN ('', m.role)
            AND (only_site IS NULL OR m.site_id = only_site);
    PERFORM edc.stand(who, bits, edc.scope_of(sites, everywhere));
END $$;

-- A sequence is not set where nothing may be written; nobody is let in there either, and who comes is shown nothing.
CREATE FUNCTION edc.leave() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_setting('transaction_read_only') = 'off' THEN
        PERFORM edc.stand(0, 0, 0);
    END IF;
END $$;

-- By the key of a session, of which the table has the SHA-256. Gives what the session keeps, NULL where there is none.
CREATE FUNCTION edc.enter(key text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    kept accounts_session%ROWTYPE;
    epoch int;
BEGIN
    SELECT * INTO kept FROM accounts_session
        WHERE session_key = encode(sha256(convert_to(key, 'UTF8')), 'hex') AND expire_date > clock_timestamp();
    IF kept.user_id IS NOT NULL THEN
        SELECT session_epoch INTO epoch FROM accounts_user WHERE id = kept.user_id AND is_active;
    END IF;
    IF epoch IS NOT NULL AND edc.proved(format('session|%s|%s|%s|%s', kept.session_key, kept.user_id, epoch,
            trunc(extract(epoch FROM kept.expire_date) * 1000000)::bigint), kept.proof) THEN
        PERFORM edc.stand_as(kept.user_id, '', NULL);
    ELSE
        PERFORM edc.stand(0, 0, 0);
    END IF;
    RETURN kept.session_data;
END $$;

CREATE FUNCTION edc.enter_by_token(token text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    kept accounts_apitoken%ROWTYPE;
BEGIN
    SELECT t.* INTO kept FROM accounts_apitoken t JOIN accounts_user u ON u.id = t.user_id
        WHERE t.digest = encode(sha256(convert_to(token, 'UTF8')), 'hex') AND t.expires_at > clock_timestamp()
            AND u.is_active;
    IF kept.id IS NOT NULL AND edc.proved(format('token|%s|%s|%s|%s|%s|%s', kept.digest, kept.user_id,
            trunc(extract(epoch FROM kept.expires_at) * 1000000)::bigint, kept.scope, kept.only_role,
            kept.only_site_id), kept.proof) THEN
        PERFORM edc.stand_as(kept.user_id, kept.only_role, kept.only_site_id);
        RETURN true;
    END IF;
    PERFORM edc.stand(0, 0, 0);
    RETURN false;
END $$;

-- At the door: whom the web process has just known by a password or a link, or (0) nobody yet. No role and no site.
CREATE FUNCTION edc.vouch(who bigint, at bigint, proof text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF abs(at - extract(epoch FROM clock_timestamp())) < 60
            AND edc.proved(format('vouch|%s|%s|%s', who, at, pg_backend_pid()), proof)
            AND (who = 0 OR EXISTS (SELECT FROM accounts_user WHERE id = who AND is_active)) THEN
        PERFORM edc.stand(CASE who WHEN 0 THEN -2 ELSE who END, 0, 0);
        RETURN true;
    END IF;
    PERFORM edc.stand(0, 0, 0);
    RETURN false;
END $$;

-- For the role of the worker and of commands alone: whoever, wherever.
CREATE FUNCTION edc.enter_system() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM edc.stand(-1, 1::bigint << 60, 1);
END $$;

CREATE FUNCTION edc.require_actor(actor bigint, who text, acts_as text, at_table text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    here bigint := currval('edc.actor');
BEGIN
    IF here = -1 THEN
        RETURN;
    ELSIF here = -2 THEN
        IF actor IS NULL AND who IN ('sign-in', 'password link') AND acts_as = 'none' THEN RETURN; END IF;
    ELSIF here > 0 AND here = actor AND who = (SELECT username FROM public.accounts_user WHERE id = here)
            AND (acts_as = 'none' OR EXISTS (
                SELECT FROM edc.role WHERE name = acts_as AND bit & currval('edc.roles') <> 0)) THEN
        RETURN;
    END IF;
    RAISE EXCEPTION 'a write to % by % (%) is not of whom this session is', at_table, who, acts_as
        USING ERRCODE = 'insufficient_privilege';
END $$;

REVOKE EXECUTE ON FUNCTION edc.proved(text, text), edc.stand(bigint, bigint, bigint), edc.scope_of(bigint[], boolean),
    edc.stand_as(bigint, text, bigint), edc.enter_system(), edc.require_actor(bigint, text, text, text) FROM PUBLIC;
"""
RECORD = """
CREATE OR REPLACE FUNCTION audit_record() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    who text := current_setting('edc.actor_name', true);
    actor bigint := nullif(current_setting('edc.actor_id', true), '');
    acts_as text := coalesce(current_setting('edc.role', true), '');
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
    -- The owner of the tables, who migrates, is whom it says to be.
    IF session_user <> current_user THEN
        PERFORM edc.require_actor(actor, who, acts_as, TG_TABLE_NAME);
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
    VALUES (clock_timestamp(), txid_current(), actor, who, acts_as,
            coalesce(current_setting('edc.reason', true), ''),
            coalesce(current_setting('edc.channel', true), ''), lower(TG_OP), TG_TABLE_NAME,
            coalesce(image ->> 'id', image ->> 'case_form_id')::bigint, site, subject, form, before, after);
    RETURN NULL;
END $$;
"""

HELD = "SELECT tablename, qual FROM pg_policies WHERE policyname = 'site_isolation'"


def lay_down_anew(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(HELD)
        for table, qual in cursor.fetchall():
            by = next(name for sign, name in BY.items() if sign in qual)
            cursor.execute(f"ALTER POLICY site_isolation ON {table} USING ({shown(table, by, 'IS NULL' in qual)})")


# What a policy looks its row's site up by, and what in it says so.
BY = {"cohorts_subject": "subject_id", "assessments_caseform": "case_form_id", "site_id": "site_id"}


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0017_how_far_all_is_sealed"),
        ("accounts", "0010_sessions_with_their_user"),
    ]
    operations = [
        migrations.RunSQL(PLACE, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS),
        migrations.RunSQL(RECORD, RECORD_BEFORE),
        migrations.RunPython(lay_down_anew, migrations.RunPython.noop),
    ]
