"""What a page posts is freed of what nobody sees before any view reads it, as the API's reader of JSON does."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from values.texts import plain_text

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# A password is whatever it is.
KEPT_AS_IS = "password"


class PlainPostsMiddleware:
    """After the check of where a request comes from, which has read the form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, *_: Any) -> None:
        if getattr(view, "csrf_exempt", False):
            return  # the API takes no forms, and says so without reading them
        if request.method != "POST" or request.content_type not in FORMS:
            return
        changed = {
            name: plain
            for name, values in request.POST.lists()
            if KEPT_AS_IS not in name and (plain := [plain_text(value) for value in values]) != values
        }
        if changed:
            posted = request.POST.copy()
            for name, values in changed.items():
                posted.setlist(name, values)
            request.POST = posted
