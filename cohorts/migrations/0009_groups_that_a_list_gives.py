"""Who asks to be randomised asks for no cohort in particular: the list gives it, with the enrolment."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

# At whatever site; of the rows behind it nothing else is told (docs/decisions/0038).
WAITING = """
CREATE FUNCTION edc.slots_waiting(but_of bigint) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT count(*) FROM cohorts_enrolment
    WHERE cohort_id IS NULL AND status = 'requested' AND subject_id IS DISTINCT FROM but_of
        AND currval('edc.roles') <> 0
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cohorts", "0008_go_live")]
    operations = [
        migrations.AlterField(
            "enrolment",
            "cohort",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enrolments",
                to="cohorts.cohort",
            ),
        ),
        migrations.AddConstraint(
            "enrolment",
            models.CheckConstraint(
                condition=Q(("cohort__isnull", False), Q(("status", "approved"), _negated=True), _connector="OR"),
                name="an_enrolled_subject_has_a_cohort",
            ),
        ),
        migrations.RunSQL(WAITING, "DROP FUNCTION edc.slots_waiting(bigint)"),
    ]
