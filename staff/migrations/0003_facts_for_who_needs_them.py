"""What a site is told of the whole trial is told to those whose pages show it, and to nobody else with a role.

Until now any role was enough: an administrator could have read by SQL who had a dose-limiting toxicity, a coordinator
when whoever was last at work, and either counted the deaths of another site, row by row.
"""

from django.db import migrations

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
SUBJECTS, PEOPLE = "edc.may('view_subjects')", "edc.may('view_staff', 'view_reviews_of_access', 'manage_users')"
ANY_ROLE = "currval('edc.roles') <> 0"
FACTS = """
CREATE OR REPLACE FUNCTION edc.label_is_taken(asked text) RETURNS boolean LANGUAGE sql STABLE {definer} AS $$
    SELECT EXISTS (SELECT FROM cohorts_subject WHERE label = asked) AND {subjects}
$$;
CREATE OR REPLACE FUNCTION edc.slots_taken(cohort bigint, but_of bigint) RETURNS bigint LANGUAGE sql STABLE {definer} AS $$
    SELECT count(*) FROM cohorts_enrolment
    WHERE cohort_id = cohort AND status <> 'refused' AND subject_id IS DISTINCT FROM but_of AND {subjects}
$$;
CREATE OR REPLACE FUNCTION edc.visit_codes() RETURNS TABLE (code text, kind text, cycle int)
    LANGUAGE sql STABLE {definer} AS $$
    SELECT DISTINCT v.code, v.kind, v.cycle::int FROM cohorts_visit v WHERE NOT v.in_error AND {subjects}
$$;
CREATE OR REPLACE FUNCTION edc.first_cycles(cohorts bigint[]) RETURNS TABLE (
        cohort_id bigint, subject_id bigint, label text, dose_limiting_toxicity text, cycle_completed text,
        everolimus_percent numeric)
    LANGUAGE sql STABLE {definer} AS $$
    SELECT e.cohort_id, e.subject_id, s.label, d.dose_limiting_toxicity, d.cycle_completed, d.everolimus_percent
    FROM cohorts_enrolment e JOIN cohorts_subject s ON s.id = e.subject_id
    LEFT JOIN LATERAL (
        SELECT d.* FROM assessments_dltevaluation d JOIN assessments_caseform f ON f.id = d.case_form_id
        WHERE f.subject_id = e.subject_id AND f.state = 'complete' ORDER BY f.id DESC LIMIT 1
    ) d ON true
    WHERE e.status = 'approved' AND e.cohort_id = ANY (cohorts) AND {subjects}
    ORDER BY s.label
$$;
CREATE OR REPLACE FUNCTION edc.entries_of_roles(roles bigint[]) RETURNS TABLE (
        row_id bigint, action text, actor_name text, reason text, ends boolean)
    LANGUAGE sql STABLE {definer} AS $$
    SELECT e.row_id, e.action, e.actor_name, e.reason, e.new ->> 'ended_at' IS NOT NULL FROM audit_event e
    WHERE e.table_name = 'accounts_membership' AND e.row_id = ANY (roles) AND {people} ORDER BY e.id
$$;
CREATE OR REPLACE FUNCTION edc.last_entry_of(name text) RETURNS timestamptz LANGUAGE sql STABLE {definer} AS $$
    SELECT e.at FROM audit_event e WHERE e.actor_name = name AND {people} ORDER BY e.id DESC LIMIT 1
$$;
"""
# Of a row that holds a record it is not told: a refusal is always at the form, the subject or the visit.
SITE_OF = """
CREATE OR REPLACE FUNCTION edc.site_of(asked text, key bigint) RETURNS bigint LANGUAGE plpgsql STABLE {definer} AS $$
DECLARE
    at regclass := (SELECT polrelid FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        WHERE polname = 'site_isolation' AND c.relname = asked AND c.relnamespace = 'public'::regnamespace{but});
    own name := (SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = at AND i.indisprimary);
    found jsonb;
    subject bigint;
BEGIN
    IF at IS NULL OR currval('edc.roles') = 0 THEN RETURN NULL; END IF;
    EXECUTE format('SELECT to_jsonb(t) FROM %s t WHERE %I = $1', at, own) INTO found USING key;
    IF found ? 'site_id' THEN RETURN found ->> 'site_id'; END IF;
    subject := coalesce((found ->> 'subject_id')::bigint,
        (SELECT subject_id FROM assessments_caseform WHERE id = (found ->> 'case_form_id')::bigint));
    RETURN (SELECT site_id FROM cohorts_subject WHERE id = subject);
END $$;
"""
BUT = "\n            AND (c.relname = 'assessments_caseform' OR c.relname NOT LIKE 'assessments\\_%')"


def facts(subjects: str, people: str, but: str) -> str:
    return FACTS.format(definer=DEFINER, subjects=subjects, people=people) + SITE_OF.format(definer=DEFINER, but=but)


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0002_who_gave_a_role"),
        ("audit", "0022_what_a_right_lets_write"),
        ("cohorts", "0006_what_is_the_trials"),
        ("safety", "0005_first_cycles_of_the_trial"),
    ]
    operations = [migrations.RunSQL(facts(SUBJECTS, PEOPLE, BUT), facts(ANY_ROLE, ANY_ROLE, ""))]
