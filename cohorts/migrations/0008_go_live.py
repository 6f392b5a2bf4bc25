"""Since when the trial and each of its sites take real subjects. Where subjects are already, both are live, and it says
why: nobody is locked out by an update, and nobody is said to have signed."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from audit.operations import SiteIsolation, Trail

BASES = [
    ("signed", "Signed"),
    ("import", "Opened by an import of data at the server's console"),
    ("before", "There were subjects here before go-live was signed"),
]
LIVE_ALREADY = """
    SELECT set_config('edc.actor_name', 'system', true), set_config('edc.role', 'system', true),
           set_config('edc.channel', 'system', true), set_config('edc.reason', 'subjects were there before', true);
    INSERT INTO cohorts_trialgolive (basis, meaning, signed_by, signed_name, digest, file_name, sha256, program,
                                     protocol_version, protocol_sha256, says, conclusion)
    SELECT 'before', '', '', '', '', '', '', '', '', '', '', '' WHERE EXISTS (SELECT FROM cohorts_subject);
    INSERT INTO cohorts_sitegolive (site_id, basis, meaning, signed_by, signed_name, digest, protocol_version, checklist)
    SELECT DISTINCT site_id, 'before', '', '', '', '', '', '[]'::jsonb FROM cohorts_subject;
"""
SIGNED = models.Q(
    models.Q(
        ("basis", "signed"),
        ("signed_at__isnull", False),
        models.Q(("signed_by", ""), _negated=True),
        models.Q(("digest", ""), _negated=True),
    ),
    models.Q(
        models.Q(("basis", "signed"), _negated=True),
        ("digest", ""),
        ("signed_at", None),
        ("signed_by", ""),
        ("signed_name", ""),
    ),
    _connector="OR",
)


def signed_with(condition):
    return models.Q(SIGNED, models.Q(models.Q(("basis", "signed"), _negated=True), condition, _connector="OR"))


def signature():
    now = django.db.models.functions.datetime.Now()
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("basis", models.CharField(choices=BASES, max_length=10)),
        ("at", models.DateTimeField(db_default=now, editable=False)),
        ("meaning", models.CharField(blank=True, max_length=500)),
        ("signed_by", models.CharField(blank=True, max_length=150)),
        ("signed_name", models.CharField(blank=True, max_length=300, verbose_name="printed name")),
        ("signed_at", models.DateTimeField(blank=True, null=True)),
        ("digest", models.CharField(blank=True, max_length=64, verbose_name="SHA-256 of the signature")),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_sessions_with_their_user"),
        ("audit", "0022_what_a_right_lets_write"),
        ("cohorts", "0007_amendments"),
    ]

    operations = [
        migrations.CreateModel(
            name="TrialGoLive",
            fields=[
                *signature(),
                ("file_name", models.CharField(blank=True, max_length=200, verbose_name="file")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="SHA-256 of the file")),
                ("program", models.CharField(blank=True, max_length=64, verbose_name="program")),
                ("protocol_version", models.CharField(blank=True, max_length=20)),
                ("protocol_sha256", models.CharField(blank=True, max_length=64)),
                ("run_at", models.DateTimeField(blank=True, null=True)),
                ("says", models.CharField(blank=True, max_length=300, verbose_name="what the run says")),
                ("conclusion", models.TextField(blank=True)),
            ],
            options={
                "verbose_name": "go-live of the trial",
                "verbose_name_plural": "go-lives of the trial",
                "get_latest_by": "pk",
                "constraints": [
                    models.CheckConstraint(
                        condition=signed_with(models.Q(("sha256", ""), _negated=True)),
                        name="trial_go_live_signed_as_a_whole",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SiteGoLive",
            fields=[
                *signature(),
                ("live_from", models.DateField(blank=True, null=True)),
                ("protocol_version", models.CharField(blank=True, max_length=20)),
                ("checklist", models.JSONField(blank=True, default=list)),
                (
                    "site",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="go_live", to="accounts.site"
                    ),
                ),
            ],
            options={
                "verbose_name": "go-live of a site",
                "verbose_name_plural": "go-lives of sites",
                "constraints": [
                    models.CheckConstraint(
                        condition=signed_with(("live_from__isnull", False)), name="site_go_live_signed_as_a_whole"
                    )
                ],
            },
        ),
        Trail("cohorts_trialgolive"),
        Trail("cohorts_sitegolive"),
        SiteIsolation("cohorts_sitegolive", by="site_id"),
        migrations.RunSQL(LIVE_ALREADY, migrations.RunSQL.noop),
    ]
