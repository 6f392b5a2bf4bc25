"""The log of access, the seal of the trail, and the tables that leave at pages of any app."""

from django.urls import path

from audit import views
from audit.exporting import paths

urlpatterns = [
    path("access-log/", views.access_log, name="access_log"),
    path("access-log.csv", views.access_log_csv, name="access_log_csv"),
    path("files/verify/", views.file_check, name="file_check"),
    path("trail/seal/", views.trail_seal, name="trail_seal"),
    path("trail/seal/verified/", views.verified, name="verified"),
    path("trail/seal/verify/<str:of>/", views.verify_whole, name="verify_whole"),
    path("trail/seal/anchor.json", views.trail_anchor, name="trail_anchor"),
    *paths(),
]
