"""The terms that an adverse event of a subject may be coded with: those of the version that holds on its first day."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.place import Place
from assessments.visits.dating import judged
from cohorts.reading import SUBJECT
from terminology.views import term_list


@require_safe
def subject_terms(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = request.access.read(SUBJECT, Permission.ENTER_DATA, pk)
    event = Place(subject, CATALOGUE["adverse_event"])
    with judged(event, {"start_date": request.GET.get("start_date", "")}):
        return term_list(request)
