"""The parts that pages are built of. `/styleguide/` shows each one with the line to write."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from django import template
from django.core.paginator import Page
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from components.emptiness import Emptiness

register = template.Library()


class State(NamedTuple):
    key: str
    label: str
    icon: str


STATES = {
    state.key: state
    for state in (
        State("planned", "Planned", "planned"),
        State("due", "Due", "due"),
        State("overdue", "Overdue", "overdue"),
        State("in-progress", "In progress", "in-progress"),
        State("complete", "Complete", "complete"),
        State("not-done", "Not done", "not-done"),
        State("in-error", "Entered in error", "strike"),
        State("verified", "Verified", "verified"),
        State("signed", "Signed", "signed"),
        State("frozen", "Frozen", "frozen"),
        State("locked", "Locked", "locked"),
        State("query", "Open query", "query"),
        State("query-answered", "Answered query", "query-answered"),
    )
}
SAME_STATE = {"draft": "in-progress", "done": "complete", "open": "query", "answered": "query-answered"}
NOTICE_KINDS = ("info", "success", "warning", "danger")


def state_of(name: str) -> State:
    """The state of that name, with - or _; KeyError for one that the legend does not explain."""
    key = str(name).replace("_", "-")
    return STATES[SAME_STATE.get(key, key)]


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of static/icons.svg; with a label it speaks, without one it only decorates."""
    drawing = _drawing(name)
    return format_html('{}<span class="visually-hidden">{}</span>', drawing, label) if label else drawing


@cache
def _drawing(name: str) -> SafeString:
    # A matrix draws thousands of them.
    markup = '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
    return format_html(markup, static("icons.svg"), name)


@register.simple_tag
def status(name: str, note: str = "", count: int | None = None) -> SafeString:
    state = state_of(name)
    words = format_html("{} {}", count, _plural(state.label, count)) if count is not None else state.label
    return format_html(
        '<span class="state state-{}">{}<span>{}{}</span></span>',
        state.key,
        icon(state.icon),
        words,
        format_html(", {}", note) if note else "",
    )


@register.simple_tag
def status_icon(name: str, detail: str = "", queries: int = 0) -> SafeString:
    """The icon alone, as in the subject matrix; its words are in the hover text and for screen readers."""
    state = state_of(name)
    words = ", ".join(filter(None, [state.label, detail]))
    return format_html(
        '<span class="state state-bare state-{}" title="{}">{}</span>{}',
        state.key,
        words,
        icon(state.icon, words),
        _badge(queries) if queries else "",
    )


def _badge(queries: int) -> SafeString:
    noun = _plural("query", queries)
    return format_html('<span class="count">{}<span class="visually-hidden"> {}</span></span>', queries, noun)


@register.inclusion_tag("components/legend.html")
def legend(*names: str) -> dict[str, Any]:
    return {"states": names or tuple(STATES)}


@register.inclusion_tag("components/crumbs.html")
def crumbs(*parts: Any) -> dict[str, Any]:
    """Pairs of words and address, from site to form; the page itself has no address."""
    return {"crumbs": list(zip(parts[::2], [*parts[1::2], ""], strict=False))}


@register.simple_block_tag
def card(content: str, title: str, note: str = "", level: int = 2) -> SafeString:
    return render_to_string("components/card.html", {"content": content, "title": title, "note": note, "level": level})


@register.simple_block_tag
def figure_card(
    content: str, title: str, caption: str = "", downloads: Iterable[tuple[str, str]] = (), level: int = 2
) -> SafeString:
    """A card around a figure. `downloads` are pairs of words and address, such as ("SVG", "/...svg")."""
    slots = {"content": content, "title": title, "caption": caption, "downloads": downloads, "level": level}
    return render_to_string("components/figure_card.html", slots)


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    return render_to_string("components/notice.html", {"content": content, "kind": notice_kind(kind), "title": title})


@register.filter
def notice_kind(level: str) -> str:
    """The kind of notice for a level of Django's messages."""
    return level if level in NOTICE_KINDS else {"error": "danger"}.get(level, "info")


@register.simple_block_tag
def emptystate(content: str, title: str) -> SafeString:
    return render_to_string("components/emptystate.html", {"content": content, "title": title})


@register.inclusion_tag("components/why_empty.html")
def why_empty(empty: Emptiness) -> dict[str, Any]:
    """In place of a list of work that is empty: why it is."""
    return {"empty": empty}


@register.simple_tag
def left_undone(empty: Emptiness) -> SafeString:
    """Under a list of work: what waits beside it and cannot be done."""
    if not empty.left_undone:
        return SafeString("")
    return format_html('<p class="soft">{} {}</p>', icon("locked"), empty.words)


