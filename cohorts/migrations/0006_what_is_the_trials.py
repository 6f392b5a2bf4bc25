"""What a site is told of the whole trial: whether a label is taken, how many slots are, which visits there are.

For whoever has a role here; of the rows behind it nothing else is told (docs/decisions/0038).
"""

from django.db import migrations

FACTS = """
CREATE FUNCTION edc.label_is_taken(asked text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM cohorts_subject WHERE label = asked) AND currval('edc.roles') <> 0
$$;
CREATE FUNCTION edc.slots_taken(cohort bigint, but_of bigint) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT count(*) FROM cohorts_enrolment
    WHERE cohort_id = cohort AND status <> 'refused' AND subject_id IS DISTINCT FROM but_of
        AND currval('edc.roles') <> 0
$$;
CREATE FUNCTION edc.visit_codes() RETURNS TABLE (code text, kind text, cycle int) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT v.code, v.kind, v.cycle::int FROM cohorts_visit v WHERE NOT v.in_error AND currval('edc.roles') <> 0
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cohorts", "0005_visits_entered_in_error"), ("audit", "0018_who_is_here")]
    operations = [migrations.RunSQL(FACTS, "DROP FUNCTION edc.label_is_taken(text), edc.slots_taken(bigint, bigint), edc.visit_codes()")]
