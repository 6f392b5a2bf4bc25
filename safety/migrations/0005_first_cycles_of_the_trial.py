"""What the count of a dose level takes from each subject of the trial, at whatever site.

For whoever has a role here; of the rows behind it nothing else is told (docs/decisions/0038).
"""

from django.db import migrations

FACTS = """
CREATE FUNCTION edc.first_cycles(cohorts bigint[]) RETURNS TABLE (
        cohort_id bigint, subject_id bigint, label text, dose_limiting_toxicity text, cycle_completed text,
        everolimus_percent numeric)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT e.cohort_id, e.subject_id, s.label, d.dose_limiting_toxicity, d.cycle_completed, d.everolimus_percent
    FROM cohorts_enrolment e JOIN cohorts_subject s ON s.id = e.subject_id
    LEFT JOIN LATERAL (
        SELECT d.* FROM assessments_dltevaluation d JOIN assessments_caseform f ON f.id = d.case_form_id
        WHERE f.subject_id = e.subject_id AND f.state = 'complete' ORDER BY f.id DESC LIMIT 1
    ) d ON true
    WHERE e.status = 'approved' AND e.cohort_id = ANY (cohorts) AND currval('edc.roles') <> 0
    ORDER BY s.label
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("safety", "0004_site_isolation"), ("cohorts", "0006_what_is_the_trials"), ("assessments", "0019_entered_in_error")]
    operations = [migrations.RunSQL(FACTS, "DROP FUNCTION edc.first_cycles(bigint[])")]
