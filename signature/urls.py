"""Signing, freezing and locking, from the form to the trial."""

from django.urls import path, re_path

from signature import manifest_pages, to_sign, views
from signature.models import Scope
from signature.views import TURNS

AT = {Scope.FORM: "forms", Scope.VISIT: "visits", Scope.SUBJECT: "subjects", Scope.SITE: "sites"}
TURN = "|".join(TURNS)

urlpatterns = [
    path("sign/", to_sign.to_sign, name="to_sign"),
    path("signatures/", manifest_pages.signature_list, name="signature_list"),
    path("signatures.csv", manifest_pages.signature_file, name="signature_file"),
    path("closures/", views.closure_list, name="closure_list"),
    path("trial/closure/", views.closure, {"scope": "trial"}, name="trial_closure"),
    re_path(rf"^trial/(?P<turn>{TURN})/$", views.closure_turn, {"scope": "trial"}, name="trial_turn"),
]
for scope, folder in AT.items():
    urlpatterns += [
        path(f"{folder}/<int:pk>/closure/", views.closure, {"scope": scope.value}, name=f"{scope}_closure"),
        re_path(
            rf"^{folder}/(?P<pk>[0-9]{{1,18}})/(?P<turn>{TURN})/$",
            views.closure_turn,
            {"scope": scope.value},
            name=f"{scope}_turn",
        ),
    ]
