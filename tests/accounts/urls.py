"""The accounts' own pages, stand-ins for the pages that roles land on, and one page of the API."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import SignedInRequest
from trialsite import views


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a page")


@login_not_required
def open_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open to all")


def roles(request: SignedInRequest) -> HttpResponse:
    return HttpResponse(",".join(sorted(request.access.roles)))


@api_view(["GET", "POST"])
def api(request: Request) -> Response:
    return Response({"user": request.user.username, "roles": sorted(request.access.roles)})


STAND_INS = (
    "subject_list",
    "cohort_list",
    "query_list",
    "endpoints",
    "trail",
    "notice_list",
    "access_review_list",
    "randomisation_lists",
    "protocol",
)

urlpatterns = [
    path("", views.home, name="home"),
    path("open/", open_page),
    path("roles/", roles),
    path("api/v1/roles/", api),
    *(path(f"{name}/", page, name=name) for name in STAND_INS),
    path("", include("accounts.urls")),
]

handler403 = views.permission_denied
handler404 = views.not_found
