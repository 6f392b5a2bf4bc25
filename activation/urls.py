"""Go-live of the trial and of its sites."""

from django.urls import path

from activation import file_pages, views
from activation.files import KINDS

urlpatterns = [
    path("go-live/", views.go_live, name="go_live"),
    path("go-live/sign-off/", views.run_sign, name="run_sign"),
    path("go-live/sites/<int:pk>/", views.site_checklist, name="site_checklist"),
    path("go-live/sites/<int:pk>/approval/", views.site_approval, name="site_approval"),
    path("go-live/sites/<int:pk>/sign/", views.site_sign, name="site_sign"),
    *(path(f"set-up/{kind}/", file_pages.set_up_from_file, {"kind": kind}, name=f"{kind}_from_file") for kind in KINDS),
    *(path(f"set-up/{kind}/template/", file_pages.template, {"kind": kind}, name=f"{kind}_template") for kind in KINDS),
]
