"""How a page is asked for: looked at alone (Django's `require_safe`), or looked at and posted."""

from django.http import HttpRequest, QueryDict
from django.views.decorators.http import require_http_methods

require_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: a post, be it empty, or nothing."""
    return request.POST if request.method == "POST" else None
