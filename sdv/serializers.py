"""How source verification is told and asked in the API."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from accounts.filters import BIGGEST_KEY
from sdv.models import MonitoringVisit
from sdv.services import MOST


class WaitingOut(serializers.Serializer):
    """A form that waits to be verified."""

    form = serializers.IntegerField(source="pk")
    site = serializers.CharField(source="subject.site.code")
    subject = serializers.IntegerField(source="subject_id")
    number = serializers.CharField(source="subject.label")
    code = serializers.CharField()
    version = serializers.IntegerField()
    open_queries = serializers.IntegerField(source="asking")


class ItemState(serializers.Serializer):
    item = serializers.CharField()
    state = serializers.ChoiceField(["verified", "lapsed", "open"])


@extend_schema_serializer(component_name="FormState")
class VerifiedForm(serializers.Serializer):
    form = serializers.IntegerField()
    version = serializers.IntegerField()
    extent = serializers.ChoiceField(["all", "critical", "none"], help_text="What the plan asks for.")
    items = ItemState(many=True)


class AskedForm(serializers.Serializer):
    form = serializers.IntegerField(min_value=1, max_value=BIGGEST_KEY)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="As it was looked at.")
    items = serializers.ListField(
        child=serializers.CharField(max_length=100), required=False, help_text="These alone; rows[T01] is a whole row."
    )


class ToVerify(serializers.Serializer):
    """Forms to verify in one act. `preview` answers the same and changes nothing."""

    forms = AskedForm(many=True, allow_empty=False, max_length=MOST)
    preview = serializers.BooleanField(default=False)


class VerifiedOut(serializers.Serializer):
    words = serializers.CharField(help_text="12 items in 3 forms; 1 form with an open query left out")
    items = serializers.IntegerField()
    forms = serializers.ListField(child=serializers.IntegerField())
    left_out = serializers.ListField(child=serializers.IntegerField())


class TakeBack(serializers.Serializer):
    reason = serializers.CharField(max_length=500)
    items = serializers.CharField(required=False, max_length=200, help_text="One item or row; all without.")


class ProgressOut(serializers.Serializer):
    site = serializers.CharField(source="site.code", allow_null=True, default=None)
    planned = serializers.IntegerField()
    verified = serializers.IntegerField()
    lapsed = serializers.IntegerField()
    outstanding = serializers.IntegerField()
    percent = serializers.FloatField(allow_null=True)
    items = serializers.IntegerField(help_text="Items verified, planned or not.")


class MonitoringVisitOut(serializers.ModelSerializer):
    site = serializers.CharField(source="site.code")

    class Meta:
        model = MonitoringVisit
        fields = (
            *("id", "site", "monitor", "printed_name", "purpose", "starts_on", "ends_on", "present", "remarks"),
            *("opened_at", "closed_at"),
        )


class NewMonitoringVisit(serializers.Serializer):
    site = serializers.IntegerField(help_text="Key of the site.")
    purpose = serializers.CharField(max_length=200)
    starts_on = serializers.DateField()
    present = serializers.CharField(max_length=500)


class ClosedMonitoringVisit(serializers.Serializer):
    ends_on = serializers.DateField()
    remarks = serializers.CharField(required=False, allow_blank=True, max_length=4000)


class LapsedSince(serializers.Serializer):
    """A form of which items verified at the visit are no longer verified."""

    form = serializers.IntegerField()
    subject = serializers.CharField()
    title = serializers.CharField()
    items = serializers.IntegerField()
    at = serializers.DateTimeField(help_text="When the last of them ended.")


class QuerySince(serializers.Serializer):
    query = serializers.IntegerField()
    text = serializers.CharField()
    state = serializers.CharField()
    at = serializers.DateTimeField(help_text="When its last step was taken.")


class VisitReportOut(serializers.Serializer):
    """`content` as it was kept at the closing, with its SHA-256; what came later stands beside it.

    `sha256` is empty while the visit is open, and where it was closed before reports were kept. `holds` tells whether
    the content, its SHA-256 and the trail agree.
    """

    content = serializers.DictField()
    sha256 = serializers.CharField(allow_blank=True)
    holds = serializers.BooleanField()
    lapsed_since = LapsedSince(many=True)
    queries_since = QuerySince(many=True)
