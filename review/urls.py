"""Queries, checks and the trail."""

from django.urls import path, re_path

from review import check_list
from review.queries import file_pages, many_pages, pages, raise_pages, report_pages
from review.queries.steps import ALL_STEPS, STEPS
from review.trail import pages as trail_pages

urlpatterns = [
    path("queries/", pages.query_list, name="query_list"),
    re_path(r"^queries\.(?P<kind>csv|xlsx)$", report_pages.query_file, name="query_file"),
    path("queries/ageing/", report_pages.query_ageing, name="query_ageing"),
    path("queries/filters/keep/", report_pages.query_filter_keep, name="query_filter_keep"),
    path("queries/filters/forget/", report_pages.query_filter_forget, name="query_filter_forget"),
    path("queries/raise/", raise_pages.queries_raise, name="queries_raise"),
    path("queries/raise/chosen/", raise_pages.queries_raise_chosen, name="queries_raise_chosen"),
    path("queries/import/", file_pages.queries_import, name="queries_import"),
    re_path(f"^queries/at-once/(?P<step>{'|'.join(ALL_STEPS)})/$", many_pages.queries_at_once, name="queries_at_once"),
    path("queries/<int:pk>/", pages.query, name="query"),
    path("queries/<int:pk>/field/", pages.query_field, name="query_field"),
    path("queries/<int:pk>/assign/", pages.query_assign, name="query_assign"),
    re_path(f"^queries/(?P<pk>[0-9]{{1,18}})/(?P<step>{'|'.join(STEPS)})/$", pages.query_step, name="query_step"),
    path("forms/<int:pk>/queries/add/", pages.query_raise, name="query_raise"),
    path("subjects/<int:pk>/queries/add/", pages.subject_query_raise, name="subject_query_raise"),
    path("checks/", check_list.check_list, name="check_list"),
    path("checks/run/", check_list.checks_run, name="checks_run"),
    path("checks/run/progress/", check_list.check_run, name="check_run"),
    path("trail/", trail_pages.trail, name="trail"),
    path("trail.csv", trail_pages.trail_csv, name="trail_csv"),
]