@register.simple_block_tag
def dialog(content: str, key: str, title: str) -> SafeString:
    """A native dialog; `<button data-dialog="key">` opens it, `data-close` inside it closes it."""
    return render_to_string("components/dialog.html", {"content": content, "key": key, "title": title})


@register.simple_block_tag
def table_region(content: str, label: str, tall: bool = False) -> SafeString:
    """Scrolls a wide table inside itself, by keyboard too."""
    return format_html(
        '<div class="table-region{}" role="region" aria-label="{}" tabindex="0">{}</div>',
        " table-region-tall" if tall else "",
        label,
        content,
    )


@register.simple_tag(takes_context=True)
def sort_header(context: Context, key: str, label: str, numeric: bool = False) -> SafeString:
    """A header cell whose link sorts by `key`, then by `-key`, and keeps the filter in the address."""
    request: HttpRequest = context["request"]
    now = context.get("sort") or request.GET.get("sort", "")
    direction = {key: "ascending", f"-{key}": "descending"}.get(now, "none")
    drawing = {"ascending": "sort-up", "descending": "sort-down", "none": "sort"}[direction]
    return format_html(
        '<th scope="col" aria-sort="{}"{}><a href="{}">{} {}</a></th>',
        direction,
        mark_safe(' class="numeric"') if numeric else "",
        _address(request.GET, sort=f"-{key}" if now == key else key, page=None),
        label,
        icon(drawing),
    )


@register.inclusion_tag("components/filters.html", takes_context=True)
def filters(context: Context, form: Any, button: str = "Filter") -> dict[str, Any]:
    request: HttpRequest = context["request"]
    return {"form": form, "button": button, "sort": request.GET.get("sort", ""), "path": request.path}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any], noun: str = "row") -> dict[str, Any]:
    given: QueryDict = context["request"].GET
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    count = page.paginator.count
    return {
        "page": page,
        "noun": _plural(noun, count),
        "links": [(number, _address(given, page=number) if isinstance(number, int) else "") for number in numbers],
        "before": _address(given, page=page.number - 1),
        "after": _address(given, page=page.number + 1),
    }


@register.simple_tag
def number(value: Any, url: str = "", label: str = "") -> SafeString:
    """A figure that leads to what is behind it; `label` says what it counts, for those who hear it out of place."""
    shown = "–" if value is None else value
    spoken = format_html('<span class="visually-hidden"> {}</span>', label) if label else ""
    if not url:
        return format_html('<span class="number">{}{}</span>', shown, spoken)
    return format_html('<a class="number" href="{}">{}{}</a>', url, shown, spoken)


@register.inclusion_tag("components/headline.html")
def headline(label: str, value: Any, url: str = "", note: str = "") -> dict[str, Any]:
    return {"label": label, "value": value, "url": url, "note": note}


@register.inclusion_tag("components/facts.html")
def facts(rows: Iterable[tuple[str, Any]] | Mapping[str, Any]) -> dict[str, Any]:
    return {"rows": list(rows.items() if isinstance(rows, Mapping) else rows)}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Mapping[str, Any]], label: str) -> dict[str, Any]:
    """Items with `label`, `url`, `current` and, where wanted, `count`."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/tabs.html", takes_context=True)
def page_tabs(context: Context, label: str, *parts: str) -> dict[str, Any]:
    """Tabs of pages that belong together: pairs of words and the name of the page's address."""
    links = [(words, reverse(name)) for words, name in zip(parts[::2], parts[1::2], strict=True)]
    path = context["request"].path
    return {"items": [{"label": words, "url": url, "current": url == path} for words, url in links], "label": label}


@register.inclusion_tag("components/trail_entry.html")
def trail_entry(entry: Any) -> dict[str, Any]:
    """One `<li>` of `<ol class="trail">`: what, when, actor, role, channel, reason, changes of (label, old, new)."""
    return {"entry": entry}


@register.inclusion_tag("components/conflict.html")
def conflict(rows: Iterable[Mapping[str, Any]], other: str = "", when: Any = None) -> dict[str, Any]:
    """Rows with `label`, `theirs` and `mine`; `other` is who saved in the meantime."""
    return {"rows": rows, "other": other, "when": when}


@register.inclusion_tag("components/reason_dialog.html")
def reason_dialog(reasons: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Inside the form, whose `data-reason` asks for it; posts `change_reason` and `change_reason_text`."""
    return {"reasons": reasons}


def _plural(noun: str, count: int) -> str:
    if count == 1:
        return noun
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def _address(given: QueryDict, **changes: Any) -> str:
    parameters = given.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value is not None:
            parameters[name] = value
    return f"?{parameters.urlencode()}"
