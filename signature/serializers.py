"""How freezes, locks and signatures look in the API."""

from rest_framework import serializers

from signature.models import Closure, ClosureState, Scope


class ClosureOut(serializers.ModelSerializer):
    """Keys are null where the place is wider: a closure of the trial has none."""

    site = serializers.CharField(source="site.code", default=None, allow_null=True)

    class Meta:
        model = Closure
        fields = (
            "id",
            "scope",
            "state",
            "site",
            "subject",
            "visit",
            "case_form",
            "closed_at",
            "closed_by",
            "reason",
            "overridden",
            "reopened_at",
            "reopened_by",
            "reopened_for",
        )


class PlaceIn(serializers.Serializer):
    scope = serializers.ChoiceField(Scope.choices)
    state = serializers.ChoiceField(ClosureState.choices)
    key = serializers.IntegerField(required=False, help_text="The key of the form, visit, subject or site.")
    reason = serializers.CharField(max_length=500, help_text="Why. It stands in the trail.")


class ClosureIn(PlaceIn):
    all_the_same = serializers.BooleanField(
        required=False, help_text="Lock a site or the trial although something is open there still."
    )
