"""How worklists and digests look in the API."""

from rest_framework import serializers

from assessments.catalogue import CATALOGUE
from worklists.models import Digest
from worklists.reading import LISTS


class FormWaitingOut(serializers.Serializer):
    code = serializers.ChoiceField(list(CATALOGUE))
    is_draft = serializers.BooleanField(help_text="Begun, and not complete.")


class WorkOut(serializers.Serializer):
    """One line of a worklist."""

    list = serializers.ChoiceField(LISTS)
    site = serializers.CharField(help_text="Code of the site.")
    subject = serializers.IntegerField(source="subject_id")
    subject_label = serializers.CharField(source="subject")
    visit = serializers.IntegerField(source="visit_id", allow_null=True)
    visit_label = serializers.CharField(source="visit", allow_blank=True)
    form = serializers.IntegerField(source="form_id", allow_null=True, help_text="Of a draft, the form.")
    window_from = serializers.DateField(allow_null=True)
    window_to = serializers.DateField(allow_null=True)
    seen_on = serializers.DateField(allow_null=True, help_text="Day of the visit; of a silent subject the last one.")
    days = serializers.IntegerField(
        allow_null=True, help_text="Days left of what is due; of what is late, days since the window, visit or contact."
    )
    forms = FormWaitingOut(many=True)


class DigestOut(serializers.ModelSerializer):
    site = serializers.CharField(source="site.code", help_text="Code of the site.")

    class Meta:
        model = Digest
        fields = ("id", "site", "day", *LISTS, "queries", "made_at", "emailed_at")
