"""Subjects as they come in, and the cohorts with their slots."""

from django.urls import path

from cohorts import views

urlpatterns = [
    path("subjects/add/", views.subject_add, name="subject_add"),
    path("cohorts/", views.cohort_list, name="cohort_list"),
    path("cohorts/<int:pk>/open/", views.cohort_open, name="cohort_open"),
    path("cohorts/<int:pk>/close/", views.cohort_close, name="cohort_close"),
]
