"""A freeze takes the right to freeze, a lock that to lock, and to end one no less; both say who and when it was."""

from django.db import migrations

SHUTTER = """
CREATE FUNCTION signature_shutter() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    here bigint;
    who text := CASE TG_OP WHEN 'INSERT' THEN NEW.closed_by ELSE NEW.reopened_by END;
    moment timestamptz := CASE TG_OP WHEN 'INSERT' THEN NEW.closed_at ELSE NEW.reopened_at END;
BEGIN
    IF session_user = current_user THEN RETURN NEW; END IF;
    here := currval('edc.actor');
    IF here <> -1 AND (NOT edc.may(CASE NEW.state WHEN 'locked' THEN 'lock' ELSE 'freeze' END)
            OR who IS DISTINCT FROM (SELECT username FROM accounts_user WHERE id = here)
            OR moment IS NULL OR abs(extract(epoch FROM clock_timestamp() - moment)) > 60
            OR TG_OP = 'UPDATE' AND OLD.reopened_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a place is shut and opened by who has the right to, in their own name and at the time it says'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER shutter BEFORE INSERT OR UPDATE ON signature_closure FOR EACH ROW EXECUTE FUNCTION signature_shutter();
ALTER TABLE signature_closure ENABLE ALWAYS TRIGGER shutter;
"""


class Migration(migrations.Migration):
    dependencies = [("signature", "0005_signed_by_who_is_here"), ("audit", "0022_what_a_right_lets_write")]
    operations = [
        migrations.RunSQL(SHUTTER, "DROP TRIGGER shutter ON signature_closure; DROP FUNCTION signature_shutter();")
    ]
