"""The subject list, the casebook of a subject, and what is begun from it."""

from django.urls import path

from casebook import beginning, subjects
from casebook import views as casebook

urlpatterns = [
    path("subjects/", subjects.subject_list, name="subject_list"),
    path("subjects/<int:pk>/", casebook.subject, name="subject"),
    path("subjects/<int:pk>/picture/", casebook.subject_picture, name="subject_picture"),
    path("subjects/<int:pk>/enrolment/", beginning.enrolment_request, name="enrolment_request"),
    path("enrolments/<int:pk>/approve/", beginning.enrolment_approve, name="enrolment_approve"),
    path("enrolments/<int:pk>/refuse/", beginning.enrolment_refuse, name="enrolment_refuse"),
    path("subjects/<int:pk>/visits/add/", beginning.visit_add, name="visit_add"),
    path("visits/<int:pk>/remove/", beginning.visit_remove, name="visit_remove"),
    path("visits/<int:pk>/missed/", beginning.visit_missed, name="visit_missed"),
    path("subjects/<int:pk>/treatment/begin/", beginning.treatment_begin, name="treatment_begin"),
    path("subjects/<int:pk>/treatment/end/", beginning.treatment_end, name="treatment_end"),
]
