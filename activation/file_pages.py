"""The pages on which sites, people and reference ranges are brought in from a file."""

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.planned import NotBroughtIn
from activation.files import KINDS, SetUpFile, SetUpPreview, actor_for, bring_in_all, look_through
from audit.to_fill import file_to_fill
from components.from_file import FilePage, from_file
from components.pages import require_get_or_post
from values.counts import counted


@require_get_or_post
def set_up_from_file(request: SignedInRequest, kind: str) -> HttpResponse:
    chosen, access = _kind(request, kind), request.access

    def bring_in(preview: SetUpPreview, name: str) -> str:
        number = bring_in_all(preview, by=actor_for(chosen, access), name=name)
        return f"{counted(number, 'line')} imported. {chosen.after}"

    page = FilePage(
        template="activation/file.html",
        read=lambda content: look_through(chosen, content, access),
        write=bring_in,
        back=reverse(chosen.back),
        refusals=(NotBroughtIn,),
        context={
            "title": chosen.title,
            "columns": chosen.columns,
            "needed": chosen.needed,
            "template_url": reverse(f"{chosen.code}_template"),
        },
    )
    return from_file(request, page)


@require_safe
def template(request: SignedInRequest, kind: str) -> HttpResponseBase:
    """A file to fill: the names of the columns, and lines that say what is lacking so far as the records know it."""
    chosen = _kind(request, kind)
    columns, what = (*chosen.needed, *chosen.optional), f"file to fill for {chosen.title.lower()}"
    return file_to_fill(request, what, columns, chosen.code, chosen.lines_to_fill(request.access))


def _kind(request: SignedInRequest, code: str) -> SetUpFile:
    kind = KINDS[code]
    request.access.require(kind.permission)
    return kind
