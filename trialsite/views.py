"""The pages that belong to no app: where a user starts, what is said when something is wrong, the style guide."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from accounts.access import access_for, landing
from trialsite.api import problem
from trialsite.faults import request_number
from trialsite.styleguide import form_page_sample, samples
from worklists.beginning import waiting_list


def home(request: HttpRequest) -> HttpResponse:
    access = access_for(request.user)
    return redirect(waiting_list(access) or landing(access))


def training_only(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """What helps those who build the pages is not there where real records are kept."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if settings.ENVIRONMENT == "production":
            raise Http404
        return view(request)

    return answer


@login_not_required
@training_only
def styleguide(request: HttpRequest) -> HttpResponse:
    return render(request, "styleguide.html", samples(request))


@login_not_required
@training_only
def styleguide_form(request: HttpRequest) -> HttpResponse:
    return render(request, "styleguide_form.html", form_page_sample())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", {"why": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        # No route, so the API's own way of refusing was not asked: a program reads this all the same.
        return JsonResponse(problem("not_found", "There is nothing at this address."), status=404)
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    # Without the request: what broke may be the very thing that the frame asks (session, user, database).
    return render(None, "errors/500.html", {"number": request_number.get()}, status=500)
