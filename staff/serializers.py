"""How the log of delegation and the reviews of access look in the API."""

from rest_framework import serializers

from accounts.filters import BIGGEST_KEY
from staff.models import AccessLine, AccessReview, Decision


class SuspensionOut(serializers.Serializer):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True, help_text="Null while the account is suspended.")


class StaffOut(serializers.Serializer):
    """One role of one person, held or ended; `site` null is all sites. The trail says who gave and ended it."""

    id = serializers.IntegerField(source="held.pk")
    user = serializers.CharField(source="held.user.username")
    name = serializers.CharField(source="held.user.printed_name")
    role = serializers.CharField(source="held.role")
    site = serializers.CharField(source="held.site.code", default=None, allow_null=True)
    granted_at = serializers.DateTimeField(source="held.granted_at")
    granted_by = serializers.CharField(allow_blank=True)
    ended_at = serializers.DateTimeField(source="held.ended_at", allow_null=True)
    ended_by = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    suspended = SuspensionOut(many=True, help_text="When the account was suspended, within the time of the role.")
    trained_on = serializers.DateField(source="held.trained_on", allow_null=True)
    statement_signed_at = serializers.DateTimeField(source="held.accepted_at", allow_null=True)


class AccessLineOut(serializers.ModelSerializer):
    class Meta:
        model = AccessLine
        exclude = ("review", "user", "membership")


class AccessReviewOut(serializers.ModelSerializer):
    """`number` of lines, of which `waiting` for a decision and `ended`."""

    state = serializers.ChoiceField([("in-progress", "In progress"), ("signed", "Signed")])
    number = serializers.IntegerField()
    waiting = serializers.IntegerField()
    ended = serializers.IntegerField()

    class Meta:
        model = AccessReview
        fields = ("id", "opened_at", "opened_by", "state", "number", "waiting", "ended")
        fields += ("conclusion", "signed_at", "signed_by", "signed_name", "digest")


class WholeReviewOut(AccessReviewOut):
    """With its lines, and whether the signature covers what stands there; null while there is none."""

    signature_holds = serializers.BooleanField(allow_null=True)
    lines = AccessLineOut(many=True)

    class Meta(AccessReviewOut.Meta):
        fields = (*AccessReviewOut.Meta.fields, "signature_holds", "lines")


class LinesKept(serializers.Serializer):
    lines = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=BIGGEST_KEY),
        allow_empty=False,
        help_text="The keys of the lines to confirm.",
    )


class LineEnded(serializers.Serializer):
    decision = serializers.ChoiceField(
        [Decision.ENDED.value, Decision.SUSPENDED.value], help_text="The role of the line, or the whole account."
    )
    reason = serializers.CharField(max_length=400, help_text="Why. It stands in the trail.")


class ReviewSigned(serializers.Serializer):
    """Given at that moment by the one who is signed in; `code` where the role must have a second factor."""

    conclusion = serializers.CharField(max_length=2000)
    username = serializers.CharField()
    password = serializers.CharField()
    code = serializers.CharField(required=False)
