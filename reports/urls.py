"""The addresses of this app."""

from django.urls import path

from reports import views

urlpatterns = [
    path("monitoring-visits/<int:pk>/report.pdf", views.monitoring_report_file, name="monitoring_visit_report"),
    path("reports/blank-crf.pdf", views.blank_crf_file, name="blank_crf"),
    path(
        "reports/endpoints/<slug:population>/<slug:analysis_set>.pdf",
        views.endpoints_report_file,
        name="endpoints_report",
    ),
]
