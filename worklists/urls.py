from django.urls import path

from worklists import views

urlpatterns = [
    path("work/", views.work, name="work"),
    path("work/digests/", views.digests, name="digests"),
]
