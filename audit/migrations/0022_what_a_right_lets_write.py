"""The database knows which right a write takes (docs/decisions/0039), and who says what in the log of access.

Until now whoever had a live session of a user's beside the database's password wrote by that user's name what no page
would have let them: a role of their own, another's password, the end of a lock.
"""

from importlib import import_module

from django.db import migrations

RECORD_BEFORE = import_module("audit.migrations.0018_who_is_here").RECORD
RIGHTS = """
ALTER TABLE edc.role ADD COLUMN permissions text[] NOT NULL DEFAULT '{}';
-- What a line is missing for, anybody may. `own`: rows about oneself need no right.
CREATE TABLE edc.writer (
    table_name text NOT NULL, action text NOT NULL, permissions text[] NOT NULL, own boolean NOT NULL,
    PRIMARY KEY (table_name, action));

CREATE FUNCTION edc.may(VARIADIC asked text[]) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT currval('edc.actor') = -1
        OR EXISTS (SELECT FROM edc.role WHERE permissions && asked AND bit & currval('edc.roles') <> 0)
$$;

-- A row that another trigger writes, as a lock's stamp on its forms, takes no right of its own.
CREATE FUNCTION edc.require_right(at_table text, doing text, of_user bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    line edc.writer%ROWTYPE;
BEGIN
    IF currval('edc.actor') <= 0 OR pg_trigger_depth() > 1 THEN RETURN; END IF;
    SELECT * INTO line FROM edc.writer WHERE table_name = at_table AND action = doing;
    IF FOUND AND NOT (line.own AND of_user IS NOT DISTINCT FROM currval('edc.actor'))
            AND NOT edc.may(VARIADIC line.permissions) THEN
        RAISE EXCEPTION 'to % in % takes a right that this user does not have', doing, at_table
            USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION edc.may(text[]), edc.require_right(text, text, bigint) FROM PUBLIC;
"""
NO_RIGHTS = """
DROP FUNCTION edc.require_right(text, text, bigint); DROP FUNCTION edc.may(text[]); DROP TABLE edc.writer;
ALTER TABLE edc.role DROP COLUMN permissions;
"""
REQUIRED = "        PERFORM edc.require_actor(actor, who, acts_as, TG_TABLE_NAME);\n"
OF_USER = """        PERFORM edc.require_right(TG_TABLE_NAME, lower(TG_OP),
            (CASE TG_TABLE_NAME WHEN 'accounts_user' THEN own ELSE image ->> 'user_id' END)::bigint);
"""
assert REQUIRED in RECORD_BEFORE
RECORD = RECORD_BEFORE.replace(REQUIRED, REQUIRED + OF_USER)
# What the site says of itself it may say at any time; what it says of a user, in their session alone. That somebody was
# not let in is said of people who are not there.
ENTRANCE = """
CREATE FUNCTION audit_says_who() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    here bigint;
BEGIN
    IF session_user = current_user THEN RETURN NEW; END IF;
    here := currval('edc.actor');
    IF here = -1 THEN RETURN NEW; END IF;
    NEW.at := clock_timestamp();
    IF NOT (NEW.kind = 'sign_in_failed'
            OR NEW.actor_id IS NULL AND NEW.actor_name = 'nobody' AND NEW.kind IN ('refused', 'stranger', 'not_found')
            OR coalesce(NEW.actor_id, 0) = here AND here > 0
                AND NEW.actor_name = (SELECT username FROM accounts_user WHERE id = here)) THEN
        RAISE EXCEPTION 'a line of the log of access is not of whom this session is'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER says_who BEFORE INSERT ON audit_accessevent FOR EACH ROW EXECUTE FUNCTION audit_says_who();
ALTER TABLE audit_accessevent ENABLE ALWAYS TRIGGER says_who;
"""
NO_ENTRANCE = "DROP TRIGGER says_who ON audit_accessevent; DROP FUNCTION audit_says_who();"
# Called by other functions of the owner's alone; to anybody they told who had locked what, at whatever site.
CLOSED = "REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC"
INNER = "signature_require_open(text[], text[]), signature_require_open_form(bigint[], boolean)"


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0021_a_session_s_content_is_proved"),
        ("signature", "0005_signed_by_who_is_here"),
    ]
    operations = [
        migrations.RunSQL(RIGHTS, NO_RIGHTS),
        migrations.RunSQL(RECORD, RECORD_BEFORE),
        migrations.RunSQL(ENTRANCE, NO_ENTRANCE),
        migrations.RunSQL(CLOSED.format(INNER), f"GRANT EXECUTE ON FUNCTION {INNER} TO PUBLIC"),
    ]
