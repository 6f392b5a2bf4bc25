"""How reference ranges look in the API."""

from rest_framework import serializers

from laboratory.models import ReferenceRange


class RangeOut(serializers.ModelSerializer):
    """One line of a site's list. Empty `sex` is both; ages and dates include both ends, null is no end."""

    site = serializers.CharField(source="site.code", help_text="Code of the site.")

    class Meta:
        model = ReferenceRange
        fields = (
            "id",
            "site",
            "analyte",
            "sex",
            "age_from",
            "age_to",
            "unit",
            "low",
            "high",
            "valid_from",
            "valid_to",
        )
        extra_kwargs = {"sex": {"required": False}}


class RangeChange(serializers.ModelSerializer):
    """The whole line as it is to be, and why."""

    reason = serializers.CharField(max_length=500)

    class Meta:
        model = ReferenceRange
        fields = ("sex", "age_from", "age_to", "unit", "low", "high", "valid_from", "valid_to", "reason")
        extra_kwargs = {"sex": {"required": False}}
