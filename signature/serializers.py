"""How freezes, locks and signatures look in the API."""

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from signature.models import Closure, ClosureState, Scope, Signature
from signature.signing import SignatureStanding

ANYWAY = "Lock although something is open there still: the lock records what."


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
    key = serializers.IntegerField(
        required=False, min_value=1, help_text="The key of the form, visit, subject or site."
    )
    reason = serializers.CharField(max_length=500, help_text="Why. It stands in the trail.")


class ClosureIn(PlaceIn):
    all_the_same = serializers.BooleanField(required=False, help_text=ANYWAY)


class LockIn(serializers.Serializer):
    reason = serializers.CharField(max_length=500, help_text="Why. It stands in the trail.")
    all_the_same = serializers.BooleanField(required=False, help_text=ANYWAY)


class SignatureOut(serializers.ModelSerializer):
    """`standing`: holds, lapsed (the form was changed since), altered or not made by signing (it does not verify)."""

    form = serializers.IntegerField(source="case_form_id")
    standing = serializers.SerializerMethodField()

    class Meta:
        model = Signature
        fields = (
            "id",
            "form",
            "subject",
            "act",
            "version",
            "username",
            "printed_name",
            "role",
            "meaning",
            "signed_at",
            "content",
            "digest",
            "standing",
        )

    @extend_schema_field(serializers.ChoiceField([str(standing) for standing in SignatureStanding]))
    def get_standing(self, signature: Signature) -> str:
        return str(self.context["standings"][signature.pk])


class SeenForm(serializers.Serializer):
    form = serializers.IntegerField()
    version = serializers.IntegerField(help_text="The version that the signer has seen.")


@extend_schema_serializer(component_name="SignIn")
class SignaturesIn(serializers.Serializer):
    forms = SeenForm(many=True)
    username = serializers.CharField(help_text="The signer's own, again.")
    password = serializers.CharField(help_text="The signer's own, again.")
    code = serializers.CharField(required=False, help_text="Of the second factor, where the role must have one.")
