"""The links to what leaves at a page."""

from typing import Any

from django import template
from django.template.context import RequestContext

from audit.exporting import at_page

register = template.Library()


@register.inclusion_tag("audit/downloads.html", takes_context=True)
def downloads(context: RequestContext) -> dict[str, Any]:
    """The exports that this page offers its reader; nothing where there are none."""
    request: Any = context["request"]
    return {"offered": list(at_page(request.resolver_match.url_name, request.access))}
