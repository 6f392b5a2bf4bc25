"""The administrator's page of randomisation lists."""

from django.urls import path

from randomisation import views

urlpatterns = [path("people/randomisation/", views.randomisation_lists, name="randomisation_lists")]
