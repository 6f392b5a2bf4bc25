from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from audit.operations import Trail


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0005_the_whole_casebook"),
    ]

    operations = [
        migrations.CreateModel(
            name="Chemistry",
            fields=[
                (
                    "case_form",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="assessments.caseform",
                    ),
                ),
                ("sample_date", models.DateField(blank=True, null=True, verbose_name="Date of sample")),
                ("sample_time", models.CharField(blank=True, default="", max_length=5, verbose_name="Time of sample")),
                ("laboratory", models.CharField(blank=True, default="", max_length=80, verbose_name="Laboratory")),
                (
                    "fasting",
                    models.CharField(
                        blank=True,
                        choices=[("Y", "Yes"), ("N", "No"), ("U", "Unknown")],
                        default="",
                        max_length=1,
                        verbose_name="Fasting",
                    ),
                ),
            ],
            options={
                "verbose_name": "chemistry",
                "verbose_name_plural": "chemistry",
            },
        ),
        migrations.CreateModel(
            name="Haematology",
            fields=[
                (
                    "case_form",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="assessments.caseform",
                    ),
                ),
                ("sample_date", models.DateField(blank=True, null=True, verbose_name="Date of sample")),
                ("sample_time", models.CharField(blank=True, default="", max_length=5, verbose_name="Time of sample")),
                ("laboratory", models.CharField(blank=True, default="", max_length=80, verbose_name="Laboratory")),
            ],
            options={
                "verbose_name": "haematology",
                "verbose_name_plural": "haematology",
            },
        ),
        migrations.CreateModel(
            name="LaboratoryResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveSmallIntegerField()),
                (
                    "analyte",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("HGB", "Haemoglobin"),
                            ("WBC", "Leucocytes"),
                            ("NEUT", "Neutrophils"),
                            ("LYM", "Lymphocytes"),
                            ("PLAT", "Platelets"),
                            ("SODIUM", "Sodium"),
                            ("K", "Potassium"),
                            ("CA", "Calcium, total"),
                            ("MG", "Magnesium"),
                            ("PHOS", "Phosphate"),
                            ("CREAT", "Creatinine"),
                            ("UREA", "Urea"),
                            ("BILI", "Bilirubin, total"),
                            ("AST", "AST"),
                            ("ALT", "ALT"),
                            ("ALP", "Alkaline phosphatase"),
                            ("GGT", "Gamma-GT"),
                            ("ALB", "Albumin"),
                            ("GLUC", "Glucose"),
                            ("CHOL", "Cholesterol"),
                            ("TRIG", "Triglycerides"),
                            ("LDH", "Lactate dehydrogenase"),
                            ("INR", "INR"),
                        ],
                        default="",
                        max_length=6,
                        verbose_name="Analyte",
                    ),
                ),
                (
                    "value",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=11,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("9999999")),
                        ],
                        verbose_name="Result",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("/uL", "/µL"),
                            ("10^3/uL", "10³/µL"),
                            ("10^9/L", "10⁹/L"),
                            ("RATIO", "ratio"),
                            ("U/L", "U/L"),
                            ("g/L", "g/L"),
                            ("g/dL", "g/dL"),
                            ("mEq/L", "mEq/L"),
                            ("mg/dL", "mg/dL"),
                            ("mg/dL N", "mg/dL urea nitrogen"),
                            ("mmol/L", "mmol/L"),
                            ("ukat/L", "µkat/L"),
                            ("umol/L", "µmol/L"),
                        ],
                        default="",
                        max_length=7,
                        verbose_name="Unit",
                    ),
                ),
                (
                    "not_done",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("SAMPLE NOT TAKEN", "No sample taken"),
                            ("SAMPLE NOT USABLE", "Sample not usable"),
                            ("NOT REQUESTED", "Not requested"),
                            ("NOT REPORTED", "Not reported"),
                            ("OTHER", "Other"),
                        ],
                        default="",
                        max_length=17,
                        verbose_name="If not done, why",
                    ),
                ),
                (
                    "clinically_significant",
                    models.CharField(
                        blank=True,
                        choices=[("Y", "Yes"), ("N", "No")],
                        default="",
                        max_length=1,
                        verbose_name="Clinically significant",
                    ),
                ),
                ("sampled_on", models.DateField(blank=True, null=True, verbose_name="Date of sample")),
                (
                    "standard_value",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=18, null=True, verbose_name="In SI units"
                    ),
                ),
                (
                    "lower_limit",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=18, null=True, verbose_name="Lower limit of normal"
                    ),
                ),
                (
                    "upper_limit",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=18, null=True, verbose_name="Upper limit of normal"
                    ),
                ),
                (
                    "flag",
                    models.CharField(
                        blank=True,
                        choices=[("LOW", "Low"), ("NORMAL", "Normal"), ("HIGH", "High")],
                        default="",
                        max_length=6,
                        verbose_name="Against the limits",
                    ),
                ),
                ("grade", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="CTCAE grade")),
                ("toxicity", models.CharField(blank=True, default="", max_length=40, verbose_name="CTCAE term")),
                ("struck_out", models.BooleanField(default=False)),
                (
                    "case_form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="laboratory_results",
                        to="assessments.caseform",
                    ),
                ),
            ],
            options={
                "ordering": ["row"],
                "constraints": [
                    models.UniqueConstraint(fields=("case_form", "row"), name="laboratory_row_once"),
                    models.UniqueConstraint(fields=("case_form", "analyte"), name="analyte_once_a_sample"),
                    models.CheckConstraint(
                        condition=models.Q(("not_done", ""), ("value__isnull", True), _connector="OR"),
                        name="a_result_not_done_has_no_value",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("grade__isnull", True), ("grade__lte", 4), _connector="OR"),
                        name="grade_of_a_result",
                    ),
                ],
            },
        ),
        Trail("assessments_haematology"),
        Trail("assessments_chemistry"),
        Trail("assessments_laboratoryresult"),
    ]
