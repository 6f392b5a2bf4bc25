"""The terms that fit what is being typed: the list under the field of an adverse event."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from terminology.reading import dictionary_name, find

LONGEST = 100


@require_safe
def term_list(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.ENTER_DATA)
    return render(
        request, "terminology/options.html", {"terms": find(typed_text(request)), "dictionary": dictionary_name()}
    )


def typed_text(request: HttpRequest) -> str:
    """What was typed, of which a database takes no null characters."""
    return request.GET.get("q", "")[:LONGEST].replace("\0", "")
