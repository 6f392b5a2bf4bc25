"""Case forms, what is asked while one is typed, and the laboratory's files."""

from django.urls import path

from assessments import views
from assessments.laboratory import views as laboratory_views
from assessments.pages import site_clock as site_clock_views
from assessments.pages import terms as term_views
from assessments.pages import withdrawing as withdrawing_views

urlpatterns = [
    path("forms/<int:pk>/", views.form, name="form"),
    path("forms/<int:pk>/withdraw/", withdrawing_views.form_withdraw, name="form_withdraw"),
    path("forms/<int:pk>/restore/", withdrawing_views.form_restore, name="form_restore"),
    path("subjects/<int:pk>/forms/<slug:code>/", views.form_add, name="form_add"),
    path("subjects/<int:pk>/forms/<slug:code>/answers/", views.form_answers, name="form_answers"),
    path("subjects/<int:pk>/terms/", term_views.subject_terms, name="subject_terms"),
    path("subjects/<int:pk>/here/", views.here, name="here"),
    path("saves/<uuid:key>/", views.saved, name="saved"),
    path("subjects/<int:pk>/eligibility/verdicts/", views.eligibility_verdicts, name="eligibility_verdicts"),
    path("people/sites/<int:pk>/time-zone/", site_clock_views.site_time_zone, name="site_time_zone"),
    path("laboratory/import/", laboratory_views.laboratory_import, name="laboratory_import"),
    path("laboratory/import/template/", laboratory_views.laboratory_template, name="laboratory_template"),
    path("subjects/<int:pk>/laboratory/", laboratory_views.laboratory_trend, name="laboratory_trend"),
    path("subjects/<int:pk>/laboratory/<slug:code>/", views.laboratory_results, name="laboratory_results"),
    path("subjects/<int:pk>/guidance/<slug:code>/", views.dose_guidance, name="dose_guidance"),
    path("subjects/<int:pk>/infusion/doses/", views.infusion_doses, name="infusion_doses"),
]
