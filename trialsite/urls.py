"""Every address of the system."""

from django.urls import include, path

from trialsite import views
from trialsite.health import health
from trialsite.status import status

urlpatterns = [
    # First, as its prefix says at once whether an address is here: behind the pages' each call looked at all of them.
    path("api/v1/", include("trialsite.api_urls")),
    # What a site opens all day long before what it seldom asks for.
    path("", include("assessments.urls")),
    path("", views.home, name="home"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("styleguide/form/", views.styleguide_form, name="styleguide_form"),
    path("health/", health, name="health"),
    path("status/", status, name="status"),
    path("", include("accounts.urls")),
    path("", include("cohorts.urls")),
    path("", include("randomisation.urls")),
    path("", include("amendments.urls")),
    path("", include("outline.urls")),
    path("", include("activation.urls")),
    path("", include("laboratory.urls")),
    path("", include("review.urls")),
    path("", include("signature.urls")),
    path("", include("sdv.urls")),
    path("", include("trail_reviews.urls")),
    path("", include("staff.urls")),
    path("", include("safety.urls")),
    path("", include("audit.urls")),
    path("", include("casebook.urls")),
    path("", include("endpoints.urls")),
    path("", include("worklists.urls")),
    path("", include("reports.urls")),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.not_found
handler500 = views.server_error
