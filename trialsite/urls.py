"""Every address of the system."""

from django.urls import include, path

from trialsite.health import health

urlpatterns = [
    path("health/", health, name="health"),
    path("", include("accounts.urls")),
]
