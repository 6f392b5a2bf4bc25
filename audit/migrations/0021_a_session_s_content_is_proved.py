"""The proof of a session covers what it keeps, and sessions that nobody signed in to have one too.

What a session keeps is signed, and not for which session: copied by SQL into a row of somebody's own making, the site
took it for theirs, and put a proof under it at its next save. A session without a proof is none from here on: who is
signed in has to sign in again.
"""

from django.db import migrations

ENTER = """
CREATE OR REPLACE FUNCTION edc.enter(key text) RETURNS text
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
    IF kept.session_key IS NULL OR (kept.user_id IS NULL) <> (epoch IS NULL)
            OR NOT edc.proved(format('session|%s|%s|%s|%s|%s', kept.session_key, kept.user_id, epoch,
                trunc(extract(epoch FROM kept.expire_date) * 1000000)::bigint,
                encode(sha256(convert_to(kept.session_data, 'UTF8')), 'hex')), kept.proof) THEN
        PERFORM edc.stand(0, 0, 0);
        RETURN NULL;
    ELSIF kept.user_id IS NULL THEN
        PERFORM edc.stand(0, 0, 0);
    ELSE
        PERFORM edc.stand_as(kept.user_id, '', NULL);
    END IF;
    RETURN kept.session_data;
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION edc.enter(key text) RETURNS text
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
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0020_no_temporary_table_before_what_waits")]
    operations = [
        migrations.RunSQL(ENTER, BEFORE),
        # The list of where users are signed in goes with them.
        migrations.RunSQL("DELETE FROM accounts_session; DELETE FROM accounts_signin", migrations.RunSQL.noop),
    ]
