"""Serious adverse events, notices of them, and the dose levels of phase I."""

from django.urls import path

from safety import views

urlpatterns = [
    path("serious/", views.serious_list, name="serious_list"),
    path("serious/<int:pk>/", views.serious_event, name="serious_event"),
    path("serious/reports/<int:pk>/confirm/", views.serious_confirm, name="serious_confirm"),
    path("forms/<int:pk>/clock/", views.serious_clock, name="serious_clock"),
    path("notices/", views.notice_list, name="notice_list"),
    path("notices/read/", views.notices_read, name="notices_read"),
    path("cohorts/levels/", views.dose_levels, name="dose_levels"),
    path("cohorts/levels/<int:pk>/decide/", views.level_decide, name="level_decide"),
    path("cohorts/decisions/<int:pk>/", views.level_decision, name="level_decision"),
]
