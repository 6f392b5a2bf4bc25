"""Numbers that lead to the subjects behind them, and the tables that they stand in."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from endpoints.display import FOLDED_FROM, subject_url
from endpoints.figures.tables import Cell, FigureTable
from endpoints.reading import Selection
from randomisation.wording import in_words

register = template.Library()


@register.simple_tag
def behind_url(chosen: Selection, which: str) -> str:
    """Where the subjects behind a number are listed; "" where none were kept under the version that it was made by."""
    if not chosen.keeps_outcomes:
        return ""
    under = [] if chosen.version is None else [chosen.version]
    address = reverse("endpoints_subjects_under" if under else "endpoints_subjects", args=[*chosen.codes, *under])
    return f"{address}?{urlencode({'which': which})}"


@register.simple_tag
def page_of(chosen: Selection) -> str:
    """Where its figures stand."""
    if chosen.version is None:
        return reverse("endpoints_of", args=chosen.codes)
    return reverse("endpoints_under", args=[*chosen.codes, chosen.version])


@register.simple_tag
def outcome_url(chosen: Selection, subject_id: int) -> str:
    return subject_url(f"subject:{subject_id}", chosen.version)


@register.simple_tag
def number_behind(chosen: Selection, which: str, value: Any) -> SafeString | str:
    if not chosen.keeps_outcomes:
        return str(value)
    return format_html('<a class="number" href="{}">{}</a>', behind_url(chosen, which), value)


@register.simple_tag
def cell_content(chosen: Selection, cell: Cell) -> SafeString | str:
    if cell.which:
        return number_behind(chosen, cell.which, cell.text)
    if cell.ref and chosen.keeps_outcomes:
        return format_html('<a href="{}">{}</a>', subject_url(cell.ref, chosen.version), cell.text)
    return cell.text


@register.filter
def stratum(written: str | None) -> str:
    """What a subject was when a list gave its group."""
    return in_words(written) if written else "–"


@register.inclusion_tag("endpoints/table_card.html")
def table_card(chosen: Selection, card: tuple[FigureTable, list[tuple[str, str]]]) -> dict[str, Any]:
    table, downloads = card
    is_long = len(table.rows) > FOLDED_FROM
    return {"chosen": chosen, "table": table, "downloads": downloads, "is_long": is_long}
