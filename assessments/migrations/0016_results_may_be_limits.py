"""A result may be the limit of its method, `<0.1`: kept as it was reported, as text. What is stored stays what it is,
without the zeros that a column of decimals adds."""

from decimal import Decimal

import django.core.validators
from django.db import migrations, models

import assessments.items

WHOLE = {"neutrophils": "99", "platelets": "2999", "haemoglobin": "25", "bilirubin": "999"}
WHOLE |= {"ast": "9999", "alt": "9999", "creatinine": "1999"}
LABELS = {"ast": "AST", "alt": "ALT"}


def result(label, high, places):
    return assessments.items.ResultField(
        blank=True,
        decimal_places=places,
        max_length=21,
        null=True,
        validators=[
            django.core.validators.MinValueValidator(Decimal("0")),
            django.core.validators.MaxValueValidator(Decimal(high)),
            django.core.validators.DecimalValidator(len(high) + places, places),
        ],
        verbose_name=label,
    )


COLUMNS = [
    *(("eligibility", name, f"numeric({len(high) + 2},2)", result(LABELS.get(name, name.title()), high, 2))
      for name, high in WHOLE.items()),
    ("laboratoryresult", "value", "numeric(11,4)", result("Result", "9999999", 4)),
    ("laboratoryresult", "standard_value", "numeric(18,6)", assessments.items.ResultField(
        blank=True, decimal_places=6, max_length=21, null=True, verbose_name="In SI units")),
]  # fmt: skip


def altered(model, column, before, field):
    table = f"ALTER TABLE assessments_{model} ALTER COLUMN {column} TYPE"
    return migrations.RunSQL(
        f"{table} varchar(21) USING trim_scale({column})::text",
        # Refused by the database where a result is a limit: no number says that.
        f"{table} {before} USING {column}::{before}",
        state_operations=[migrations.AlterField(model, column, field)],
    )


class Migration(migrations.Migration):
    dependencies = [("assessments", "0015_local_times_and_their_instants")]

    operations = [
        *(altered(*column) for column in COLUMNS),
        migrations.AddField(
            "laboratoryresult",
            "grade_bound",
            models.CharField(
                blank=True,
                choices=[("AT LEAST", "At least"), ("AT MOST", "At most")],
                default="",
                max_length=8,
                verbose_name="How far the grade is known",
            ),
        ),
        migrations.AddConstraint(
            "laboratoryresult",
            models.CheckConstraint(
                condition=models.Q(("value__isnull", True), ("value__regex", "^[<>]?[0-9]+([.][0-9]+)?$"), _connector="OR"),
                name="a_result_is_a_number_or_a_limit",
            ),
        ),
    ]
