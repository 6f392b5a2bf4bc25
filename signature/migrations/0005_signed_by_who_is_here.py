"""A signature is made by the one who is signed in, in a role that is held, now: the database takes no other.

The system's own sessions, which load the demonstration and public data, are who they say; the trail has the time.
"""

from django.db import migrations

SIGNER = """
CREATE FUNCTION signature_signer() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    here bigint;
BEGIN
    IF session_user = current_user THEN RETURN NEW; END IF;
    here := currval('edc.actor');
    IF here <> -1 AND (NEW.signer_id IS DISTINCT FROM here
            OR NEW.username IS DISTINCT FROM (SELECT username FROM accounts_user WHERE id = here)
            OR NEW.role IS DISTINCT FROM current_setting('edc.role', true)
            OR abs(extract(epoch FROM clock_timestamp() - NEW.signed_at)) > 60) THEN
        RAISE EXCEPTION 'a signature is made by its signer, who is signed in, and at the time that it says'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signer BEFORE INSERT ON signature_signature FOR EACH ROW EXECUTE FUNCTION signature_signer();
ALTER TABLE signature_signature ENABLE ALWAYS TRIGGER signer;
"""


class Migration(migrations.Migration):
    dependencies = [("signature", "0004_signatures_stand"), ("audit", "0018_who_is_here")]
    operations = [
        migrations.RunSQL(SIGNER, "DROP TRIGGER signer ON signature_signature; DROP FUNCTION signature_signer();")
    ]
