"""The pages that belong to no app: where a user starts, what is said when something is wrong, the style guide."""

import sys
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from accounts.access import access_for, landing
from accounts.resource.problems import DATABASE_AWAY, problem
from components.styleguide import form_page_sample, samples
from database.away import RETRY_AFTER_S, database_is_away
from trialsite.faults import request_number
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
    if _is_of_the_api(request):
        return JsonResponse(problem("invalid", "This request cannot be read."), status=400)
    return render(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", {"why": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_of_the_api(request):
        # No route, so the API's own way of refusing was not asked: a program reads this all the same.
        slash = "" if request.path.endswith("/") else " Addresses end with a slash."
        return JsonResponse(problem("not_found", f"There is nothing at this address.{slash}"), status=404)
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    # Without the request: what broke may be the very thing that the frame asks (session, user, database).
    if database_is_away(sys.exc_info()[1]):
        return _come_back(request)
    number = request_number.get()
    if _is_of_the_api(request):
        words = f"Something went wrong on our side. It has been noted under the number {number}."
        return JsonResponse(problem("error", words), status=500)
    return render(None, "errors/500.html", {"number": number}, status=500)


def _come_back(request: HttpRequest) -> HttpResponse:
    if _is_of_the_api(request):
        answer: HttpResponse = JsonResponse(problem("unavailable", DATABASE_AWAY), status=503)
    else:
        answer = render(None, "errors/503.html", {"number": request_number.get()}, status=503)
    answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def _is_of_the_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
