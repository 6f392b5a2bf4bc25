"""Versions of the protocol that hold at a site from a day on, and the version that each visit is planned and held under.

The visits that are there get the newest version that was read: as the default of a new column, which writes no row, so
that the trail does not say of each that somebody changed it.
"""

import django.db.models.deletion
from django.db import migrations, models

from audit.operations import SiteIsolation, Trail

# By table, a column that begins with the newest version in each of its rows.
STAMPED = """
    DO $$
    BEGIN
        EXECUTE format('ALTER TABLE {table} ADD COLUMN protocol_id bigint DEFAULT %s',
            coalesce((SELECT id::text FROM cohorts_protocolversion ORDER BY read_at DESC, id DESC LIMIT 1), 'NULL'));
        ALTER TABLE {table} ALTER COLUMN protocol_id DROP DEFAULT;
    END $$;
    ALTER TABLE {table} ADD CONSTRAINT {table}_protocol_id_fk FOREIGN KEY (protocol_id)
        REFERENCES cohorts_protocolversion (id) DEFERRABLE INITIALLY DEFERRED;
    CREATE INDEX {table}_protocol_id_idx ON {table} (protocol_id);
"""
CODES = """
    DROP FUNCTION edc.visit_codes();
    CREATE FUNCTION edc.visit_codes() RETURNS TABLE (protocol bigint, code text, kind text, cycle int)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT DISTINCT v.protocol_id, v.code, v.kind, v.cycle::int FROM cohorts_visit v
        WHERE NOT v.in_error AND edc.may('view_subjects')
    $$;
"""
GOES_OVER = [
    ("visit", "At the next visit"),
    ("consent", "Once the subject consents to it"),
    ("never", "Not at all: it holds for subjects who consent from then on"),
]


def stamped(model: str) -> migrations.SeparateDatabaseAndState:
    table = f"cohorts_{model}"
    column = models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="cohorts.protocolversion",
    )
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(STAMPED.format(table=table), f"ALTER TABLE {table} DROP COLUMN protocol_id")
        ],
        state_operations=[migrations.AddField(model, "protocol", column)],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_sessions_with_their_user"),
        ("audit", "0020_no_temporary_table_before_what_waits"),
        ("cohorts", "0006_what_is_the_trials"),
        ("staff", "0003_facts_for_who_needs_them"),
    ]
    operations = [
        migrations.AddField(
            "protocolversion",
            "goes_over",
            models.CharField(blank=True, choices=GOES_OVER, default="", max_length=10),
        ),
        *(stamped(model) for model in ("subject", "visit")),
        migrations.RunSQL(CODES, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("approved_on", models.DateField()),
                ("active_from", models.DateField()),
                ("planned_to", models.BigIntegerField(default=0)),
                ("planned_at", models.DateTimeField(blank=True, null=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="approvals", to="accounts.site"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approvals",
                        to="cohorts.protocolversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("site", "version"), name="approval_once_a_site"),
                    models.CheckConstraint(
                        condition=models.Q(("active_from__gte", models.F("approved_on"))), name="active_once_approved"
                    ),
                ],
            },
        ),
        Trail("cohorts_approval"),
        SiteIsolation("cohorts_approval", by="site_id"),
    ]
