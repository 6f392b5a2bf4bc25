"""Reviews of the trail."""

from django.urls import path

from trail_reviews import views

urlpatterns = [
    path("trail/reviews/", views.review_list, name="trail_review_list"),
    path("trail/reviews/add/", views.review_plan, name="trail_review_plan"),
    path("trail/reviews/<int:pk>/", views.review, name="trail_review"),
    path("trail/reviews/<int:pk>/sign/", views.review_sign, name="trail_review_sign"),
    path("trail/reviews/<int:pk>/findings/add/", views.finding_add, name="trail_finding_add"),
    path("trail/reviews/<int:pk>/findings/<int:finding>/query/", views.finding_query, name="trail_finding_query"),
]
