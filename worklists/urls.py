"""The worklists, and the digests of each morning."""

from django.urls import path

from worklists import views

urlpatterns = [
    path("worklists/", views.work, name="work"),
    path("worklists/digests/", views.digests, name="digests"),
]
