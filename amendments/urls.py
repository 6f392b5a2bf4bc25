"""Versions of the protocol."""

from django.urls import path

from amendments import views

urlpatterns = [
    path("protocol/versions/", views.version_list, name="version_list"),
    path("protocol/versions/propose/", views.amendment_propose, name="amendment_propose"),
    path("protocol/versions/<int:pk>/", views.amendment, name="amendment"),
    path("protocol/versions/<int:pk>/sign/", views.amendment_sign, name="amendment_sign"),
    path("protocol/versions/<int:pk>/approve/", views.amendment_approve, name="amendment_approve"),
]
