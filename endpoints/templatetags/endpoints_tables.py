"""Numbers that lead to the subjects behind them, and the tables that they stand in."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from endpoints.display import FOLDED_FROM, subject_url
from endpoints.figures.tables import Cell, Table
from endpoints.reading import Selection
from randomisation.wording import in_words

register = template.Library()


@register.simple_tag
def behind_url(chosen: Selection, which: str) -> str:
    return f"{reverse('endpoints_subjects', args=chosen.codes)}?{urlencode({'which': which})}"


@register.simple_tag
def number_behind(chosen: Selection, which: str, value: Any) -> SafeString:
    return format_html('<a class="number" href="{}">{}</a>', behind_url(chosen, which), value)


@register.simple_tag
def cell_content(chosen: Selection, cell: Cell) -> SafeString | str:
    if cell.which:
        return number_behind(chosen, cell.which, cell.text)
    if cell.ref:
        return format_html('<a href="{}">{}</a>', subject_url(cell.ref), cell.text)
    return cell.text


@register.filter
def stratum(written: str | None) -> str:
    """What a subject was when a list gave its group."""
    return in_words(written) if written else "–"


@register.inclusion_tag("endpoints/table_card.html")
def table_card(chosen: Selection, found: tuple[Table, list[tuple[str, str]]]) -> dict[str, Any]:
    table, downloads = found
    is_long = len(table.rows) > FOLDED_FROM
    return {"chosen": chosen, "table": table, "downloads": downloads, "is_long": is_long}
