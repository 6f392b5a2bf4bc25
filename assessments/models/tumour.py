"""Tumour assessments: lesions are chosen once at baseline and carried to each later assessment."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q

from assessments import codelists, items
from assessments.models.case_form import CaseForm, FormState, Record
from cohorts.models import Subject


class TumourBaseline(Record):
    assessment_date = items.partial_date("Date of assessment", cdash="TRDAT", sdtm="TR.TRDTC", critical=True)
    disease_measurable = items.choice(
        "At least one measurable lesion", codelists.YesNo, cdash="MDIS", sdtm="SUPPTU.MDIS", critical=True
    )

    class Meta:
        verbose_name = "tumour assessment at baseline"
        verbose_name_plural = "tumour assessments at baseline"


class TumourAssessment(Record):
    assessment_date = items.partial_date("Date of assessment", cdash="TRDAT", sdtm="TR.TRDTC", critical=True)
    non_target_response = items.choice(
        "Non-target lesions", codelists.NonTargetResponse, cdash="NTRGRESP_RSORRES", sdtm="RS.RSORRES", critical=True
    )
    new_lesions = items.choice(
        "New lesions", codelists.NewLesions, cdash="NEWLIND_RSORRES", sdtm="RS.RSORRES", critical=True
    )
    target_response = items.choice(
        "Target lesions (investigator)",
        codelists.OverallResponse,
        cdash="TRGRESP_RSORRES",
        sdtm="RS.RSORRES",
        required=False,
    )
    overall_response = items.choice(
        "Overall response (investigator)",
        codelists.OverallResponse,
        cdash="OVRLRESP_RSORRES",
        sdtm="RS.RSORRES",
        critical=True,
    )

    class Meta:
        verbose_name = "tumour assessment"


class CountingLesions(models.Manager["Lesion"]):
    """The lesions that count: without those that only a form entered in error told of."""

    def get_queryset(self) -> models.QuerySet["Lesion"]:
        in_error = CaseForm.every.filter(state=FormState.IN_ERROR)
        seen = LesionResult.objects.filter(lesion=OuterRef("pk")).exclude(case_form__in=in_error)
        return super().get_queryset().filter(~Q(case_form__in=in_error) | Exists(seen))


class Lesion(models.Model):
    """A lesion of a subject, named T01, NT01, NEW01 ... once and for all: `objects` are all that have a name."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="lesions")
    case_form = models.ForeignKey(CaseForm, models.PROTECT, related_name="lesions")
    label = models.CharField(max_length=10)
    kind = items.choice("Kind", codelists.LesionKind, cdash="TUORRES", sdtm="TU.TUORRES", critical=True)
    location = items.choice("Organ", codelists.Location, cdash="TULOC", sdtm="TU.TULOC", critical=True)
    location_detail = items.text(
        "Location detail", 100, cdash="TULOCDTL", sdtm="SUPPTU.TULOCDTL", required=False, identifying=True
    )
    method = items.choice("Method", codelists.Method, cdash="TUMETHOD", sdtm="TU.TUMETHOD")
    struck_out = models.BooleanField(default=False)

    objects = models.Manager["Lesion"]()
    counting = CountingLesions()

    class Meta:
        ordering = ["kind", "label"]
        constraints = [models.UniqueConstraint(fields=["subject", "label"], name="lesion_label_once_a_subject")]

    def __str__(self) -> str:
        return f"{self.label} {self.get_location_display()}"

    @property
    def is_node(self) -> bool:
        return "LYMPH NODE" in self.location


class LesionResult(models.Model):
    """One lesion at one assessment. Fragments of a split lesion are diameters of one result and add up."""

    case_form = models.ForeignKey(CaseForm, models.PROTECT, related_name="lesion_results")
    lesion = models.ForeignKey(Lesion, models.PROTECT, related_name="results")
    state = items.choice(
        "Finding",
        codelists.LesionState,
        cdash="TUMSTATE_TRORRES",
        sdtm="TR.TRORRES",
        critical=True,
        part_of="diameters_mm",
    )
    diameters_mm = ArrayField(
        models.DecimalField(max_digits=6, decimal_places=2, validators=[MinValueValidator(0), MaxValueValidator(999)]),
        verbose_name="Diameter",
        default=list,
        blank=True,
    )
    examined_on = items.partial_date("Date of procedure", cdash="TRDAT", sdtm="TR.TRDTC", required=False)
    method = items.choice("Method", codelists.Method, cdash="TRMETHOD", sdtm="TR.TRMETHOD", required=False)

    class Meta:
        ordering = ["lesion_id"]
        constraints = [
            models.UniqueConstraint(fields=["case_form", "lesion"], name="lesion_once_an_assessment"),
            models.CheckConstraint(
                condition=Q(state="MEASURED", diameters_mm__len__gt=0)
                | (~Q(state="MEASURED") & Q(diameters_mm__len=0)),
                name="only_a_measured_lesion_has_diameters",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lesion}: {self.state} {self.diameters_mm}"


LesionResult._meta.get_field("diameters_mm").item = items.Item(  # type: ignore[attr-defined]
    cdash="TRORRES", sdtm="TR.TRORRES", unit="mm", critical=True, required=False
)
