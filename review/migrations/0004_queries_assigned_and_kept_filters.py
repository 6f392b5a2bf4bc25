import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.operations import Trail


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0003_check_runs"),
        ("audit", "0002_record"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("address", models.CharField(max_length=1000)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="query",
            name="assigned_role",
            field=models.CharField(
                blank=True,
                choices=[
                    ("investigator", "investigator"),
                    ("coordinator", "coordinator"),
                    ("monitor", "monitor"),
                    ("data_manager", "data manager"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="query",
            name="assigned_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="query",
            name="reopened",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="querystep",
            name="is_assignment",
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name="query",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "answered"])),
                fields=["opened_at", "id"],
                name="live_query_by_age",
            ),
        ),
        migrations.AddIndex(
            model_name="query",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "answered"])),
                fields=["changed_at", "id"],
                name="live_query_by_last_step",
            ),
        ),
        migrations.AddIndex(
            model_name="querystep",
            index=models.Index(
                condition=models.Q(("state", "answered")), fields=["query", "at"], name="answers_of_queries"
            ),
        ),
        migrations.AddConstraint(
            model_name="query",
            constraint=models.CheckConstraint(
                condition=models.Q(("item", ""), ("case_form__isnull", False), _connector="OR"),
                name="an_item_is_of_a_form",
            ),
        ),
        migrations.AddConstraint(
            model_name="query",
            constraint=models.CheckConstraint(
                condition=models.Q(("assigned_to__isnull", True), ("assigned_role", ""), _connector="OR"),
                name="a_query_is_one_s_turn",
            ),
        ),
        migrations.AddConstraint(
            model_name="querystep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("role__in", ["investigator", "coordinator"]), ("state__in", ("closed", "cancelled")), _negated=True
                ),
                name="no_site_closes_a_query",
            ),
        ),
        migrations.AddField(
            model_name="keptfilter",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="query_filters", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="keptfilter",
            constraint=models.UniqueConstraint(fields=("user", "name"), name="a_filter_once_by_its_name"),
        ),
        Trail("review_keptfilter"),
    ]
