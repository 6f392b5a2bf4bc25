"""How outcomes and estimates look in the API. Their insides are described from the arithmetic's own types."""

from typing import Any

from pydantic import RootModel
from rest_framework import serializers

from endpoints.arithmetic.outcomes import SubjectOutcome
from endpoints.models import Outcome
from protocol import current
from protocol.part import Part


class SubjectDerivation(RootModel[SubjectOutcome]):
    """All that the analysis plan derives from one subject's records, each result with its reason and its records."""


class OutcomeOut(serializers.ModelSerializer):
    """One subject behind a number: `best`, and `days` and `reason` of the number in question."""

    subject_label = serializers.CharField(source="subject.label")
    site = serializers.CharField(source="subject.site.code")
    best = serializers.CharField(allow_null=True)
    days = serializers.CharField(allow_null=True, allow_blank=True)
    reason = serializers.CharField(allow_null=True)
    stratum = serializers.CharField(
        allow_null=True, allow_blank=True, help_text="What a list of randomisation calls the subject's stratum."
    )

    class Meta:
        model = Outcome
        fields = (
            "subject",
            "subject_label",
            "site",
            "cohort_code",
            "measurable",
            "best",
            "days",
            "reason",
            "stratum",
            "derived_at",
        )


class Freshness(serializers.Serializer):
    """When it was estimated, and how many changes it does not hold yet."""

    as_of = serializers.DateTimeField(allow_null=True)
    waiting = serializers.IntegerField()


class EstimateOut(Freshness):
    population = serializers.CharField()
    population_label = serializers.CharField()
    analysis_set = serializers.CharField()
    analysis_set_label = serializers.CharField()
    subjects = serializers.IntegerField()
    protocol_version = serializers.CharField(allow_null=True)
    protocol_sha256 = serializers.CharField(allow_null=True)


class EstimateWithFigures(EstimateOut):
    figures = serializers.DictField(
        allow_null=True, help_text="Response table, curves, sensitivity, and what the plots are drawn of."
    )


class AssessmentOut(serializers.Serializer):
    """What follows from an assessment that is being entered. Sums in mm, changes in per cent."""

    target = serializers.CharField(allow_null=True)
    derived = serializers.CharField()
    investigator = serializers.CharField(allow_null=True)
    differs = serializers.BooleanField()
    baseline_sum = serializers.CharField(allow_null=True)
    nadir = serializers.CharField(allow_null=True)
    sum = serializers.CharField(allow_null=True)
    complete = serializers.BooleanField()
    change = serializers.CharField(allow_null=True)
    nadir_change = serializers.CharField(allow_null=True)
    reason = serializers.CharField()


class Typed(serializers.Serializer):
    """A tumour assessment as far as it is typed; `form` where it was saved before."""

    form = serializers.IntegerField(required=False, allow_null=True)
    record = serializers.DictField(required=False)
    rows = serializers.ListField(child=serializers.DictField(), required=False)


class Setting(serializers.Serializer):
    name = serializers.CharField()
    value = serializers.JSONField()
    meaning = serializers.CharField()
    assumption = serializers.CharField(allow_null=True, help_text="Why it was assumed; null where a source states it.")


class Assumed(serializers.Serializer):
    path = serializers.CharField()
    value = serializers.JSONField()
    sentence = serializers.CharField()


def _plain(value: Any) -> Any:
    return (
        [str(element) if isinstance(element, Part) else element for element in value]
        if isinstance(value, tuple)
        else value
    )


def described_plan() -> list[dict[str, object]]:
    """The settings of the analysis plan, each with its meaning and why it was assumed."""
    protocol = current()
    return [
        {
            "name": name,
            "value": _plain(value),
            "meaning": meaning,
            "assumption": protocol.assumption(f"analysis.{name}"),
        }
        for name, value, meaning in protocol.analysis.described()
    ]
