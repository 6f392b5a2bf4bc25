from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from audit.operations import Trail


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0002_trail"),
        ("cohorts", "0002_trail"),
        ("audit", "0002_record"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExposureInterval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveSmallIntegerField()),
                ("treatment", models.CharField(blank=True, default="", max_length=100, verbose_name="Drug")),
                (
                    "given",
                    models.CharField(
                        blank=True, choices=[("Y", "Yes"), ("N", "No")], default="", max_length=1, verbose_name="Given"
                    ),
                ),
                ("start_date", models.DateField(blank=True, null=True, verbose_name="From")),
                ("end_date", models.DateField(blank=True, null=True, verbose_name="To")),
                (
                    "dose",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=8,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("99999")),
                        ],
                        verbose_name="Dose",
                    ),
                ),
                ("dose_unit", models.CharField(blank=True, default="", max_length=40, verbose_name="Unit")),
                ("dose_form", models.CharField(blank=True, default="", max_length=40, verbose_name="Form")),
                ("frequency", models.CharField(blank=True, default="", max_length=40, verbose_name="How often")),
                ("route", models.CharField(blank=True, default="", max_length=40, verbose_name="Route")),
                ("struck_out", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["row"],
            },
        ),
        migrations.CreateModel(
            name="ExposureRecord",
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
                (
                    "any_given",
                    models.CharField(
                        blank=True,
                        choices=[("Y", "Yes"), ("N", "No")],
                        default="",
                        max_length=1,
                        verbose_name="Any study drug given",
                    ),
                ),
            ],
            options={
                "verbose_name": "study drug",
            },
        ),
        migrations.RemoveConstraint(
            model_name="caseform",
            name="form_once_a_subject",
        ),
        migrations.AlterField(
            model_name="endoftreatment",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("PROGRESSIVE DISEASE", "Progressive disease"),
                    ("ADVERSE EVENT", "Adverse event"),
                    ("DEATH", "Death"),
                    ("WITHDRAWAL BY SUBJECT", "Subject's decision"),
                    ("WITHDRAWAL OF CONSENT", "Consent withdrawn"),
                    ("PHYSICIAN DECISION", "Physician's decision"),
                    ("LOST TO FOLLOW-UP", "Lost to follow-up"),
                    ("PROTOCOL DEVIATION", "Protocol deviation"),
                    ("STUDY TERMINATED BY SPONSOR", "Study ended by sponsor"),
                    ("COMPLETED", "Completed"),
                    ("LACK OF EFFICACY", "Lack of efficacy"),
                    ("PROTOCOL VIOLATION", "Protocol violation"),
                    ("SCREEN FAILURE", "Screen failure: never treated"),
                    ("OTHER", "Other"),
                ],
                default="",
                max_length=27,
                verbose_name="Main reason",
            ),
        ),
        migrations.AlterField(
            model_name="lesion",
            name="location",
            field=models.CharField(
                blank=True,
                choices=[
                    ("LIVER", "Liver"),
                    ("LUNG", "Lung"),
                    ("AXILLARY LYMPH NODE", "Axillary lymph node"),
                    ("SUPRACLAVICULAR LYMPH NODE", "Supraclavicular lymph node"),
                    ("MEDIASTINAL LYMPH NODE", "Mediastinal lymph node"),
                    ("LYMPH NODE", "Other lymph node"),
                    ("BREAST", "Breast"),
                    ("CHEST WALL", "Chest wall"),
                    ("SKIN", "Skin"),
                    ("SOFT TISSUE", "Soft tissue"),
                    ("BONE", "Bone"),
                    ("BRAIN", "Brain"),
                    ("PLEURA", "Pleura"),
                    ("PLEURAL FLUID", "Pleural fluid"),
                    ("PERITONEUM", "Peritoneum"),
                    ("ADRENAL GLAND", "Adrenal gland"),
                    ("ABDOMINAL CAVITY", "Abdominal cavity"),
                    ("BLADDER", "Bladder"),
                    ("BODY", "Body, no closer said"),
                    ("CHEST", "Chest"),
                    ("KIDNEY", "Kidney"),
                    ("OVARY", "Ovary"),
                    ("PANCREAS", "Pancreas"),
                    ("SPLEEN", "Spleen"),
                    ("OTHER", "Other"),
                    ("UNKNOWN", "Not recorded"),
                ],
                default="",
                max_length=26,
                verbose_name="Organ",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseform",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    (
                        "code__in",
                        (
                            "consent",
                            "demography",
                            "eligibility",
                            "history",
                            "tumour_baseline",
                            "everolimus",
                            "exposure",
                            "end_of_treatment",
                            "death",
                        ),
                    )
                ),
                fields=("subject", "code"),
                name="form_once_a_subject",
            ),
        ),
        migrations.AddField(
            model_name="exposureinterval",
            name="case_form",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="exposure_intervals",
                to="assessments.caseform",
            ),
        ),
        migrations.AddConstraint(
            model_name="exposureinterval",
            constraint=models.UniqueConstraint(fields=("case_form", "row"), name="exposure_row_once"),
        ),
        migrations.AddConstraint(
            model_name="exposureinterval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end_date__isnull", True), ("start_date__lte", models.F("end_date")), _connector="OR"
                ),
                name="exposure_dates_in_order",
            ),
        ),
        Trail("assessments_exposurerecord"),
        Trail("assessments_exposureinterval"),
    ]
