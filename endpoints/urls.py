"""The endpoints pages, and their figures and tables as files."""

from django.urls import include, path

from endpoints import downloads, earlier, views

OF = "endpoints/<slug:population>/<slug:analysis_set>"

urlpatterns = [
    path("", include("endpoints.preview_urls")),
    path("endpoints/", views.endpoints, name="endpoints"),
    path("endpoints/subjects/<int:pk>/", views.endpoints_subject, name="endpoints_subject"),
    path("endpoints/subjects/<int:pk>/versions/<int:version>/", earlier.subject_under, name="endpoints_subject_under"),
    path(f"{OF}/", views.endpoints, name="endpoints_of"),
    path(f"{OF}/as-of/", views.as_of, name="endpoints_as_of"),
    path(f"{OF}/tables/<slug:code>/", views.endpoints_table, name="endpoints_table"),
    path(f"{OF}/subjects/", views.endpoints_subjects, name="endpoints_subjects"),
    path(f"{OF}/versions/<int:version>/", earlier.endpoints_under, name="endpoints_under"),
    path(f"{OF}/versions/<int:version>/subjects/", earlier.subjects_under, name="endpoints_subjects_under"),
    path(f"{OF}/versions/<int:version>/<slug:code>.<slug:kind>", earlier.file_under, name="endpoints_file_under"),
    path(f"{OF}/<slug:code>.<slug:kind>", downloads.download, name="endpoints_file"),
]
