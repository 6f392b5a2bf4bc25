"""How go-live looks in the API."""

from typing import Any

from rest_framework import serializers

from cohorts.go_live import signature_holds
from cohorts.models import Basis, TrialGoLive


class ChecklistLineOut(serializers.Serializer):
    """A line of the checklist: whether it holds, and what is so or missing, in words."""

    what = serializers.CharField()
    holds = serializers.BooleanField()
    says = serializers.CharField()


class SiteStateOut(serializers.Serializer):
    """`id` is that of the site. `live_from` is null where the site is not live, and where nobody said from which day
    on. `missing` are the lines that do not hold today; the signature is missing beside them until `is_live`."""

    id = serializers.IntegerField()
    site = serializers.CharField()
    name = serializers.CharField()
    is_active = serializers.BooleanField()
    is_live = serializers.BooleanField()
    live_from = serializers.DateField(allow_null=True)
    missing = serializers.ListField(child=serializers.CharField())


class SiteSignedOut(serializers.Serializer):
    """All but `basis` and `at` are empty where nobody signed a checklist: an update or an import opened the site.
    `holds`: what was signed is what stands there."""

    basis = serializers.ChoiceField(Basis.choices)
    at = serializers.DateTimeField()
    protocol_version = serializers.CharField()
    meaning = serializers.CharField()
    signed_by = serializers.CharField()
    signed_name = serializers.CharField()
    signed_at = serializers.DateTimeField(allow_null=True)
    digest = serializers.CharField()
    holds = serializers.SerializerMethodField()

    def get_holds(self, made: Any) -> bool:
        return signature_holds(made)


class SiteChecklistOut(SiteStateOut):
    """With its lines: of a site that is live those that were signed, of another what holds today."""

    lines = ChecklistLineOut(many=True)
    signed = SiteSignedOut(allow_null=True)


class TrialRunOut(serializers.ModelSerializer):
    """An acceptance run that was signed off. All but `basis` and `at` are empty where the trial is live without one."""

    holds = serializers.SerializerMethodField()

    class Meta:
        model = TrialGoLive
        fields = (
            *("id", "basis", "at", "file_name", "sha256", "program", "protocol_version", "protocol_sha256", "run_at"),
            *("says", "conclusion", "meaning", "signed_by", "signed_name", "signed_at", "digest", "holds"),
        )

    def get_holds(self, made: TrialGoLive) -> bool:
        return signature_holds(made)


class ApprovalSent(serializers.Serializer):
    approved_on = serializers.DateField(help_text="The day of the ethics committee's approval of the version in force.")
    active_from = serializers.DateField(help_text="From when on the site works by it.")


class ChecklistSigned(serializers.Serializer):
    """Given at that moment by the one who is signed in; `code` where the role must have a second factor."""

    forms_seen_by = serializers.CharField(
        max_length=150, help_text="Name of the person at the site who reviewed the blank forms."
    )
    forms_seen_on = serializers.DateField()
    username = serializers.CharField()
    password = serializers.CharField()
    code = serializers.CharField(required=False)
