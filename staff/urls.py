"""The log of delegation, and the reviews of access."""

from django.urls import path

from staff import reviews, views

urlpatterns = [
    path("staff/", views.staff_list, name="staff_list"),
    path("staff.csv", views.staff_csv, name="staff_csv"),
    path("staff/reviews/", reviews.review_list, name="access_review_list"),
    path("staff/reviews/open/", reviews.review_open, name="access_review_open"),
    path("staff/reviews/<int:pk>/", reviews.review, name="access_review"),
    path("staff/reviews/<int:pk>.csv", reviews.review_csv, name="access_review_csv"),
    path("staff/reviews/<int:pk>/keep/", reviews.lines_keep, name="access_lines_keep"),
    path("staff/reviews/<int:pk>/sign/", reviews.review_sign, name="access_review_sign"),
    path("staff/reviews/<int:pk>/lines/<int:line>/end/", reviews.line_end, name="access_line_end"),
]
