from django.apps import AppConfig


class TrailReviewsConfig(AppConfig):
    name = "trail_reviews"
