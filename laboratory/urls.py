"""The list of what each laboratory counts as normal."""

from django.urls import path

from laboratory import views

urlpatterns = [
    path("laboratory/", views.range_list, name="range_list"),
    path("laboratory/ranges/add/", views.range_add, name="range_add"),
    path("laboratory/ranges/<int:pk>/", views.range_change, name="range_change"),
]
