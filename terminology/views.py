"""The terms that fit what is being typed: the list under the field of an adverse event."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from terminology.reading import dictionary_name, find

LONGEST = 100


@require_safe
def term_list(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.ENTER_DATA)
    query = request.GET.get("q", "")[:LONGEST].replace("\0", "")
    return render(request, "terminology/options.html", {"terms": find(query), "dictionary": dictionary_name()})
