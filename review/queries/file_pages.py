"""A file of queries to raise: checked first, then raised as a whole or not at all."""

from functools import partial

from django.http import HttpResponse
from django.urls import reverse

from accounts.access import SignedInRequest
from accounts.roles import Permission
from components.from_file import FilePage, from_file
from components.pages import require_get_or_post
from review.queries.at_once import Acting, raise_at_once
from review.queries.file import NEEDED, OPTIONAL, read_questions
from review.queries.looking import QueriesPreview, look_through
from review.queries.many_pages import role_at
from review.services import NotAllowed
from values.counts import counted


@require_get_or_post
def queries_import(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.RAISE_QUERY)

    def read(content: bytes | str) -> QueriesPreview:
        table = read_questions(content)
        return look_through(table.lines, request.access, list(table.notes()))

    def write(preview: QueriesPreview, name: str) -> str:
        number = ask_all(preview, partial(role_at, request.access, Permission.RAISE_QUERY, channel="import"))
        return f"{counted(number, 'query', 'queries')} raised."

    page = FilePage(
        template="review/queries_import.html",
        read=read,
        write=write,
        back=reverse("query_list"),
        refusals=(NotAllowed,),
        verb="raised",
        context={"needed": NEEDED, "optional": OPTIONAL},
    )
    return from_file(request, page)


def ask_all(preview: QueriesPreview, by: Acting) -> int:
    """The questions of a file without errors; returns how many. Raises NotAllowed, and then none is asked."""
    sites = {subject.pk: subject.site_id for _, subject, _ in preview.questions}
    questions = [question for _, _, question in preview.questions]
    return raise_at_once(questions=questions, site_of=lambda question: sites[question.subject_id], by=by)
