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
            "version",
        )
        extra_kwargs = {"sex": {"required": False}}


class RangeChange(serializers.ModelSerializer):
    """The whole line as it is to be, the version that was seen, and why."""

    version = serializers.IntegerField(
        min_value=1, help_text="As it was read: of two changes of one version one stands."
    )
    reason = serializers.CharField(max_length=500)

    class Meta:
        model = ReferenceRange
        fields = ("sex", "age_from", "age_to", "unit", "low", "high", "valid_from", "valid_to", "version", "reason")
        extra_kwargs = {"sex": {"required": False}}
