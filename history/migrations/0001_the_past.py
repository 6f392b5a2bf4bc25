"""How the past is read: a moment that the transaction goes to, and what the trail says of a row until then.

`past` has a view of each table of the record under the table's own name, `past_of_subject` the same with what is of one
subject read by that subject alone (history.views makes both). Who goes to a moment has these names found before the
tables themselves, until the transaction ends or comes back. Nothing here is SECURITY DEFINER: the trail shows the past
of the sites that the session is shown, by the policy that it has.
"""

from django.db import migrations

PAST = """
CREATE SCHEMA past;
CREATE SCHEMA past_of_subject;
GRANT USAGE ON SCHEMA past, past_of_subject TO PUBLIC;

-- A row's first image holds each column, each later one those that changed.
CREATE AGGREGATE past.merged (jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}');

CREATE FUNCTION past.moment() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('edc.moment'), '')::timestamptz
$$;
CREATE FUNCTION past.torn() RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT current_setting('edc.torn')::bigint[]
$$;
CREATE FUNCTION past.subject() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('edc.past_subject'), '')::bigint
$$;

CREATE FUNCTION past.not_kept(name text) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'the trail keeps no past of %', name USING ERRCODE = 'feature_not_supported';
END $$;

-- Of a transaction that was writing at the moment, all belongs after it: half a save was never the record. Nothing that
-- writes is silent for five minutes.
CREATE FUNCTION past.torn_at(asked timestamptz) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(transaction), '{}') FROM (
        SELECT transaction FROM public.audit_event WHERE at > asked - interval '5 minutes' AND at <= asked
        INTERSECT
        SELECT transaction FROM public.audit_event WHERE at > asked AND at <= asked + interval '5 minutes'
    ) writing
$$;

CREATE FUNCTION past.go_to(asked timestamptz, of_subject bigint) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    IF asked > clock_timestamp() THEN
        RAISE EXCEPTION 'nothing is known of %', asked USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM set_config('edc.moment', asked::text, true),
            set_config('edc.torn', past.torn_at(asked)::text, true),
            set_config('edc.past_subject', coalesce(of_subject::text, ''), true),
            set_config('search_path', CASE WHEN of_subject IS NULL THEN 'past, public'
                                           ELSE 'past_of_subject, past, public' END, true);
END $$;

CREATE FUNCTION past.come_back(search_path text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    PERFORM set_config('edc.moment', '', true), set_config('edc.torn', '{}', true),
            set_config('edc.past_subject', '', true), set_config('search_path', search_path, true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0022_what_a_right_lets_write")]
    operations = [migrations.RunSQL(PAST, "DROP SCHEMA past_of_subject CASCADE; DROP SCHEMA past CASCADE;")]
