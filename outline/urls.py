"""The protocol in words, and as PDF."""

from django.urls import path

from outline import views

urlpatterns = [
    path("protocol/", views.protocol, name="protocol"),
    path("protocol.pdf", views.protocol_file, name="protocol_file"),
    path("protocol/<int:pk>/", views.protocol, name="protocol_version"),
    path("protocol/<int:pk>/protocol.pdf", views.protocol_file, name="protocol_version_file"),
]
