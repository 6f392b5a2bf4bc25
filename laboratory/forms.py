"""What is typed of reference ranges, on the page and in the API; the services hold the rules."""

from typing import Any

from django import forms

from accounts.access import Access
from accounts.roles import Permission
from cohorts.forms import SiteChoice, sites_for
from components.days import TypedDayField
from components.numbers import TypedWholeNumberField, number_fields
from laboratory.analytes import ANALYTES
from laboratory.models import ANALYTE_CHOICES, ReferenceRange

LIMITS = ["sex", "age_from", "age_to", "unit", "low", "high", "valid_from", "valid_to"]


class LimitsForm(forms.ModelForm):
    """The limits of one analyte, and for whom and when they hold."""

    use_required_attribute = False

    class Meta:
        model = ReferenceRange
        fields = LIMITS
        field_classes = {"valid_from": TypedDayField, "valid_to": TypedDayField} | number_fields(ReferenceRange, LIMITS)
        help_texts = {
            "age_from": "Completed years, included.",
            "age_to": "Completed years, included; empty for no end.",
            "valid_to": "Included; empty while it holds.",
            "low": "Empty where the laboratory states none.",
            "high": "Empty where the laboratory states none.",
        }

    def __init__(self, data: Any = None, *args: Any, **options: Any) -> None:
        super().__init__(data, *args, **options)
        if data:
            self.data = self._with_unit_by_code(data)

    def _with_unit_by_code(self, data: Any) -> Any:
        """What was sent, with the unit as laboratories write it, `10*9/L`, by the code by which it is kept."""
        analyte = ANALYTES.get(str(data.get("analyte") or self.instance.analyte))
        unit = analyte.unit_named(str(data.get("unit") or "")) if analyte else None
        return {name: data[name] for name in data} | ({"unit": unit.code} if unit else {})

    def _post_clean(self) -> None:
        """Nothing: values go to a service, and the table keeps its own rules."""


class NewRangeForm(LimitsForm):
    site = SiteChoice(empty_label=None, to_field_name="code")

    class Meta(LimitsForm.Meta):
        fields = ["analyte", *LIMITS]

    field_order = ["site", "analyte", *LIMITS]

    def __init__(self, data: Any, access: Access) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = sites_for(access, Permission.MANAGE_RANGES)


class ChangedRangeForm(LimitsForm):
    version = TypedWholeNumberField(min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["version"] = self.instance.version


class RangeFilter(forms.Form):
    site = SiteChoice(required=False, empty_label="Any", to_field_name="code")
    analyte = forms.ChoiceField(required=False, choices=[("", "Any"), *ANALYTE_CHOICES])
    on = TypedDayField(label="Valid on", required=False)

    def __init__(self, data: Any, access: Access) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = sites_for(access, Permission.VIEW_SUBJECTS)
