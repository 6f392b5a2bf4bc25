"""What each site's laboratory counts as normal, by sex, age and dates of validity."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, IntegerRangeField
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When

from accounts.models import Site
from laboratory.analytes import ANALYTES
from laboratory.ranges import Limits, Range
from values.dates import shown_date
from values.numbers import written

ANALYTE_CHOICES = [(analyte.code, analyte.label) for analyte in ANALYTES.values()]
UNIT_CHOICES = sorted({unit.code: unit.label for analyte in ANALYTES.values() for unit in analyte.units}.items())
LONGEST_UNIT = 8


class RangeSex(models.TextChoices):
    BOTH = "", "Both"
    FEMALE = "F", "Female"
    MALE = "M", "Male"


def _span(*ends: object, function: str, output: models.Field) -> Func:
    return Func(*ends, Value("[]"), function=function, output_field=output)


class ReferenceRange(models.Model):
    """Limits of normal of one analyte at one site. Both ends of ages and dates are included; no end is "for good"."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="reference_ranges")
    analyte = models.CharField("Analyte", max_length=8, choices=ANALYTE_CHOICES)
    sex = models.CharField("Sex", max_length=1, choices=RangeSex, blank=True, default=RangeSex.BOTH)
    age_from = models.PositiveSmallIntegerField("From age", default=0)
    age_to = models.PositiveSmallIntegerField("To age", null=True, blank=True)
    unit = models.CharField("Unit", max_length=LONGEST_UNIT, choices=UNIT_CHOICES)
    low = models.DecimalField("Lower limit", max_digits=10, decimal_places=4, null=True, blank=True)
    high = models.DecimalField("Upper limit", max_digits=10, decimal_places=4, null=True, blank=True)
    valid_from = models.DateField("Valid from")
    valid_to = models.DateField("Valid to", null=True, blank=True)
    # Counted up by each change: who saw an older one overwrites nothing.
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["site__code", "analyte", "sex", "age_from", "valid_from"]
        verbose_name = "reference range"
        constraints = [
            models.CheckConstraint(
                condition=Q(low__isnull=False) | Q(high__isnull=False), name="a_reference_range_has_a_limit"
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lt=F("high")),
                name="reference_limits_in_order",
            ),
            models.CheckConstraint(
                condition=Q(age_to__isnull=True) | Q(age_from__lte=F("age_to")), name="reference_ages_in_order"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")), name="reference_dates_in_order"
            ),
            ExclusionConstraint(
                name="reference_ranges_do_not_overlap",
                expressions=[
                    (F("site"), "="),
                    (F("analyte"), "="),
                    (
                        _span(
                            Case(When(sex="M", then=1), default=0),
                            Case(When(sex="F", then=0), default=1),
                            function="int4range",
                            output=IntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (_span(F("age_from"), F("age_to"), function="int4range", output=IntegerRangeField()), "&&"),
                    (_span(F("valid_from"), F("valid_to"), function="daterange", output=DateRangeField()), "&&"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_analyte_display()} at site {self.site} from {shown_date(self.valid_from)}"

    @property
    def low_words(self) -> str:
        return "" if self.low is None else written(self.low)

    @property
    def high_words(self) -> str:
        return "" if self.high is None else written(self.high)

    def as_range(self) -> Range:
        """With exact limits in the analyte's SI unit."""
        analyte = ANALYTES[self.analyte]
        low, high = (None if limit is None else analyte.in_si(limit, self.unit) for limit in (self.low, self.high))
        return Range(
            analyte=self.analyte,
            sex=self.sex,
            age_from=self.age_from,
            age_to=self.age_to,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            limits=Limits(low, high),
            unit=self.unit,
        )
