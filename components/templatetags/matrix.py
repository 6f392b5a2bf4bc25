"""The subject matrix, drawn without the template engine: a page of it has thousands of cells."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from components.templatetags.components import icon, state_of

register = template.Library()


@register.simple_tag(takes_context=True)
def matrix_table(context: Context, matrix: Any) -> SafeString:
    return format_html(
        '<table class="data-table matrix"><thead><tr><th scope="col" rowspan="2">Subject</th>{}</tr><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table>",
        _joined(_group_heads(context["request"].GET, matrix.groups)),
        _joined(_column_heads(matrix.groups)),
        _joined(_rows(matrix)),
    )


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308  each part was escaped when it was made


def _group_heads(given: Any, groups: list[Any]) -> Iterator[SafeString]:
    for group in groups:
        parameters = given.copy()
        parameters["open"] = group.toggle
        words = ("Fold", "chevron-down") if group.is_open else ("Unfold", "chevron")
        label = format_html(
            '<a href="?{}" title="{} {}">{}{}</a>',
            parameters.urlencode(),
            words[0],
            group.label,
            group.label,
            icon(words[1]),
        )
        yield format_html(
            '<th scope="colgroup" {}="{}" class="matrix-group{}">{}</th>',
            "colspan" if group.can_fold else "rowspan",
            len(group.columns) if group.can_fold else 2,
            "" if group.is_open else " matrix-folded",
            label if group.can_fold else group.label,
        )


def _column_heads(groups: list[Any]) -> Iterator[SafeString]:
    for group in (group for group in groups if group.can_fold):
        for number, code in enumerate(group.columns):
            edge = mark_safe(' class="matrix-group"') if number == 0 else ""
            head = (
                group.heading(code)
                if group.is_open
                else format_html(
                    '<span class="soft">{}<span class="visually-hidden"> visits</span></span>', len(group.codes)
                )
            )
            yield format_html('<th scope="col"{} title="{}">{}</th>', edge, code, head)


def _rows(matrix: Any) -> Iterator[SafeString]:
    signs = _Signs()
    edges = [number == 0 for group in matrix.groups for number, _ in enumerate(group.columns)]
    for row in matrix.rows:
        subject, enrolment = row.book.subject, getattr(row.book.subject, "enrolment", None)
        note = f"{subject.get_status_display()}{f', {enrolment.cohort.code}' if enrolment and enrolment.cohort else ''}"
        queries = signs.count(row.book.open_queries)
        yield format_html(
            '<tr><th scope="row"><a href="{}">{}</a> {}<span class="matrix-note">{}</span></th>{}</tr>',
            reverse("subject", args=[subject.pk]),
            subject.label,
            queries,
            note,
            _joined(signs.cell(cell, edge) for cell, edge in zip(row.cells, edges, strict=True)),
        )


class _Signs:
    """The drawn signs of one page: few differ, so each is drawn once."""

    def __init__(self) -> None:
        self.drawn: dict[str, tuple[str, SafeString]] = {}

    def cell(self, cell: Any, edge: bool) -> SafeString:
        css = mark_safe(' class="matrix-group"') if edge else ""
        if cell is None:
            return format_html("<td{}></td>", css)
        label, sign = self._sign(cell.state)
        words = escape(f"{label}, {cell.words}")
        return mark_safe(  # noqa: S308  words and address are escaped, the rest is ours
            f'<td{css}><a href="{escape(cell.url)}" title="{words}">{sign}'
            f'<span class="visually-hidden">{words}</span>{self.count(cell.queries)}</a></td>'
        )

    def _sign(self, name: str) -> tuple[str, SafeString]:
        """A state's label and its sign."""
        if name not in self.drawn:
            state = state_of(name)
            sign = format_html('<span class="state state-bare state-{}">{}</span>', state.key, icon(state.icon))
            self.drawn[name] = state.label, sign
        return self.drawn[name]

    def count(self, queries: int) -> SafeString:
        if not queries:
            return mark_safe("")
        noun = "open query" if queries == 1 else "open queries"
        return format_html(
            '<span class="count" title="{} {}">{}<span class="visually-hidden"> {}</span></span>',
            queries,
            noun,
            queries,
            noun,
        )
