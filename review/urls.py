"""The subject list, queries, locks and the trail."""

from django.urls import path, re_path

from review import check_list, subjects, trail, views

urlpatterns = [
    path("subjects/", subjects.subject_list, name="subject_list"),
    path("queries/", views.query_list, name="query_list"),
    path("queries/<int:pk>/", views.query, name="query"),
    re_path(r"^queries/(?P<pk>\d+)/(?P<step>answer|close|reopen)/$", views.query_step, name="query_step"),
    path("forms/<int:pk>/queries/add/", views.query_raise, name="query_raise"),
    path("forms/<int:pk>/lock/", views.form_lock, name="form_lock"),
    path("forms/<int:pk>/unlock/", views.form_unlock, name="form_unlock"),
    path("checks/", check_list.check_list, name="check_list"),
    path("checks/run/", check_list.checks_run, name="checks_run"),
    path("checks/run/progress/", check_list.check_run, name="check_run"),
    path("trail/", trail.trail, name="trail"),
    path("trail.csv", trail.trail_csv, name="trail_csv"),
]
