"""The list of subjects: where the work of a site begins."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from casebook.matrix import matrix
from casebook.reading import casebooks
from cohorts.forms import SubjectFilter
from cohorts.reading import found_subjects
from components.emptiness import Emptiness
from components.filtering import wanted_of

PAGE_SIZE = 25


@require_safe
def subject_list(request: SignedInRequest) -> HttpResponse:
    access = request.access
    access.require(Permission.VIEW_SUBJECTS)
    form = SubjectFilter(request.GET, access)
    filters = wanted_of(form, request.GET, beside=["open"])
    subjects = found_subjects(access, filters)
    page = Paginator(subjects, PAGE_SIZE).get_page(request.GET.get("page"))
    if page.paginator.count == 1 and page[0].label.lower() == filters["q"].strip().lower():
        return redirect("subject", page[0].pk)
    books = casebooks(page.object_list, timezone.localdate())
    context = {
        "page": page,
        "filter": form,
        "empty": Emptiness(
            nothing_to_do="",
            what=("subject", "subjects"),
            is_filtered=any(filters.values()),
            searched=filters["q"],
            all_of_it=request.path,
            every=found_subjects(access, {}),
        ),
        "matrix": matrix(list(books.values()), request.GET.get("open")),
        "may_add": access.can(Permission.ENTER_DATA),
    }
    return render(request, "casebook/subject_list.html", context)
