"""PDFs of casebooks, forms, monitoring visits, endpoints and the blank case report form."""

from django.urls import path

from reports import views

urlpatterns = [
    path("monitoring-visits/<int:pk>/report.pdf", views.monitoring_report_file, name="monitoring_visit_report"),
    path("subjects/<int:pk>/casebook.pdf", views.casebook_file, name="casebook_copy"),
    path("subjects/<int:pk>/record.pdf", views.record_file, name="record_copy"),
    path("forms/<int:pk>/form.pdf", views.form_file, name="form_copy"),
    path("reports/blank-crf.pdf", views.blank_crf_file, name="blank_crf"),
    path(
        "reports/endpoints/<slug:population>/<slug:analysis_set>.pdf",
        views.endpoints_report_file,
        name="endpoints_report",
    ),
]
