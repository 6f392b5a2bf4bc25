from django.urls import path

from terminology import views

urlpatterns = [path("terms/", views.term_list, name="term_list")]
