"""How serious events and dose levels look in the API."""

from typing import Any

from rest_framework import serializers

from safety.models import DoseLevelDecision, LevelDecision, ReportKind


class LineOut(serializers.Serializer):
    """One item of a report; `before` is what the version before said, null where it said the same."""

    label = serializers.CharField()
    value = serializers.CharField()
    before = serializers.CharField(allow_null=True)


class ReportOut(serializers.Serializer):
    """One version of the report of a serious adverse event, masked as its form is."""

    event = serializers.IntegerField(source="report.event_id")
    number = serializers.CharField(source="report.event.number")
    form = serializers.IntegerField(source="report.event.case_form_id")
    subject = serializers.IntegerField(source="report.subject_id")
    subject_label = serializers.CharField(source="report.subject.label")
    site = serializers.CharField(source="report.subject.site.code", help_text="Code of the site.")
    version = serializers.IntegerField(source="report.version")
    kind = serializers.ChoiceField(ReportKind.choices, source="report.kind")
    term = serializers.CharField()
    grade = serializers.CharField()
    criteria = serializers.ListField(child=serializers.CharField(), help_text="Why it is serious.")
    aware_at = serializers.DateTimeField(source="report.aware_at")
    reported_at = serializers.DateTimeField(source="report.reported_at")
    reported_by = serializers.CharField(source="report.reported_by")
    reported_after = serializers.DurationField(
        source="report.took", help_text="After the site became aware of the event."
    )
    due_at = serializers.DateTimeField(source="clock.due_at", help_text="By when it is to be confirmed.")
    confirmed_at = serializers.DateTimeField(source="report.confirmed_at", allow_null=True)
    confirmed_by = serializers.CharField(source="report.confirmed_by", allow_blank=True)
    ended_at = serializers.DateTimeField(
        source="report.ended_at", allow_null=True, help_text="When it was said not to be serious: no clock runs."
    )
    clock = serializers.ChoiceField(["running", "overdue", "confirmed", "late", "ended"], source="clock.state")
    lines = LineOut(many=True)


class Confirmation(serializers.Serializer):
    version = serializers.IntegerField(min_value=1, help_text="The version that was received.")


class AdviceOut(serializers.Serializer):
    move = serializers.ChoiceField(["escalate", "stay", "de-escalate", "eliminate", "no data"])
    why = serializers.CharField()


class AdvicesOut(serializers.Serializer):
    three_plus_three = AdviceOut()
    boin = AdviceOut()
    blrm = AdviceOut()


class PosteriorOut(serializers.Serializer):
    """The logistic model's chances for this dose, and the mean rate of toxicity."""

    under = serializers.FloatField()
    target = serializers.FloatField()
    over = serializers.FloatField()
    mean = serializers.FloatField()


class LevelDecisionOut(serializers.Serializer):
    """What was decided, when. The rest is null without the right view_dose_committee."""

    id = serializers.IntegerField()
    decision = serializers.ChoiceField(LevelDecision.choices)
    decided_on = serializers.DateField()
    participants = serializers.CharField(allow_null=True)
    rationale = serializers.CharField(allow_null=True)
    printed_name = serializers.CharField(allow_null=True, help_text="Who signed.")
    signed_at = serializers.DateTimeField(allow_null=True)
    digest = serializers.CharField(allow_null=True)

    def to_representation(self, instance: DoseLevelDecision) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        public = ("id", "decision", "decided_on")
        may_read = self.context["may_read"]
        return {name: value if may_read or name in public else None for name, value in shown.items()}


class DoseLevelOut(serializers.Serializer):
    """A dose level: everybody is counted, at whatever site."""

    cohort = serializers.CharField(source="plan.code")
    label = serializers.CharField(source="plan.label")
    drug = serializers.CharField(source="drug.code", help_text="Code of the drug whose dose is escalated.")
    dose = serializers.DecimalField(max_digits=8, decimal_places=2, help_text="Of that drug, in its unit.")
    unit = serializers.CharField(source="drug.unit")
    schedule = serializers.CharField(source="plan.schedule", allow_null=True)
    is_open = serializers.BooleanField(source="cohort.is_open")
    enrolled = serializers.IntegerField()
    evaluable = serializers.IntegerField(source="tally.evaluable")
    dlts = serializers.IntegerField(source="tally.dlts")
    advice = AdvicesOut()
    posterior = PosteriorOut()
    decisions = LevelDecisionOut(many=True)
