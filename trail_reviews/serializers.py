"""How reviews of the trail look in the API."""

from rest_framework import serializers

from trail_reviews.models import Finding, TrailReview


class FindingOut(serializers.ModelSerializer):
    class Meta:
        model = Finding
        fields = ("id", "event", "text", "noted_at", "noted_by", "query")


class TrailReviewOut(serializers.ModelSerializer):
    """`filter` is the query of the trail's address; `site` a site's code, null for all of them."""

    site = serializers.CharField(source="of_site.code", default=None, allow_null=True)
    reviewer = serializers.CharField(source="reviewer.username")
    state = serializers.ChoiceField([("planned", "Planned"), ("overdue", "Overdue"), ("signed", "Signed off")])
    findings = FindingOut(many=True)

    class Meta:
        model = TrailReview
        fields = (
            "id",
            "title",
            "site",
            "filter",
            "reviewer",
            "due_on",
            "state",
            "planned_at",
            "planned_by",
            "conclusion",
            "seen_to",
            "signed_at",
            "signed_by",
            "signed_name",
            "digest",
            "findings",
        )
