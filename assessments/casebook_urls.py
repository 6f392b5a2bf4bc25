"""What is begun from a casebook."""

from django.urls import path

from assessments import casebook_views as views

urlpatterns = [
    path("subjects/<int:pk>/enrolment/", views.enrolment_request, name="enrolment_request"),
    path("enrolments/<int:pk>/approve/", views.enrolment_approve, name="enrolment_approve"),
    path("subjects/<int:pk>/visits/add/", views.visit_add, name="visit_add"),
    path("visits/<int:pk>/remove/", views.visit_remove, name="visit_remove"),
    path("visits/<int:pk>/missed/", views.visit_missed, name="visit_missed"),
    path("subjects/<int:pk>/treatment/begin/", views.treatment_begin, name="treatment_begin"),
    path("subjects/<int:pk>/treatment/end/", views.treatment_end, name="treatment_end"),
]
