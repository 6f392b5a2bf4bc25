"""How a day is asked for, on every page in one way: typed as year, month, day, whatever language the browser speaks."""

from django import forms

FORMATS = ("%Y-%m-%d", "%Y%m%d", "%d %b %Y")
TYPED = {"placeholder": "YYYY-MM-DD", "data-date": True, "autocomplete": "off"}
NO_DAY = "Enter the day as YYYY-MM-DD, for example 2008-01-31."


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs=dict(TYPED), format="%Y-%m-%d")


class TypedDayField(forms.DateField):
    """A whole day."""

    default_error_messages = {"invalid": NO_DAY}

    def __init__(self, **options: object) -> None:
        super().__init__(**{"widget": day_input(), "input_formats": FORMATS} | options)  # type: ignore[arg-type]
