"""Source data verification, and the monitors' visits."""

from django.urls import path

from sdv import views, visits

urlpatterns = [
    path("sdv/", views.sdv_list, name="sdv_list"),
    path("sdv/verify/", views.sdv_verify, name="sdv_verify"),
    path("sdv/progress/", views.sdv_progress, name="sdv_progress"),
    path("forms/<int:pk>/sdv/", views.sdv_form, name="sdv_form"),
    path("forms/<int:pk>/sdv/take-back/", views.sdv_take_back, name="sdv_take_back"),
    path("monitoring-visits/", visits.visit_list, name="monitoring_visit_list"),
    path("monitoring-visits/add/", visits.visit_open, name="monitoring_visit_open"),
    path("monitoring-visits/<int:pk>/", visits.visit, name="monitoring_visit"),
    path("monitoring-visits/<int:pk>/close/", visits.visit_close, name="monitoring_visit_close"),
]
