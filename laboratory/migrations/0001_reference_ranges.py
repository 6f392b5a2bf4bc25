import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

from audit.operations import Trail


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0003_sign_in_history"),
        ("audit", "0002_record"),
    ]

    operations = [
        # Keys and codes can stand beside ranges in one index: what keeps two lines from holding for one sample.
        BtreeGistExtension(),
        migrations.CreateModel(
            name="ReferenceRange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "analyte",
                    models.CharField(
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
                        max_length=8,
                        verbose_name="Analyte",
                    ),
                ),
                (
                    "sex",
                    models.CharField(
                        blank=True,
                        choices=[("", "Both"), ("F", "Female"), ("M", "Male")],
                        default="",
                        max_length=1,
                        verbose_name="Sex",
                    ),
                ),
                ("age_from", models.PositiveSmallIntegerField(default=0, verbose_name="From age")),
                ("age_to", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="To age")),
                (
                    "unit",
                    models.CharField(
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
                        max_length=8,
                        verbose_name="Unit",
                    ),
                ),
                (
                    "low",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=10, null=True, verbose_name="Lower limit"
                    ),
                ),
                (
                    "high",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=10, null=True, verbose_name="Upper limit"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="Valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="Valid to")),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reference_ranges", to="accounts.site"
                    ),
                ),
            ],
            options={
                "verbose_name": "reference range",
                "ordering": ["site__code", "analyte", "sex", "age_from", "valid_from"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("low__isnull", False), ("high__isnull", False), _connector="OR"),
                        name="a_reference_range_has_a_limit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("low__isnull", True),
                            ("high__isnull", True),
                            ("low__lt", models.F("high")),
                            _connector="OR",
                        ),
                        name="reference_limits_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("age_to__isnull", True), ("age_from__lte", models.F("age_to")), _connector="OR"
                        ),
                        name="reference_ages_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_from__lte", models.F("valid_to")), _connector="OR"
                        ),
                        name="reference_dates_in_order",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (models.F("site"), "="),
                            (models.F("analyte"), "="),
                            (
                                models.Func(
                                    models.Case(models.When(sex="M", then=1), default=0),
                                    models.Case(models.When(sex="F", then=0), default=1),
                                    models.Value("[]"),
                                    function="int4range",
                                    output_field=django.contrib.postgres.fields.ranges.IntegerRangeField(),
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    models.F("age_from"),
                                    models.F("age_to"),
                                    models.Value("[]"),
                                    function="int4range",
                                    output_field=django.contrib.postgres.fields.ranges.IntegerRangeField(),
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    models.F("valid_from"),
                                    models.F("valid_to"),
                                    models.Value("[]"),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="reference_ranges_do_not_overlap",
                    ),
                ],
            },
        ),
        Trail("laboratory_referencerange"),
    ]
