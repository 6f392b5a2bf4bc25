"""The casebook of a subject."""

from django.urls import path

from endpoints import casebook

urlpatterns = [
    path("subjects/<int:pk>/", casebook.subject, name="subject"),
    path("subjects/<int:pk>/picture/", casebook.subject_picture, name="subject_picture"),
]
